import type { Clock } from '../clock/clock.ts'
import {
  EventStoreUnavailable,
  type AppendResult,
  type Batch,
  type EventStore,
  type RecordedEvent,
  type SubscribeOptions,
} from './port.ts'

/** An event store without a server, for specs that need a virtual clock or a store that fails on command. */
export interface MemoryLog extends EventStore {
  readonly events: readonly RecordedEvent[]
  /** While away, calls throw `EventStoreUnavailable` and subscriptions are not connected. */
  readonly setAway: (away: boolean) => void
}

/** Events handed over at once by a subscription. */
const BATCH = 4
/** Positions have gaps, as real ones do. */
const POSITION_STEP = 7

/** The port's promises, kept by an array: exact expected revisions, repeats by id, batches in log order. */
export const memoryLog = (clock: Clock): MemoryLog => {
  const events: RecordedEvent[] = []
  const limits = new Map<string, number>()
  const sleepers = new Set<() => void>()
  let away = false

  const wakeAll = (): void => {
    const woken = [...sleepers]
    sleepers.clear()
    for (const wake of woken) wake()
  }
  const present = (): void => {
    if (away) throw new EventStoreUnavailable('The log is away')
  }
  const streamOf = (stream: string): RecordedEvent[] => events.filter((event) => event.stream === stream)

  const append: EventStore['append'] = async (stream, appended, expected): Promise<AppendResult> => {
    present()
    const before = streamOf(stream)
    const head = before.length - 1
    const from = expected === 'no-stream' ? -1 : expected
    if (from !== head) {
      const same = before.slice(from + 1, from + 1 + appended.length)
      const last = same.at(-1)
      const isRepeat =
        last !== undefined &&
        same.length === appended.length &&
        same.every(({ id }, index) => id === appended[index]?.id)
      return isRepeat
        ? { kind: 'appended', revision: last.revision, position: last.position }
        : { kind: 'conflict' }
    }
    for (const [index, { id, type, data, metadata }] of appended.entries())
      events.push({
        stream,
        revision: head + 1 + index,
        position: (events.length + 1) * POSITION_STEP,
        id,
        type,
        // As the wire would carry it.
        data: JSON.parse(JSON.stringify(data)) as unknown,
        metadata,
        createdAtMs: clock.nowMs(),
      })
    wakeAll()
    return {
      kind: 'appended',
      revision: head + appended.length,
      position: events.length * POSITION_STEP,
    }
  }

  async function* read(stream: string, from = 0, limit = Infinity): AsyncIterable<RecordedEvent> {
    present()
    const kept = streamOf(stream).slice(-(limits.get(stream) ?? Infinity))
    for (const event of kept.filter(({ revision }) => revision >= from).slice(0, limit)) {
      present()
      yield event
    }
  }

  async function* subscribe(options: SubscribeOptions): AsyncIterable<Batch> {
    const { name, prefixes, by = 'stream', after, signal, onStatus } = options
    let position = typeof after === 'number' ? after : after === 'end' ? (events.at(-1)?.position ?? 0) : 0
    let isFirst = true
    let restarts = 0
    const changed = (): Promise<void> =>
      new Promise((resolve) => {
        const wake = (): void => {
          sleepers.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        sleepers.add(wake)
        signal.addEventListener('abort', wake, { once: true })
      })

    while (!signal.aborted) {
      if (away) {
        restarts += 1
        isFirst = true
        onStatus?.({ name, connected: false, caughtUp: false, restarts })
        await changed()
        continue
      }
      const ahead = events.filter((event) => event.position > position)
      const batch = ahead.slice(0, BATCH)
      if (batch.length === 0 && !isFirst) {
        await changed()
        continue
      }
      isFirst = false
      position = batch.at(-1)?.position ?? position
      const caughtUp = batch.length === ahead.length
      onStatus?.({ name, connected: true, caughtUp, restarts })
      yield {
        events: batch.filter((event) => prefixes.some((prefix) => event[by].startsWith(prefix))),
        position: position === 0 ? undefined : position,
        caughtUp,
      }
    }
  }

  return {
    events,
    setAway: (isAway) => {
      away = isAway
      wakeAll()
    },
    append,
    read,
    last: async (stream) => {
      present()
      return streamOf(stream).at(-1)
    },
    subscribe,
    keepOnly: async (stream, maxCount) => {
      present()
      limits.set(stream, maxCount)
    },
    close: async () => {
      wakeAll()
    },
  }
}
