import {
  StreamNotFoundError,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  type ResolvedEvent,
  type StreamingRead,
} from '@eventstore/db-client'
import type { Clock } from '../clock/clock.ts'
import type { Connection, Lease } from './connection.ts'
import { isDefinite, isSilence, within } from './outcome.ts'
import { EventStoreUnavailable, type RecordedEvent } from './port.ts'
import { recordedEvent } from './recorded-event.ts'

type Reading = StreamingRead<ResolvedEvent | AllStreamResolvedEvent>

const READ_TRIES = 4
const FIRST_BACKOFF_MS = 50

export interface ReadOptions {
  readonly connection: Connection
  readonly stream: string
  readonly from: number
  readonly limit?: number | undefined
  readonly clock: Clock
  /** For each step: the first event, the next one, the end. A consumer that takes its time is not meant. */
  readonly answerTimeoutMs: number
  readonly random: () => number
  readonly signal: AbortSignal
  readonly onUnavailable: () => void
}

/**
 * The events of one stream, oldest first. A connection that breaks or is silent is taken up again at the next revision,
 * a few times without progress; what the store says definitely, such as a deleted stream, is thrown as it is.
 * @throws EventStoreUnavailable
 */
export async function* readForward(
  open: (client: EventStoreDBClient, from: number, limit: number | undefined) => Reading,
  options: ReadOptions,
): AsyncIterable<RecordedEvent> {
  const { connection, stream, from, limit, clock, random, signal } = options
  let next = from
  let left = limit
  let failures = 0
  while (left === undefined || left > 0) {
    const lease = connection.lease()
    try {
      for await (const event of onePass(open(lease.client, next, left), lease, options)) {
        next = event.revision + 1
        failures = 0
        if (left !== undefined) left -= 1
        yield event
      }
      return
    } catch (error) {
      if (isSilence(error)) lease.silent()
      if (isDefinite(error)) throw error
      failures += 1
      if (failures === READ_TRIES || signal.aborted) {
        options.onUnavailable()
        throw new EventStoreUnavailable(`Reading ${stream} failed`, { cause: error })
      }
      await clock.sleep(FIRST_BACKOFF_MS * 2 ** failures * (0.5 + random() / 2), signal)
    }
  }
}

/** Reads have no deadline in the client, so a reading that makes no progress is cut here. */
async function* onePass(
  reading: Reading,
  lease: Lease,
  { clock, answerTimeoutMs }: ReadOptions,
): AsyncIterable<RecordedEvent> {
  // The client reports a lost connection on the stream even when nobody iterates any more; unheard, it would be fatal.
  reading.on('error', () => {})
  const iterator: AsyncIterator<ResolvedEvent | AllStreamResolvedEvent> = reading[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      const next = await within(answerTimeoutMs, clock, iterator.next(), lease.replaced)
      lease.answered()
      if (next.done === true) {
        ended = true
        return
      }
      const event = recordedEvent(next.value)
      if (event !== undefined) yield event
    }
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error
    lease.answered()
    ended = true
  } finally {
    if (!ended) void reading.cancel().catch(() => {})
  }
}
