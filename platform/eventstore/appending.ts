import { WrongExpectedVersionError, jsonEvent, type Credentials } from '@eventstore/db-client'
import type { Clock } from '../clock/clock.ts'
import type { Connection } from './connection.ts'
import type { EventStoreObserver } from './observer.ts'
import { isDefinite, isSilence, within } from './outcome.ts'
import {
  EventStoreUnavailable,
  type AppendResult,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
} from './port.ts'

const APPEND_TRIES = 6
const FIRST_BACKOFF_MS = 50
/**
 * The call has a deadline of its own, but only once the client has a channel: while it looks for a leader that does not
 * answer there is none. So this much later we no longer wait for it.
 */
export const graceFor = (answerTimeoutMs: number): number => answerTimeoutMs * 1.2

export interface AppendingOptions {
  readonly connection: Connection
  readonly clock: Clock
  readonly credentials: Credentials
  /** Of one try; an append is tried six times at most. */
  readonly answerTimeoutMs: number
  /** Between 0 and 1; spreads the repeats of many. */
  readonly random: () => number
  readonly signal: AbortSignal
  readonly observer: EventStoreObserver
}

/**
 * Appends with an exact revision, and again with the same ids at the same revision while the outcome is unknown, which
 * the server answers like the first time for ever.
 */
export const appending = (options: AppendingOptions): EventStore['append'] => {
  const { connection, clock, credentials, answerTimeoutMs, random, signal, observer } = options

  /**
   * Credentials per call make the client use the plain Append call instead of its batch stream. The batch stream keeps
   * one promise table per process, so that one dropped connection rejects the appends of all, and answers that come
   * late throw where nobody can catch them; the plain call has a deadline of its own. ADR 0004 has the measurements.
   */
  const once = async (
    stream: string,
    events: readonly EventToAppend[],
    expected: ExpectedRevision,
  ): Promise<AppendResult> => {
    const { client, replaced, answered, silent } = connection.lease()
    try {
      const result = await within(
        graceFor(answerTimeoutMs),
        clock,
        client.appendToStream(stream, events.map(proposed), {
          expectedRevision: expected === 'no-stream' ? 'no_stream' : BigInt(expected),
          credentials,
          deadline: answerTimeoutMs,
        }),
        replaced,
      )
      answered()
      if (result.position === undefined)
        throw new Error(`The append to ${stream} was answered without a position`)
      return {
        kind: 'appended',
        revision: Number(result.nextExpectedRevision),
        position: Number(result.position.commit),
      }
    } catch (error) {
      if (isSilence(error)) silent()
      if (!(error instanceof WrongExpectedVersionError)) throw error
      answered()
      return { kind: 'conflict' }
    }
  }

  const untilKnown: EventStore['append'] = async (stream, events, expected) => {
    let backoffMs = FIRST_BACKOFF_MS
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(stream, events, expected)
      } catch (error) {
        if (isDefinite(error)) throw error
        if (attempt === APPEND_TRIES || signal.aborted)
          throw new EventStoreUnavailable(`Append to ${stream}: outcome unknown after ${attempt} tries`, {
            cause: error,
          })
        observer.retry(stream, error)
        await clock.sleep(backoffMs * (0.5 + random() / 2), signal)
        backoffMs *= 2
      }
    }
  }

  return async (stream, events, expected) => {
    for (const event of events) refuseUnwritable(event)
    const startedAtMs = performance.now()
    const ended = (outcome: Parameters<EventStoreObserver['append']>[0]): void =>
      observer.append(outcome, performance.now() - startedAtMs)
    try {
      const result = await untilKnown(stream, events, expected)
      ended(result.kind)
      return result
    } catch (error) {
      ended(error instanceof EventStoreUnavailable ? 'unavailable' : 'refused')
      throw error
    }
  }
}

/** The client would only find out in the middle of its call, in a promise that nobody hears: the end of the process. */
const refuseUnwritable = ({ type, data, metadata }: EventToAppend): void => {
  if (typeof JSON.stringify([data, metadata]) !== 'string') throw new TypeError(`${type} is not JSON`)
}

/** EventStoreDB's own names for correlation and causation, which its tools understand. */
const proposed = ({ id, type, data, metadata }: EventToAppend) => {
  const { correlationId, causationId, ...rest } = metadata
  return jsonEvent({
    id,
    type,
    data: { ...data },
    metadata: { $correlationId: correlationId, $causationId: causationId, ...rest },
  })
}
