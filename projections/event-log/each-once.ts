import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { EventStore, Position, RecordedEvent } from '#platform/eventstore/port.ts'
import type { ReadStore, StoredDocument } from '#platform/readstore/port.ts'
import { idIn, SHOP_STREAM_PREFIXES } from '../events.ts'
import { OrderAudit } from '../order-audit/document.ts'
import { orderAudit } from '../order-audit/projection.ts'
import { checkpointName, type Projection } from '../projection.ts'
import { documentsIn, setHash } from '../rebuild/hash.ts'
import { eventLog } from './projection.ts'

/** Whether a copy that auditors read holds each event of the log exactly once. */
export interface EachOnce {
  /** How many events there are as far as the copy has come. */
  readonly inLog: number
  /** How many of them it holds, doubles included. */
  readonly held: number
  /** They are the very same, each once and in its place; equal numbers alone would not say so. */
  readonly isExact: boolean
}

export interface EachOnceOptions {
  readonly store: Pick<EventStore, 'subscribe'>
  readonly readStore: ReadStore
  /** Of the copy that is looked at. */
  readonly projection: Projection
  readonly signal: AbortSignal
}

/** An event in its place, as text; equal texts are the same event in the same place. */
interface Held {
  readonly place: string
  readonly position: Position
}

interface Audited {
  readonly prefixes: readonly string[]
  readonly place: (event: RecordedEvent) => string
  readonly heldBy: (document: StoredDocument) => readonly Held[]
}

const Logged = z.object({ stream: z.string(), revision: z.int(), position: z.int() })

const AUDITED: ReadonlyMap<string, Audited> = new Map([
  [
    eventLog.name,
    {
      prefixes: SHOP_STREAM_PREFIXES,
      place: ({ id, stream, revision }) => `${id} ${revision}@${stream}`,
      heldBy: ({ id, body }) => {
        const { stream, revision, position } = Logged.parse(body)
        return [{ place: `${id} ${revision}@${stream}`, position }]
      },
    },
  ],
  [
    orderAudit.name,
    {
      prefixes: ['order-'],
      place: ({ id, stream, revision }) => `${idIn(stream)} ${revision} ${id} ${id}`,
      heldBy: ({ id, body }) => {
        const { processedEventIds, history } = OrderAudit.parse(body)
        return Array.from({ length: Math.max(processedEventIds.length, history.length) }, (_, revision) => ({
          place: `${id} ${revision} ${processedEventIds[revision]} ${history[revision]?.eventId}`,
          // What has no place in the history is nowhere in the log.
          position: history[revision]?.metadata.position ?? -1,
        }))
      },
    },
  ],
])

/**
 * Counts the events in the log itself and in the documents, up to where the copy has come, in little memory however
 * many there are. Nothing is folded, so that a fold which leaves something out shows, where folding again would leave it
 * out again. The shop may be open. Undefined for a read model that does not hold events.
 * @throws when the log or the read store fails, or the signal ends it.
 */
export const eachOnce = async (options: EachOnceOptions): Promise<EachOnce | undefined> => {
  const { store, readStore, projection, signal } = options
  const audited = AUDITED.get(projection.name)
  if (audited === undefined) return undefined
  // All up to here is stored, and what is stored up to here changes no more.
  const upTo = (await readStore.checkpoint(checkpointName(projection))) ?? -1
  const wanted = counting()
  const batches = store.subscribe({
    name: `each once ${checkpointName(projection)}`,
    prefixes: audited.prefixes,
    after: 'start',
    signal,
  })
  for await (const { events, position, caughtUp } of batches) {
    for (const event of events) if (event.position <= upTo) wanted.add(audited.place(event))
    if (caughtUp || (position ?? -1) >= upTo) break
  }
  signal.throwIfAborted()
  const held = counting()
  for await (const document of documentsIn(readStore, projection.collection.name)) {
    signal.throwIfAborted()
    for (const { place, position } of audited.heldBy(document)) if (position <= upTo) held.add(place)
  }
  return { inLog: wanted.count(), held: held.count(), isExact: wanted.digest() === held.digest() }
}

const counting = () => {
  const hash = setHash()
  let count = 0
  return {
    add: (place: string): void => {
      count += 1
      hash.add(createHash('sha256').update(place).digest('hex'))
    },
    count: () => count,
    digest: hash.digest,
  }
}
