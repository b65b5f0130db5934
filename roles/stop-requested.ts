/** Resolves when this process is asked to stop: by a signal, or by the end of the process that forked it. */
export const stopRequested = (): Promise<void> =>
  new Promise((resolve) => {
    const stop = (): void => {
      resolve()
    }
    process.once('SIGTERM', stop)
    process.once('SIGINT', stop)
    if (process.connected) process.once('disconnect', stop)
  })
