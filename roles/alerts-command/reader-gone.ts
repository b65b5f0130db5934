/** Calls when nobody reads what is printed any more, as behind `head`: that is no failure. Any other is thrown. */
export const onReaderGone = (call: () => void): void => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    call()
  })
}
