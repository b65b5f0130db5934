import { presenter } from '../reads/presenting.ts'
import type { Log } from '../store/log.ts'
import { PAGE_EVENTS } from '../store/pages.ts'
import { firstVisible, isExpired, isSoftDeleted } from '../store/streamMetadata.ts'
import type { ReadPlan } from '../wire/requests.ts'
import type { Source, Supply } from './source.ts'

/** No position: the tail never covers it. */
const NOTHING_SEEN = -1

/** Everything in one stream after a revision. A stream that does not exist yet is waited for. */
export const openStreamSource = (log: Log, stream: string, plan: ReadPlan): Source => {
  const present = presenter(log, plan)
  const knownPlaces = { start: 0, end: log.heads.headOf(stream).lastRevision + 1 }
  let nextRevision = typeof plan.from === 'number' ? plan.from + 1 : knownPlaces[plan.from]
  // Every event of the stream up to this position of the log was handed out.
  let seenPosition = NOTHING_SEEN

  const fromTail = (): Supply => {
    const frames: Buffer[] = []
    for (const event of log.tail.after(seenPosition, PAGE_EVENTS)) {
      seenPosition = event.position
      if (event.stream !== stream || event.revision < nextRevision) continue
      nextRevision = event.revision + 1
      frames.push(present(event))
    }
    return { kind: 'messages', frames, isLast: seenPosition >= log.headPosition(), isLive: true }
  }

  const fromFile = (): Supply => {
    const { streamId, lastRevision } = log.heads.headOf(stream)
    const retention = log.heads.retentionOf(stream)
    const lowest = isSoftDeleted(retention) ? lastRevision + 1 : firstVisible(retention, lastRevision)
    const range = { from: Math.max(nextRevision, lowest), to: lastRevision, direction: 'forwards' } as const
    const { rows, isLast } = log.pages.ofStream(streamId, range, PAGE_EVENTS)
    const nowMs = log.clock()
    const fresh = rows.filter((row) => !isExpired(retention, row.createdMs, nowMs))
    nextRevision = Math.max(range.from, (rows.at(-1)?.revision ?? -1) + 1)
    if (isLast) seenPosition = log.headPosition()
    return { kind: 'messages', frames: fresh.map(present), isLast, isLive: isLast }
  }

  return {
    next: () => {
      if (log.heads.isTombstoned(stream)) return { kind: 'stream-deleted' }
      return seenPosition !== NOTHING_SEEN && log.tail.covers(seenPosition) ? fromTail() : fromFile()
    },
    onLive: () => [],
  }
}
