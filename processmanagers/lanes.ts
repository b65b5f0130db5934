/**
 * Work in order per key, in parallel across keys, never more than `parallelism` keys at once. The caller bounds how
 * much is queued by waiting for room.
 */
export interface Lanes<W> {
  readonly push: (key: string, work: W) => void
  readonly queued: () => number
  /** Resolves when fewer than `limit` pieces of work are queued or running. */
  readonly roomFor: (limit: number) => Promise<void>
}

export const lanes = <W>(parallelism: number, work: (key: string, item: W) => Promise<void>): Lanes<W> => {
  const queues = new Map<string, W[]>()
  const ready: string[] = []
  const waiting: { readonly limit: number; readonly resolve: () => void }[] = []
  let running = 0
  let queued = 0

  const runLane = async (key: string): Promise<void> => {
    const item = queues.get(key)?.[0]
    if (item !== undefined) await work(key, item)
  }

  const pump = (): void => {
    while (running < parallelism) {
      const key = ready.shift()
      if (key === undefined) return
      running += 1
      void runLane(key).finally(() => {
        running -= 1
        queued -= 1
        const queue = queues.get(key)
        queue?.shift()
        // A lane goes to the back of the line after each piece, so that a busy key cannot starve the others.
        if (queue === undefined || queue.length === 0) queues.delete(key)
        else ready.push(key)
        for (let index = waiting.length - 1; index >= 0; index -= 1)
          if (queued < (waiting[index]?.limit ?? 0)) waiting.splice(index, 1)[0]?.resolve()
        pump()
      })
    }
  }

  return {
    push: (key, item) => {
      queued += 1
      const queue = queues.get(key)
      if (queue === undefined) {
        queues.set(key, [item])
        ready.push(key)
      } else queue.push(item)
      pump()
    },
    queued: () => queued,
    roomFor: (limit) =>
      queued < limit
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push({ limit, resolve })
          }),
  }
}
