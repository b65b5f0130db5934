import type { StoredEvent } from './facts.ts'

const KEPT_EVENTS = 4_096
const KEPT_BYTES = 16 * 1024 * 1024

/**
 * The newest committed events in memory, so that live subscribers need not go to the file. Bounded: whoever
 * falls further behind reads pages again.
 */
export type Tail = {
  /** Adds events that are committed, oldest first. */
  readonly push: (events: readonly StoredEvent[]) => void
  /** Whether every event after `position` is here. */
  readonly covers: (position: number) => boolean
  /** Up to `limit` events after `position`; only right if the tail covers it. */
  readonly after: (position: number, limit: number) => readonly StoredEvent[]
}

/** A tail that starts empty behind `headPosition`. */
export const createTail = (headPosition: number): Tail => {
  let events: StoredEvent[] = []
  let bytes = 0
  let floor = headPosition

  /** Drops the older half at once, so that trimming costs next to nothing per event. */
  const trim = (): void => {
    const dropped = events.slice(0, Math.ceil(events.length / 2))
    events = events.slice(dropped.length)
    for (const event of dropped) bytes -= event.frame.length
    floor = dropped.at(-1)?.position ?? floor
  }

  const indexAfter = (position: number): number => {
    let low = 0
    let high = events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((events[middle]?.position ?? 0) > position) high = middle
      else low = middle + 1
    }
    return low
  }

  return {
    push: (added) => {
      for (const event of added) {
        events.push(event)
        bytes += event.frame.length
        if (events.length > 2 * KEPT_EVENTS || bytes > 2 * KEPT_BYTES) trim()
      }
    },
    covers: (position) => position >= floor,
    after: (position, limit) => {
      const from = indexAfter(position)
      return events.slice(from, from + limit)
    },
  }
}
