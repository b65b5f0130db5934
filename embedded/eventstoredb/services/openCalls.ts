/** The calls that last until one side ends them, so that stopping the node can end them properly. */
export type OpenCalls = {
  /** Remembers how to end a call; the answer forgets it again. */
  readonly add: (end: () => void) => () => void
  readonly endAll: () => void
}

export const createOpenCalls = (): OpenCalls => {
  const open = new Set<() => void>()
  return {
    add: (end) => {
      open.add(end)
      return () => open.delete(end)
    },
    endAll: () => {
      for (const end of open) end()
      open.clear()
    },
  }
}
