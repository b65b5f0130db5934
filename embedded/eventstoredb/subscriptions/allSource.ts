import type { Filter } from '../reads/filter.ts'
import { presenter } from '../reads/presenting.ts'
import type { Log } from '../store/log.ts'
import { PAGE_BYTES, PAGE_EVENTS } from '../store/pages.ts'
import { encodeCheckpoint } from '../wire/frames.ts'
import type { ReadPlan } from '../wire/requests.ts'
import type { Source } from './source.ts'

type Considered = { readonly position: number; readonly type: string; readonly stream: string }

/** Everything after a position, filtered; a filtered subscriber also hears how far the log was considered. */
export const openAllSource = (log: Log, plan: ReadPlan, filter: Filter): Source => {
  const present = presenter(log, plan)
  const knownPlaces = { start: 0, end: log.headPosition() }
  let at = typeof plan.from === 'number' ? plan.from : knownPlaces[plan.from]
  let considered = 0

  /** Moves past one event and collects what it means for the subscriber. */
  const consider = <Event extends Considered>(
    event: Event,
    frameOf: (event: Event) => Buffer | undefined,
    frames: Buffer[],
  ): void => {
    at = event.position
    const frame = filter(event) ? frameOf(event) : undefined
    if (frame !== undefined) frames.push(present({ ...event, frame }))
    if (plan.filter === undefined) return
    considered += 1
    if (considered < plan.filter.checkpointEvery) return
    considered = 0
    frames.push(encodeCheckpoint(at))
  }

  /** Considers events until a page is full; the rest is looked at again by the next call. */
  const considerAll = <Event extends Considered>(
    events: readonly Event[],
    frameOf: (event: Event) => Buffer | undefined,
  ): readonly Buffer[] => {
    const frames: Buffer[] = []
    let bytes = 0
    for (const event of events) {
      const before = frames.length
      consider(event, frameOf, frames)
      bytes += frames[before]?.length ?? 0
      if (bytes >= PAGE_BYTES) break
    }
    return frames
  }

  const fromTail = (): readonly Buffer[] => considerAll(log.tail.after(at, PAGE_EVENTS), ({ frame }) => frame)

  const fromFile = (): readonly Buffer[] => {
    const range = { from: at + 1, to: log.headPosition(), direction: 'forwards' } as const
    if (plan.filter !== undefined) {
      const { rows } = log.pages.scan(range, PAGE_EVENTS)
      return considerAll(rows, ({ position }) => log.pages.frameAt(position))
    }
    const { rows } = log.pages.ofAll(range, PAGE_EVENTS)
    return considerAll(
      rows.map((row) => ({ ...row, stream: '' })),
      ({ frame }) => frame,
    )
  }

  return {
    next: () => {
      const isLive = log.tail.covers(at)
      const frames = isLive ? fromTail() : fromFile()
      return { kind: 'messages', frames, isLast: at >= log.headPosition(), isLive }
    },
    onLive: () => {
      considered = 0
      return plan.filter === undefined ? [] : [encodeCheckpoint(at)]
    },
  }
}
