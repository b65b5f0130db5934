import {
  EventStoreDBClient,
  WrongExpectedVersionError,
  jsonEvent,
  type Credentials,
} from '@eventstore/db-client'
import type { Clock } from '../clock/clock.ts'
import { isDefinite, within } from './outcome.ts'
import {
  EventStoreUnavailable,
  type AppendResult,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
  type RecordedEvent,
} from './port.ts'
import { readForward } from './reading.ts'
import { resubscribing } from './subscription.ts'

export interface EventStoreOptions {
  /** `esdb://…`, the only thing that changes between the embedded node and a cluster. */
  readonly connectionString: string
  readonly clock: Clock
  /** Sent with each append; see `appendOnce`. Ignored by the client on insecure connections. */
  readonly credentials?: Credentials
  readonly appendTimeoutMs?: number
  readonly onRetry?: (stream: string, error: unknown) => void
}

const APPEND_TRIES = 6
const FIRST_BACKOFF_MS = 50

/** The port over the official client: one client per process (its generated code is global). */
export const connectEventStore = (options: EventStoreOptions): EventStore => {
  const { clock } = options
  const appendTimeoutMs = options.appendTimeoutMs ?? 5_000
  const client = EventStoreDBClient.connectionString(options.connectionString)
  const credentials = options.credentials ?? { username: 'admin', password: 'changeit' }
  const closing = new AbortController()

  /**
   * Credentials per call make the client use the plain Append call instead of its batch stream. The batch stream keeps
   * one promise table per process, so that one dropped connection rejects the appends of all, and answers that come
   * late throw where nobody can catch them; the plain call has a deadline of its own. ADR 0004 has the measurements.
   */
  const appendOnce = async (
    stream: string,
    events: readonly EventToAppend[],
    expected: ExpectedRevision,
  ): Promise<AppendResult> => {
    try {
      const result = await within(
        appendTimeoutMs + 1_000,
        clock,
        client.appendToStream(
          stream,
          events.map(({ id, type, data, metadata }) =>
            jsonEvent({ id, type, data: { ...data }, metadata: wireMetadata(metadata) }),
          ),
          {
            expectedRevision: expected === 'no-stream' ? 'no_stream' : BigInt(expected),
            credentials,
            deadline: appendTimeoutMs,
          },
        ),
      )
      if (result.position === undefined)
        throw new Error(`The append to ${stream} was answered without a position`)
      return {
        kind: 'appended',
        revision: Number(result.nextExpectedRevision),
        position: Number(result.position.commit),
      }
    } catch (error) {
      if (error instanceof WrongExpectedVersionError) return { kind: 'conflict' }
      throw error
    }
  }

  const append: EventStore['append'] = async (stream, events, expected) => {
    let backoffMs = FIRST_BACKOFF_MS
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await appendOnce(stream, events, expected)
      } catch (error) {
        if (isDefinite(error)) throw error
        if (attempt === APPEND_TRIES || closing.signal.aborted)
          throw new EventStoreUnavailable(`Append to ${stream}: outcome unknown after ${attempt} tries`, {
            cause: error,
          })
        options.onRetry?.(stream, error)
        await clock.sleep(backoffMs, closing.signal)
        backoffMs *= 2
      }
    }
  }

  const read = (stream: string, from = 0, limit?: number): AsyncIterable<RecordedEvent> =>
    readForward(
      (fromRevision, maxCount) =>
        client.readStream(stream, {
          fromRevision: BigInt(fromRevision),
          direction: 'forwards',
          ...(maxCount === undefined ? {} : { maxCount }),
        }),
      { stream, from, limit, clock, signal: closing.signal },
    )

  const last: EventStore['last'] = async (stream) => {
    let newest: RecordedEvent | undefined
    const reading = readForward(
      () => client.readStream(stream, { fromRevision: 'end', direction: 'backwards', maxCount: 1 }),
      { stream, from: 0, clock, signal: closing.signal },
    )
    // Read to its end although there is only one: a reading that is left early has to be cancelled on the server.
    for await (const event of reading) newest = event
    return newest
  }

  /** The metadata calls of the client know neither a time-out nor a repeat; setting the same limit twice is harmless. */
  const keepOnly: EventStore['keepOnly'] = async (stream, maxCount) => {
    try {
      const current = await within(appendTimeoutMs, clock, client.getStreamMetadata(stream))
      if (current.metadata?.maxCount === maxCount) return
      await within(
        appendTimeoutMs,
        clock,
        client.setStreamMetadata(stream, { maxCount }, { credentials, deadline: appendTimeoutMs }),
      )
    } catch (error) {
      if (isDefinite(error)) throw error
      throw new EventStoreUnavailable(`The limit of ${stream} could not be set`, { cause: error })
    }
  }

  return {
    append,
    read,
    last,
    subscribe: (subscribeOptions) =>
      resubscribing(
        (after, onCheckpoint) =>
          client.subscribeToAll({
            fromPosition:
              typeof after === 'number' ? { commit: BigInt(after), prepare: BigInt(after) } : after,
            filter: {
              filterOn: subscribeOptions.by === 'type' ? 'eventType' : 'streamName',
              prefixes: [...subscribeOptions.prefixes],
              checkpointInterval: 32,
              checkpointReached: (_subscription, position) => {
                onCheckpoint(Number(position.commit))
              },
            },
          }),
        { ...subscribeOptions, signal: AbortSignal.any([subscribeOptions.signal, closing.signal]) },
        clock,
      ),
    keepOnly,
    close: async () => {
      closing.abort()
      await client.dispose()
    },
  }
}

/** EventStoreDB's own names for correlation and causation, which its tools understand. */
const wireMetadata = ({ correlationId, causationId, ...rest }: EventToAppend['metadata']) => ({
  $correlationId: correlationId,
  $causationId: causationId,
  ...rest,
})
