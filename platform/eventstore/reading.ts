import {
  StreamNotFoundError,
  type AllStreamResolvedEvent,
  type ResolvedEvent,
  type StreamingRead,
} from '@eventstore/db-client'
import type { Clock } from '../clock/clock.ts'
import { isDefinite, NoAnswer, within } from './outcome.ts'
import { EventStoreUnavailable, type RecordedEvent } from './port.ts'
import { recordedEvent } from './recorded-event.ts'

type Reading = StreamingRead<ResolvedEvent | AllStreamResolvedEvent>

const READ_TIMEOUT_MS = 15_000
const READ_TRIES = 4
const FIRST_BACKOFF_MS = 50

export interface ReadOptions {
  readonly stream: string
  readonly from: number
  readonly limit?: number | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * The events of one stream, oldest first. A connection that breaks is taken up again at the next revision, a few times
 * without progress; what the store says definitely, such as a deleted stream, is thrown as it is.
 * @throws EventStoreUnavailable
 */
export async function* readForward(
  open: (from: number, limit: number | undefined) => Reading,
  { stream, from, limit, clock, signal }: ReadOptions,
): AsyncIterable<RecordedEvent> {
  let next = from
  let left = limit
  let failures = 0
  while (left === undefined || left > 0) {
    try {
      for await (const event of onePass(open(next, left), clock)) {
        yield event
        next = event.revision + 1
        failures = 0
        if (left !== undefined) left -= 1
      }
      return
    } catch (error) {
      if (isDefinite(error)) throw error
      failures += 1
      if (failures === READ_TRIES || signal.aborted || error instanceof NoAnswer)
        throw new EventStoreUnavailable(`Reading ${stream} failed`, { cause: error })
      await clock.sleep(FIRST_BACKOFF_MS * 2 ** failures, signal)
    }
  }
}

/** Reads have no deadline in the client, so a reading that makes no progress is cut here. */
async function* onePass(reading: Reading, clock: Clock): AsyncIterable<RecordedEvent> {
  // The client reports a lost connection on the stream even when nobody iterates any more; unheard, it would be fatal.
  reading.on('error', () => {})
  const iterator: AsyncIterator<ResolvedEvent | AllStreamResolvedEvent> = reading[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      const next = await within(READ_TIMEOUT_MS, clock, iterator.next())
      if (next.done === true) {
        ended = true
        return
      }
      const event = recordedEvent(next.value)
      if (event !== undefined) yield event
    }
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error
    ended = true
  } finally {
    if (!ended) void reading.cancel().catch(() => {})
  }
}
