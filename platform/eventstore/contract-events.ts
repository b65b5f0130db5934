import { randomUUID } from 'node:crypto'
import { derivedId } from '../ids/ids.ts'
import type { Batch, EventStore, EventToAppend, RecordedEvent, SubscribeOptions } from './port.ts'

/** Names that nobody else uses, so that a spec may run on a store that others write to. */
export interface FreshNames {
  /** Of stream names: `prefix` and a few letters make a stream. */
  readonly prefix: string
  /** Of event types. */
  readonly type: string
  readonly stream: (name: string | number) => string
  /** An event with an id that follows from what it is. */
  readonly noted: (name: string, n?: number) => EventToAppend
  /** That many events, numbered from `from` on. */
  readonly many: (count: number, from?: number) => readonly [EventToAppend, ...EventToAppend[]]
}

export const freshNames = (): FreshNames => {
  const key = randomUUID().replaceAll('-', '').slice(0, 16)
  const prefix = `spec${key}-`
  const type = `Noted${key}`
  const noted = (name: string, n = 0): EventToAppend => ({
    id: derivedId('noted', key, name, n),
    type,
    data: { name, n },
    metadata: {
      correlationId: `order-${key}`,
      causationId: 'cause-1',
      commandId: `command-${name}`,
      actor: 'system:spec',
      schemaVersion: 1,
    },
  })
  return {
    prefix,
    type,
    stream: (name) => `${prefix}${name}`,
    noted,
    many: (count, from = 0) => [
      noted('many', from),
      ...Array.from({ length: count - 1 }, (_, n) => noted('many', from + n + 1)),
    ],
  }
}

export const collect = async (events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> => {
  const collected: RecordedEvent[] = []
  for await (const event of events) collected.push(event)
  return collected
}

/** Takes batches until one satisfies the condition; a spec that waits in vain runs into its time-out. */
export const batchesUntil = async (
  store: EventStore,
  options: Omit<SubscribeOptions, 'signal' | 'name'>,
  isEnough: (batch: Batch, all: readonly RecordedEvent[]) => boolean | Promise<boolean>,
): Promise<{ readonly batches: readonly Batch[]; readonly events: readonly RecordedEvent[] }> => {
  const stopping = new AbortController()
  const batches: Batch[] = []
  const events: RecordedEvent[] = []
  for await (const batch of store.subscribe({ name: 'spec', signal: stopping.signal, ...options })) {
    batches.push(batch)
    events.push(...batch.events)
    if (await isEnough(batch, events)) stopping.abort()
  }
  return { batches, events }
}

/** Each as `stream@revision`. */
export const placesOf = (events: readonly RecordedEvent[]): string[] =>
  events.map(({ stream, revision }) => `${stream}@${revision}`)

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
