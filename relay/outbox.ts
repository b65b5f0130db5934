import type { Clock } from '#platform/clock/clock.ts'
import { LARGEST_SEND, type Kafka, type KafkaMessage } from '#platform/kafka/port.ts'

export interface OutboxOptions {
  readonly kafka: Kafka
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Between 0 and 1; spreads the tries of many. */
  readonly random: () => number
  readonly onSent: (messages: readonly KafkaMessage[]) => void
  /** Told once for every try that failed. */
  readonly onFailure: (error: unknown) => void
  /** Told when a try worked after others had failed, with the length of the outage. */
  readonly onRecovery: (lastedMs: number) => void
}

export interface OutboxCondition {
  /** Whether Kafka has answered since this outbox was opened. */
  readonly isReached: boolean
  /** Set while tries fail. */
  readonly failing?: { readonly sinceMs: number; readonly reason: string }
}

/** Nobody waits for the message any more; whether it was sent is not known. */
export class OutboxClosed extends Error {
  override readonly name = 'OutboxClosed'
}

/** Messages on their way to Kafka. It holds as many as callers wait, so whoever bounds the callers bounds it. */
export interface Outbox {
  /**
   * Resolves when Kafka has the message; until then it is tried for as long as the signal allows. Messages are sent in
   * the order of these calls.
   * @throws OutboxClosed
   */
  readonly publish: (message: KafkaMessage) => Promise<void>
  readonly condition: () => OutboxCondition
  /** Resolves when the signal has ended it and nothing is under way any more. */
  readonly stopped: Promise<void>
}

const FIRST_BACKOFF_MS = 250
const LONGEST_BACKOFF_MS = 10_000
/** What is under way when the relay stops may still arrive for so long; after that it is sent again some day. */
const GRACE_MS = 2_000
/** While there is nothing to send: an outage is then known before the next message meets it. */
const LOOK_EVERY_MS = 10_000

interface Waiting {
  readonly message: KafkaMessage
  readonly resolve: () => void
  readonly reject: (error: OutboxClosed) => void
}

/**
 * Sends what waits, together and one request at a time: whatever comes while a request is under way is in the next one.
 * A request that failed is made again with the same messages before any other, so that none overtakes another.
 */
export const openOutbox = (options: OutboxOptions): Outbox => {
  const { kafka, clock, signal, random, onSent, onFailure, onRecovery } = options
  let waiting: Waiting[] = []
  let condition: OutboxCondition = { isReached: false }
  let wake = (): void => {}

  const untilGraceIsOver = async (call: () => Promise<void>): Promise<void> => {
    const settled = new AbortController()
    const outOfGrace = async (): Promise<void> => {
      await aborted(AbortSignal.any([signal, settled.signal]))
      await clock.sleep(GRACE_MS, settled.signal)
      throw new OutboxClosed('The relay stops')
    }
    try {
      await Promise.race([call(), outOfGrace()])
    } finally {
      settled.abort()
    }
  }

  /** Tries until it works or the signal ends it; answers whether it worked. */
  const persist = async (call: () => Promise<void>): Promise<boolean> => {
    let backoffMs = FIRST_BACKOFF_MS
    while (!signal.aborted) {
      try {
        await untilGraceIsOver(call)
        if (condition.failing !== undefined) onRecovery(clock.nowMs() - condition.failing.sinceMs)
        condition = { isReached: true }
        return true
      } catch (error) {
        onFailure(error)
        const reason = error instanceof Error ? error.message : String(error)
        const sinceMs = condition.failing?.sinceMs ?? clock.nowMs()
        condition = { ...condition, failing: { sinceMs, reason } }
        await clock.sleep(backoffMs * (0.5 + random() / 2), signal)
        backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
      }
    }
    return false
  }

  /** Until something waits, or it is time to look whether Kafka is there. */
  const newsOrPause = async (): Promise<void> => {
    const pause = new AbortController()
    wake = () => {
      pause.abort()
    }
    if (waiting.length === 0) await clock.sleep(LOOK_EVERY_MS, AbortSignal.any([signal, pause.signal]))
    wake = () => {}
  }

  const sendWaiting = async (): Promise<void> => {
    const batch = waiting.slice(0, fitting(waiting))
    const messages = batch.map(({ message }) => message)
    if (!(await persist(() => kafka.send(messages)))) return
    waiting = waiting.slice(batch.length)
    onSent(messages)
    for (const { resolve } of batch) resolve()
  }

  const stopped = (async () => {
    await persist(kafka.reach)
    while (!signal.aborted) {
      await newsOrPause()
      if (signal.aborted) break
      if (waiting.length > 0) await sendWaiting()
      else await persist(kafka.reach)
    }
    const left = waiting
    waiting = []
    for (const { reject } of left) reject(new OutboxClosed('The relay stops'))
    await kafka.close()
  })()

  return {
    publish: (message) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(new OutboxClosed('The relay stops'))
          return
        }
        waiting.push({ message, resolve, reject })
        wake()
      }),
    condition: () => condition,
    stopped,
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve()
        },
        { once: true },
      )
  })

const bytesOf = ({ key, value, headers }: KafkaMessage): number =>
  Object.entries(headers).reduce(
    (total, [name, text]) => total + name.length + Buffer.byteLength(text),
    Buffer.byteLength(key) + Buffer.byteLength(value),
  )

/** How many of those that wait longest go into one request; one at least, whatever its size. */
const fitting = (waiting: readonly Waiting[]): number => {
  let bytes = 0
  let count = 0
  for (const { message } of waiting) {
    bytes += bytesOf(message)
    if (count > 0 && (bytes > LARGEST_SEND.bytes || count === LARGEST_SEND.messages)) break
    count += 1
  }
  return count
}
