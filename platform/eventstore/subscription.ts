import type { AllStreamSubscription, EventStoreDBClient } from '@eventstore/db-client'
import type { Clock } from '../clock/clock.ts'
import type { Connection, Lease } from './connection.ts'
import { ClientReplaced, NoAnswer } from './outcome.ts'
import type { Batch, Position, RecordedEvent, SubscribeOptions, SubscriptionStatus } from './port.ts'
import { recordedEvent } from './recorded-event.ts'

export interface ResubscribingOptions {
  readonly connection: Connection
  readonly open: (
    client: EventStoreDBClient,
    after: Position | 'start' | 'end',
    onCheckpoint: (position: Position) => void,
  ) => AllStreamSubscription
  readonly clock: Clock
  /** For the server's word that it has begun; after that only the connection's keep-alive tells silence from peace. */
  readonly answerTimeoutMs: number
  /** Between 0 and 1; spreads the restarts of many. */
  readonly random: () => number
}

const LARGEST_BATCH = 512
const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 5_000

/**
 * The client's subscriptions report one error and are dead, so the loop that opens the next one, from where the last
 * batch ended, is here. It ends only by the signal.
 */
export async function* resubscribing(
  subscribe: SubscribeOptions,
  options: ResubscribingOptions,
): AsyncIterable<Batch> {
  const { clock, random } = options
  const { name, signal } = subscribe
  let after = subscribe.after
  let restarts = 0
  let backoffMs = FIRST_BACKOFF_MS
  const report = (status: Omit<SubscriptionStatus, 'name' | 'restarts'>): void => {
    subscribe.onStatus?.({ name, restarts, ...status })
  }

  if (!signal.aborted) report({ connected: false, caughtUp: false })
  while (!signal.aborted) {
    let trouble = 'The subscription ended'
    try {
      for await (const batch of batches(after, signal, options)) {
        backoffMs = FIRST_BACKOFF_MS
        report({ connected: true, caughtUp: batch.caughtUp })
        yield batch
        if (batch.position !== undefined) after = batch.position
      }
    } catch (error) {
      trouble = String(error)
    }
    if (signal.aborted) return
    restarts += 1
    report({ connected: false, caughtUp: false, trouble })
    await clock.sleep(backoffMs * (0.5 + random() / 2), signal)
    backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
  }
}

/** What the client has told of one subscription so far. */
interface Heard {
  checkpoint: Position | undefined
  caughtUp: boolean
  ended: boolean
  failure: unknown
}

/** One subscription's life: what has arrived is handed over together, and nothing is read while the consumer works. */
async function* batches(
  after: Position | 'start' | 'end',
  signal: AbortSignal,
  options: ResubscribingOptions,
): AsyncIterable<Batch> {
  const lease = options.connection.lease()
  const heard: Heard = { checkpoint: undefined, caughtUp: false, ended: false, failure: undefined }
  let news = false
  let wake = (): void => {}
  const notify = (): void => {
    news = true
    wake()
  }
  const subscription = options.open(lease.client, after, (position) => {
    heard.checkpoint = position
    notify()
  })
  const stopListening = listen(subscription, lease, heard, notify, options)
  signal.addEventListener('abort', notify, { once: true })

  try {
    let position: Position | undefined
    let reportedCaughtUp = false
    while (!signal.aborted) {
      news = false
      const events = take(subscription)
      const drained = events.length < LARGEST_BATCH
      // Everything up to a checkpoint was buffered before it was seen, so it counts once the buffer is empty.
      const reached = highest(
        position,
        highest(events.at(-1)?.position, drained ? heard.checkpoint : undefined),
      )
      const isNews =
        events.length > 0 || reached !== position || (drained && heard.caughtUp && !reportedCaughtUp)
      if (drained) reportedCaughtUp = heard.caughtUp
      position = reached
      if (isNews) yield { events, position, caughtUp: heard.caughtUp && drained }
      else if (heard.ended) throw heard.failure ?? new Error('The subscription ended')
      else if (!news)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    signal.removeEventListener('abort', notify)
    stopListening()
    subscription.on('error', () => {})
    // Not waited for: while the client is still looking for a node, this would hold up whoever stops us.
    void subscription.unsubscribe().catch(() => {})
    subscription.destroy()
  }
}

/** Notes what becomes of a subscription. A client that is replaced cancels its streams without a word to them. */
const listen = (
  subscription: AllStreamSubscription,
  { replaced, answered, silent }: Lease,
  heard: Heard,
  notify: () => void,
  { clock, answerTimeoutMs }: ResubscribingOptions,
): (() => void) => {
  const end = (failure?: unknown): void => {
    heard.failure ??= failure
    heard.ended = true
    notify()
  }
  const abandon = (): void => end(new ClientReplaced('The client of this subscription was replaced'))
  const cancelTimer = clock.timer(answerTimeoutMs, () => {
    end(new NoAnswer(`The subscription was not confirmed within ${answerTimeoutMs} ms`))
    silent()
  })
  replaced.addEventListener('abort', abandon, { once: true })
  if (replaced.aborted) abandon()
  subscription
    .on('confirmation', () => {
      cancelTimer()
      answered()
    })
    .on('readable', () => {
      answered()
      notify()
    })
    .on('caughtUp', () => {
      heard.caughtUp = true
      notify()
    })
    .on('fellBehind', () => {
      heard.caughtUp = false
    })
    .on('error', end)
    .on('end', () => end())
    .on('close', () => end())
  return () => {
    cancelTimer()
    replaced.removeEventListener('abort', abandon)
  }
}

const take = (subscription: AllStreamSubscription): RecordedEvent[] => {
  const events: RecordedEvent[] = []
  while (events.length < LARGEST_BATCH) {
    const resolved: Parameters<typeof recordedEvent>[0] | null = subscription.read()
    if (resolved === null) break
    const event = recordedEvent(resolved)
    if (event !== undefined) events.push(event)
  }
  return events
}

const highest = (a: Position | undefined, b: Position | undefined): Position | undefined => {
  if (a === undefined) return b
  return b === undefined ? a : Math.max(a, b)
}
