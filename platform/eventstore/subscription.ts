import type { AllStreamSubscription } from '@eventstore/db-client'
import type { Clock } from '../clock/clock.ts'
import type { Batch, Position, RecordedEvent, SubscribeOptions } from './port.ts'
import { recordedEvent } from './recorded-event.ts'

type Open = (
  after: Position | 'start' | 'end',
  onCheckpoint: (position: Position) => void,
) => AllStreamSubscription

const LARGEST_BATCH = 512
const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 5_000

/**
 * The client's subscriptions report one error and are dead, so the loop that opens the next one, from where the last
 * batch ended, is here. It ends only by the signal.
 */
export async function* resubscribing(
  open: Open,
  options: SubscribeOptions,
  clock: Clock,
): AsyncIterable<Batch> {
  let after = options.after
  let restarts = 0
  let backoffMs = FIRST_BACKOFF_MS
  const report = (connected: boolean, caughtUp: boolean): void => {
    options.onStatus?.({ name: options.name, connected, caughtUp, restarts })
  }

  while (!options.signal.aborted) {
    try {
      for await (const batch of batches(open, after, options.signal)) {
        backoffMs = FIRST_BACKOFF_MS
        report(true, batch.caughtUp)
        yield batch
        if (batch.position !== undefined) after = batch.position
      }
      if (options.signal.aborted) return
    } catch {
      if (options.signal.aborted) return
    }
    restarts += 1
    report(false, false)
    await clock.sleep(backoffMs, options.signal)
    backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
  }
}

/** One subscription's life: what has arrived is handed over together, and nothing is read while the consumer works. */
async function* batches(
  open: Open,
  after: Position | 'start' | 'end',
  signal: AbortSignal,
): AsyncIterable<Batch> {
  let checkpoint: Position | undefined
  let caughtUp = false
  let ended = false
  let failure: unknown
  let news = false
  let wake = (): void => {}
  const notify = (): void => {
    news = true
    wake()
  }

  const subscription = open(after, (position) => {
    checkpoint = position
    notify()
  })
  subscription
    .on('readable', notify)
    .on('caughtUp', () => {
      caughtUp = true
      notify()
    })
    .on('fellBehind', () => {
      caughtUp = false
    })
    .on('error', (error: unknown) => {
      failure = error
      ended = true
      notify()
    })
    .on('end', () => {
      ended = true
      notify()
    })
    .on('close', () => {
      ended = true
      notify()
    })
  signal.addEventListener('abort', notify, { once: true })

  try {
    let position: Position | undefined
    let reportedCaughtUp = false
    while (!signal.aborted) {
      news = false
      const events = take(subscription)
      const drained = events.length < LARGEST_BATCH
      // Everything up to a checkpoint was buffered before it was seen, so it counts once the buffer is empty.
      const reached = highest(position, highest(events.at(-1)?.position, drained ? checkpoint : undefined))
      const isNews = events.length > 0 || reached !== position || (drained && caughtUp && !reportedCaughtUp)
      if (drained) reportedCaughtUp = caughtUp
      position = reached
      if (isNews) yield { events, position, caughtUp: caughtUp && drained }
      else if (ended) throw failure ?? new Error('The subscription ended')
      else if (!news)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    signal.removeEventListener('abort', notify)
    subscription.on('error', () => {})
    // Not waited for: while the client is still looking for a node, this would hold up whoever stops us.
    void subscription.unsubscribe().catch(() => {})
    subscription.destroy()
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
