import type { Position } from '#platform/eventstore/port.ts'

/**
 * Keys are worked on in parallel, so events finish out of order. The checkpoint is the highest position below which
 * all is done: what lies between it and the newest finished event is delivered again after a crash, harmlessly.
 */
export interface CheckpointTracker {
  /** An event at this position was taken up; positions come in log order. Returns the function that ends it. */
  readonly begin: (position: Position) => () => void
  /** The log was considered up to here. */
  readonly reached: (position: Position) => void
  readonly checkpoint: () => Position | undefined
  readonly open: () => number
}

export const checkpointTracker = (start: Position | undefined): CheckpointTracker => {
  type Entry = { readonly position: Position; done: boolean }
  let entries: Entry[] = []
  let head = 0
  let settled = start
  let considered = start

  const advance = (): void => {
    for (let entry = entries[head]; entry?.done === true; entry = entries[head]) {
      settled = entry.position
      head += 1
    }
    if (head > 1_024 && head * 2 > entries.length) {
      entries = entries.slice(head)
      head = 0
    }
  }

  /** With nothing open: what has ended may already be further on than what was considered. */
  const furthest = (): Position | undefined => {
    if (settled === undefined || considered === undefined) return settled ?? considered
    return Math.max(settled, considered)
  }

  return {
    begin: (position) => {
      const entry: Entry = { position, done: false }
      // Whatever was considered while nothing was open is below this event, and done.
      if (head === entries.length) settled = furthest()
      entries.push(entry)
      return () => {
        entry.done = true
        advance()
      }
    },
    reached: (position) => {
      considered = Math.max(considered ?? position, position)
    },
    checkpoint: () => (head === entries.length ? furthest() : settled),
    open: () => entries.length - head,
  }
}
