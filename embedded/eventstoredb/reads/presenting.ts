import { NO_EVENTS, TOMBSTONE } from '../store/facts.ts'
import type { Log } from '../store/log.ts'
import { firstVisible, isExpired, isSoftDeleted } from '../store/streamMetadata.ts'
import { dataOf, encodeLinkFrame, withStructuredIds } from '../wire/frames.ts'
import type { ReadPlan } from '../wire/requests.ts'

/** What it takes to show an event to a reader. */
export type Presentable = { readonly position: number; readonly type: string; readonly frame: Buffer }

/** The type of an event that points to another; its data is `revision@stream`. */
const LINK_TYPE = '$>'

const targetOf = (log: Log, link: Presentable): Buffer | undefined => {
  const text = Buffer.from(dataOf(link.frame)).toString('utf8')
  const at = text.indexOf('@')
  const revision = Number(text.slice(0, at))
  if (at < 1 || !Number.isSafeInteger(revision)) return undefined
  const stream = text.slice(at + 1)
  const { streamId, lastRevision } = log.heads.headOf(stream)
  if (lastRevision === NO_EVENTS || lastRevision === TOMBSTONE) return undefined
  const retention = log.heads.retentionOf(stream)
  if (isSoftDeleted(retention) || revision < firstVisible(retention, lastRevision)) return undefined
  const target = log.pages.atRevision(streamId, revision)
  if (target === undefined || isExpired(retention, target.createdMs, log.clock())) return undefined
  return target.frame
}

/**
 * Turns an event into the message a reader gets. The usual case hands out the stored bytes as they are; links
 * are resolved, and ids restructured, only for readers who asked for it.
 */
export const presenter =
  (log: Log, plan: Pick<ReadPlan, 'resolveLinks' | 'structuredIds'>) =>
  (event: Presentable): Buffer => {
    const isLink = plan.resolveLinks && event.type === LINK_TYPE
    const frame = isLink ? encodeLinkFrame(event.frame, targetOf(log, event), event.position) : event.frame
    return plan.structuredIds ? withStructuredIds(frame) : frame
  }
