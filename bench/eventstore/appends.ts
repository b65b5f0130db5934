import { randomUUID } from 'node:crypto'
import { assert } from '../measure.ts'
import { newEvents, WAYS, type Appender, type Way } from './appenders.ts'
import type { Ledger } from './ledger.ts'
import { interleaved, type Figure } from './rounds.ts'
import { sampled, type Sample } from './sample.ts'
import { BULK_EVENTS, type Scale } from './scale.ts'
import type { OpenSession, Session } from './session.ts'

export interface AppendKey {
  readonly way: Way
  readonly writers: number
  readonly eventsPerAppend: number
}

/** How many of what: every writer has a stream of its own and appends to it one after another. */
interface Chains {
  readonly writers: number
  readonly appendsEach: number
  readonly eventsPerAppend: number
}

/** Each append names the revision it builds on, as a decision does, and is noted once it is acknowledged. */
export const appendChains = async (
  { append }: Appender,
  ledger: Ledger,
  { writers, appendsEach, eventsPerAppend }: Chains,
): Promise<void> => {
  const run = randomUUID().slice(0, 8)
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const stream = `bench-${run}_${writer}`
      let revision = -1
      for (let nth = 0; nth < appendsEach; nth += 1) {
        const events = newEvents(eventsPerAppend)
        const reached = await append(stream, events, revision)
        assert(reached === revision + eventsPerAppend, `${stream} went from ${revision} to ${reached}`)
        ledger.acknowledged(
          stream,
          revision + 1,
          events.map(({ id }) => id),
        )
        revision = reached
      }
    }),
  )
}

/** Times the chains in events, then reads the log back. */
export const timedChains = async (session: Session, way: Way, chains: Chains): Promise<Sample> => {
  const events = chains.writers * chains.appendsEach * chains.eventsPerAppend
  const sample = await sampled(session.node.pid, events, () =>
    appendChains(session.appenders[way], session.ledger, chains),
  )
  const found = await session.ledger.verify()
  assert(found === events, `${found} of ${events} events were acknowledged`)
  return sample
}

/** Single events by one writer and by many, and a hundred events at a time; each by all three ways. Counted in events. */
export const measureAppends = async (
  open: OpenSession,
  scale: Scale,
): Promise<readonly Figure<AppendKey, Sample>[]> => {
  await using session = await open()
  const loads: Chains[] = [
    ...scale.appends.map((load) => ({ ...load, eventsPerAppend: 1 })),
    { ...scale.bulk, eventsPerAppend: BULK_EVENTS },
  ]
  const contestants = loads.flatMap((chains) =>
    WAYS.map((way) => ({
      key: { way, writers: chains.writers, eventsPerAppend: chains.eventsPerAppend },
      run: () => timedChains(session, way, chains),
    })),
  )
  // Awaited here: the session ends with this scope.
  return await interleaved(contestants, scale.rounds)
}
