import { LRUCache } from 'lru-cache'
import type { RecordedEvent } from '#platform/eventstore/port.ts'

/** An event that came without the one before it in its stream. */
export interface RevisionGap {
  readonly stream: string
  /** What should have come. */
  readonly expected: number
  readonly found: number
  readonly eventId: string
}

/** Streams that are looked after at once; one that was quiet for longer begins anew wherever it goes on. */
const MOST_STREAMS = 20_000

/**
 * Looks whether the log hands over every event of every stream: a gap would be a document that is silently wrong.
 * Events that come again are no gap. Remembers a bounded number of streams, in this process alone.
 */
export const revisionGaps = (): ((events: readonly RecordedEvent[]) => readonly RevisionGap[]) => {
  const newest = new LRUCache<string, number>({ max: MOST_STREAMS })
  return (events) => {
    const gaps: RevisionGap[] = []
    for (const { stream, revision, id } of events) {
      const before = newest.get(stream)
      if (before !== undefined && revision <= before) continue
      if (before !== undefined && revision > before + 1)
        gaps.push({ stream, expected: before + 1, found: revision, eventId: id })
      newest.set(stream, revision)
    }
    return gaps
  }
}
