import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '#platform/clock/clock.ts'
import type { Batch, EventStore, SubscribeOptions } from '#platform/eventstore/port.ts'

/** A commit costs nearly the same for one event as for hundreds, so a backlog is taken in portions of this size. */
const ENOUGH_EVENTS = 512
/**
 * The client hands a backlog over event by event, a few turns of the event loop apart; after this many turns with
 * nothing new there is none. Turns, not milliseconds: when all is caught up nothing is held back at all.
 */
const IDLE_TURNS = 4

/** Answers the next batch, or undefined when it is not worth waiting for any longer. */
export type Patience = <T>(next: Promise<T>) => Promise<T | undefined>

/**
 * For whoever works off a long backlog that nobody watches event by event: fewer and fuller portions. While the log
 * says that there is more, the next batch may take up to `waitMs`.
 */
export const waitingUpTo =
  (clock: Clock, waitMs: number): Patience =>
  async (next) => {
    let cancel = (): void => {}
    const tooLate = new Promise<undefined>((resolve) => {
      cancel = clock.timer(waitMs, () => resolve(undefined))
    })
    try {
      return await Promise.race([next, tooLate])
    } finally {
      cancel()
    }
  }

/**
 * The subscription with its small batches put together while there is a backlog, reading ahead while the consumer
 * works: one portion of at most `enough` events and one batch. Leaving the loop ends the subscription.
 */
export async function* gathered(
  store: Pick<EventStore, 'subscribe'>,
  options: SubscribeOptions,
  enough = ENOUGH_EVENTS,
  patience: Patience = fewTurns,
): AsyncIterable<Batch> {
  const leaving = new AbortController()
  const signal = AbortSignal.any([options.signal, leaving.signal])
  const batches = store.subscribe({ ...options, signal })[Symbol.asyncIterator]()
  const readAhead = (): Promise<IteratorResult<Batch>> => {
    const reading = batches.next()
    // It may fail while the consumer works; whoever awaits it next is told.
    reading.catch(() => {})
    return reading
  }

  try {
    let next = readAhead()
    for (let read = await next; read.done !== true; read = await next) {
      let { position, caughtUp } = read.value
      const events = [...read.value.events]
      next = readAhead()
      while (events.length < enough && !caughtUp) {
        const more = await patience(next)
        if (more === undefined || more.done === true) break
        events.push(...more.value.events)
        position = more.value.position ?? position
        caughtUp = more.value.caughtUp
        next = readAhead()
      }
      yield { events, position, caughtUp }
    }
  } finally {
    // A reading under way ends only by the signal, and `return` waits for it.
    leaving.abort()
    await batches.return?.()
  }
}

async function fewTurns<T>(next: Promise<T>): Promise<T | undefined> {
  for (let turn = 0; turn < IDLE_TURNS; turn += 1) {
    const arrived = await Promise.race([next, nextTurn(undefined)])
    if (arrived !== undefined) return arrived
  }
  return undefined
}
