import type { Credentials, EventStoreDBClient } from '@eventstore/db-client'
import type { Clock } from '../clock/clock.ts'
import { appending, graceFor } from './appending.ts'
import { credentialsIn } from './connection-string.ts'
import { connectClient, type Lease } from './connection.ts'
import { nobodyWatches, type EventStoreObserver } from './observer.ts'
import { isDefinite, isSilence, within } from './outcome.ts'
import {
  EventStoreUnavailable,
  type Batch,
  type EventStore,
  type Position,
  type RecordedEvent,
  type SubscribeOptions,
} from './port.ts'
import { readForward } from './reading.ts'
import { resubscribing } from './subscription.ts'

export interface EventStoreOptions {
  /** `esdb://…`, the only thing that changes between the embedded node and a cluster. */
  readonly connectionString: string
  readonly clock: Clock
  /** Unless told those of the connection string, else the server's well-known ones; not sent on insecure connections. */
  readonly credentials?: Credentials
  /** How long one try of a call, or one step of a reading, waits for an answer; 5,000 unless told. */
  readonly answerTimeoutMs?: number
  /** Between 0 and 1; `Math.random` unless told. Spreads repeats and restarts. */
  readonly random?: () => number
  readonly observer?: Partial<EventStoreObserver>
}

/** The port over the official client: one client at a time per process (its generated code is global). */
export const connectEventStore = (options: EventStoreOptions): EventStore => {
  const { connectionString, clock, answerTimeoutMs = 5_000, random = Math.random } = options
  const observer: EventStoreObserver = { ...nobodyWatches, ...options.observer }
  const connection = connectClient({
    connectionString,
    clock,
    answerTimeoutMs,
    onRebuild: observer.rebuild,
  })
  // Appends always carry some, which is how the client is told to use the plain call: see `appending`.
  const credentials = options.credentials ??
    credentialsIn(connectionString) ?? { username: 'admin', password: 'changeit' }
  const identity = options.credentials === undefined ? {} : { credentials: options.credentials }
  const closing = new AbortController()
  const { signal } = closing
  const reading = { connection, clock, answerTimeoutMs, random, signal }

  const read = (stream: string, from = 0, limit?: number): AsyncIterable<RecordedEvent> =>
    readForward(
      (client, fromRevision, maxCount) =>
        client.readStream(stream, {
          fromRevision: BigInt(fromRevision),
          direction: 'forwards',
          ...identity,
          ...(maxCount === undefined ? {} : { maxCount }),
        }),
      { ...reading, stream, from, limit, onUnavailable: () => observer.unavailable('read') },
    )

  const last: EventStore['last'] = async (stream) => {
    let newest: RecordedEvent | undefined
    const reversed = readForward(
      (client) =>
        client.readStream(stream, { fromRevision: 'end', direction: 'backwards', maxCount: 1, ...identity }),
      { ...reading, stream, from: 0, onUnavailable: () => observer.unavailable('read') },
    )
    // Read to its end although there is only one: a reading that is left early has to be cancelled on the server.
    for await (const event of reversed) newest = event
    return newest
  }

  /** The metadata calls of the client know neither a time-out nor a repeat; setting the same limit twice is harmless. */
  const keepOnly: EventStore['keepOnly'] = async (stream, maxCount) => {
    const lease = connection.lease()
    const answer = async <T>(call: (client: EventStoreDBClient) => Promise<T>): Promise<T> => {
      const result = await within(graceFor(answerTimeoutMs), clock, call(lease.client), lease.replaced)
      lease.answered()
      return result
    }
    try {
      const current = await answer((client) => client.getStreamMetadata(stream, identity))
      if (current.metadata?.maxCount === maxCount) return
      await answer((client) =>
        client.setStreamMetadata(stream, { maxCount }, { credentials, deadline: answerTimeoutMs }),
      )
    } catch (error) {
      if (isSilence(error)) lease.silent()
      if (isDefinite(error)) throw error
      observer.unavailable('keep-only')
      throw new EventStoreUnavailable(`The limit of ${stream} could not be set`, { cause: error })
    }
  }

  async function* subscribe(asked: SubscribeOptions): AsyncIterable<Batch> {
    const told = {
      ...asked,
      signal: AbortSignal.any([asked.signal, signal]),
      onStatus: (status: Parameters<EventStoreObserver['subscription']>[0]) => {
        observer.subscription(status)
        asked.onStatus?.(status)
      },
    }
    try {
      yield* resubscribing(told, {
        connection,
        clock,
        answerTimeoutMs,
        random,
        open: (client, after, onCheckpoint) => openSubscription(client, asked, identity, after, onCheckpoint),
      })
    } finally {
      observer.subscriptionEnded(asked.name)
    }
  }

  return {
    append: appending({ ...reading, credentials, observer }),
    read,
    last,
    subscribe,
    keepOnly,
    close: async () => {
      closing.abort()
      await connection.close()
    },
  }
}

const openSubscription = (
  client: Lease['client'],
  { by, prefixes }: SubscribeOptions,
  identity: { readonly credentials?: Credentials },
  after: Position | 'start' | 'end',
  onCheckpoint: (position: Position) => void,
) =>
  client.subscribeToAll({
    ...identity,
    fromPosition: typeof after === 'number' ? { commit: BigInt(after), prepare: BigInt(after) } : after,
    filter: {
      filterOn: by === 'type' ? 'eventType' : 'streamName',
      prefixes: [...prefixes],
      checkpointInterval: 32,
      checkpointReached: (_subscription, position) => {
        onCheckpoint(Number(position.commit))
      },
    },
  })
