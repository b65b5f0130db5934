import { NO_EVENTS } from '../store/facts.ts'
import type { Log } from '../store/log.ts'
import { firstVisible, isExpired, isSoftDeleted } from '../store/streamMetadata.ts'
import type { ReadPlan } from '../wire/requests.ts'
import type { Cursor, Unreadable } from './cursor.ts'
import { presenter } from './presenting.ts'

/**
 * A cursor over one stream as it ends now: later events are not chased, so the read comes to an end. Both
 * directions include the given revision.
 */
export const openStreamRead = (log: Log, stream: string, plan: ReadPlan): Cursor | Unreadable => {
  const { streamId, lastRevision } = log.heads.headOf(stream)
  if (log.heads.isTombstoned(stream)) return { kind: 'stream-deleted' }
  if (lastRevision === NO_EVENTS || isSoftDeleted(log.heads.retentionOf(stream))) {
    return { kind: 'stream-not-found' }
  }
  const present = presenter(log, plan)
  const isForwards = plan.direction === 'forwards'
  const knownPlaces = { start: 0, end: isForwards ? lastRevision + 1 : lastRevision }
  let at = typeof plan.from === 'number' ? plan.from : knownPlaces[plan.from]

  const next = (limit: number) => {
    const retention = log.heads.retentionOf(stream)
    const lowest = firstVisible(retention, lastRevision)
    const { direction } = plan
    const range = isForwards
      ? { from: Math.max(at, lowest), to: lastRevision, direction }
      : { from: lowest, to: Math.min(at, lastRevision), direction }
    const { rows, isLast } = log.pages.ofStream(streamId, range, limit)
    const nowMs = log.clock()
    const fresh = rows.filter((row) => !isExpired(retention, row.createdMs, nowMs))
    at = (rows.at(-1)?.revision ?? at) + (isForwards ? 1 : -1)
    // Going backwards, everything behind an expired event is older still.
    const metExpired = !isForwards && fresh.length < rows.length
    return { frames: fresh.map(present), isLast: isLast || metExpired }
  }
  return { next }
}
