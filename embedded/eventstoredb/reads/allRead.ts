import type { Log } from '../store/log.ts'
import type { Range } from '../store/pages.ts'
import { PAGE_BYTES, PAGE_EVENTS } from '../store/pages.ts'
import type { ReadPlan } from '../wire/requests.ts'
import type { Batch, Cursor } from './cursor.ts'
import type { Filter } from './filter.ts'
import { presenter } from './presenting.ts'

/**
 * A cursor over the whole log as it ends now. Forwards includes the event at the given position, backwards
 * begins before it. With a filter `limit` counts matches.
 */
export const openAllRead = (log: Log, plan: ReadPlan, filter: Filter): Cursor => {
  const present = presenter(log, plan)
  const head = log.headPosition()
  const isForwards = plan.direction === 'forwards'
  const knownPlaces = { start: 0, end: head + 1 }
  let at = typeof plan.from === 'number' ? plan.from : knownPlaces[plan.from]

  const range = (): Range =>
    isForwards
      ? { from: at, to: head, direction: plan.direction }
      : { from: 0, to: Math.min(at - 1, head), direction: plan.direction }
  const moveTo = (position: number | undefined): void => {
    if (position !== undefined) at = isForwards ? position + 1 : position
  }

  const nextOfEverything = (limit: number): Batch => {
    const { rows, isLast } = log.pages.ofAll(range(), limit)
    moveTo(rows.at(-1)?.position)
    return { frames: rows.map(present), isLast }
  }

  const nextOfMatches = (limit: number): Batch => {
    const { rows, isLast } = log.pages.scan(range(), PAGE_EVENTS)
    const frames: Buffer[] = []
    let bytes = 0
    for (const row of rows) {
      moveTo(row.position)
      const frame = filter(row) ? log.pages.frameAt(row.position) : undefined
      if (frame === undefined) continue
      frames.push(present({ ...row, frame }))
      bytes += frame.length
      if (frames.length === limit || bytes >= PAGE_BYTES) return { frames, isLast: false }
    }
    return { frames, isLast }
  }

  return { next: plan.filter === undefined ? nextOfEverything : nextOfMatches }
}
