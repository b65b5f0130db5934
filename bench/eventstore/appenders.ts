import type { EventStoreDBClient } from '@eventstore/db-client'
import { jsonEvent } from '@eventstore/db-client'
import { randomUUID } from 'node:crypto'
import type { EventStore, EventToAppend } from '#platform/eventstore/port.ts'
import { assert } from '../measure.ts'

/** The ways an event can take into the store: the official client's two calls, and the edge that the shop uses. */
export const WAYS = ['batch', 'plain', 'edge'] as const
export type Way = (typeof WAYS)[number]

export type Events = readonly [EventToAppend, ...EventToAppend[]]

export interface Appender {
  readonly way: Way
  /** Appends at exactly the given revision (-1: no stream yet) and answers the last event's revision. */
  readonly append: (stream: string, events: Events, revision: number) => Promise<number>
}

/** Credentials per call are what makes the client use its plain call; on an insecure connection they are not sent. */
const CREDENTIALS = { username: 'admin', password: 'changeit' }

export const appendersOver = (
  client: EventStoreDBClient,
  edge: EventStore,
): Readonly<Record<Way, Appender>> => {
  const byClient = (way: Way, options: { credentials?: typeof CREDENTIALS }): Appender => ({
    way,
    append: async (stream, events, revision) => {
      const { nextExpectedRevision } = await client.appendToStream(
        stream,
        // The client's types want plain JSON records; the spread makes them of the port's.
        events.map(({ id, type, data, metadata }) =>
          jsonEvent({ id, type, data: { ...data }, metadata: { ...metadata } }),
        ),
        { ...options, expectedRevision: revision < 0 ? 'no_stream' : BigInt(revision) },
      )
      return Number(nextExpectedRevision)
    },
  })
  return {
    batch: byClient('batch', {}),
    plain: byClient('plain', { credentials: CREDENTIALS }),
    edge: {
      way: 'edge',
      append: async (stream, events, revision) => {
        const result = await edge.append(stream, events, revision < 0 ? 'no-stream' : revision)
        assert(result.kind === 'appended', `${stream} was changed by somebody else`)
        return result.revision
      },
    },
  }
}

const CAUSE = randomUUID()

/** About 400 bytes of JSON, as an event of the shop has. */
export const newEvent = (): EventToAppend => ({
  id: randomUUID(),
  type: 'StockReserved',
  data: { reservationId: CAUSE, orderId: CAUSE, productId: 'sencha-yame-100g', quantity: 1, atMs: 0 },
  metadata: {
    correlationId: CAUSE,
    causationId: CAUSE,
    commandId: CAUSE,
    actor: 'system:bench',
    schemaVersion: 1,
  },
})

export const newEvents = (count: number): Events => [
  newEvent(),
  ...Array.from({ length: count - 1 }, () => newEvent()),
]
