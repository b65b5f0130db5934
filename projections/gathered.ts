import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Batch, EventStore, SubscribeOptions } from '#platform/eventstore/port.ts'

/** A commit costs nearly the same for one event as for hundreds, so a backlog is taken in portions of this size. */
const ENOUGH_EVENTS = 512
/**
 * The client hands a backlog over event by event, a few turns of the event loop apart; after this many turns with
 * nothing new there is none. Turns, not milliseconds: when all is caught up nothing is held back at all.
 */
const IDLE_TURNS = 4

/**
 * The subscription with its small batches put together while there is a backlog, reading ahead while the consumer
 * works: one portion of at most `enough` events and one batch. Leaving the loop ends the subscription.
 */
export async function* gathered(
  store: Pick<EventStore, 'subscribe'>,
  options: SubscribeOptions,
  enough = ENOUGH_EVENTS,
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
        const more = await unlessIdle(next)
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

const unlessIdle = async (
  next: Promise<IteratorResult<Batch>>,
): Promise<IteratorResult<Batch> | undefined> => {
  for (let turn = 0; turn < IDLE_TURNS; turn += 1) {
    const arrived = await Promise.race([next, nextTurn(undefined)])
    if (arrived !== undefined) return arrived
  }
  return undefined
}
