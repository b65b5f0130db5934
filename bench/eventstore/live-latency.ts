import { END, streamNameFilter } from '@eventstore/db-client'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { assert, atRate } from '../measure.ts'
import { newEvent, type Way } from './appenders.ts'
import { interleaved, type Figure } from './rounds.ts'
import type { Scale } from './scale.ts'
import type { OpenSession, Session } from './session.ts'

export interface LatencyKey {
  /** Who appends and listens: the official client by its batch stream, or the edge. */
  readonly way: Extract<Way, 'batch' | 'edge'>
  readonly load: 'at rest' | 'under load'
}

/** Milliseconds from the call of append to the handler of a live subscription, ascending. */
export type Latencies = readonly number[]

interface Live {
  readonly stop: () => Promise<void>
}

type OnEvent = (id: string) => void

const listenByClient = async ({ client }: Session, onEvent: OnEvent): Promise<Live> => {
  const subscription = client.subscribeToAll({
    fromPosition: END,
    filter: streamNameFilter({ prefixes: ['live-'], checkpointInterval: 32 }),
  })
  subscription.on('data', ({ event }) => {
    if (event !== undefined) onEvent(event.id)
  })
  await once(subscription, 'caughtUp')
  return { stop: () => subscription.unsubscribe() }
}

const listenByEdge = async ({ edge }: Session, onEvent: OnEvent): Promise<Live> => {
  const over = new AbortController()
  const live = Promise.withResolvers<void>()
  const loop = async (): Promise<void> => {
    const options = { name: 'bench', prefixes: ['live-'], after: 'end', signal: over.signal } as const
    for await (const { events, caughtUp } of edge.subscribe(options)) {
      for (const { id } of events) onEvent(id)
      if (caughtUp) live.resolve()
    }
  }
  const looping = loop()
  looping.catch(live.reject)
  await live.promise
  return {
    stop: async () => {
      over.abort()
      await looping
    },
  }
}

/** Time between two appends at rest, so that nothing of the one is left when the next begins. */
const REST_MS = 3

const measureOnce = async (session: Session, { way, load }: LatencyKey, scale: Scale): Promise<Latencies> => {
  const latencies: number[] = []
  const waiting = new Map<string, () => void>()
  // Counted and asserted later: what is thrown in a handler of the client, nobody can catch.
  let strangers = 0
  const onEvent = (id: string): void => {
    const arrived = waiting.get(id)
    if (arrived === undefined) strangers += 1
    waiting.delete(id)
    arrived?.()
  }
  const live = await (way === 'edge' ? listenByEdge : listenByClient)(session, onEvent)
  // From the call, not from when it was due: a timer's own lateness is not the store's. Nothing waits for a slow one.
  const one = async (): Promise<void> => {
    const event = newEvent()
    const stream = `live-${randomUUID()}`
    const begin = performance.now()
    const handled = new Promise<void>((resolve) => {
      waiting.set(event.id, () => {
        latencies.push(performance.now() - begin)
        resolve()
      })
    })
    await session.appenders[way].append(stream, [event], -1)
    session.ledger.acknowledged(stream, 0, [event.id])
    await handled
  }
  try {
    if (load === 'under load') await atRate(scale.latency.ratePerSecond, scale.latency.seconds, one)
    else
      for (let nth = 0; nth < scale.latency.atRest; nth += 1) {
        await one()
        await new Promise((resolve) => setTimeout(resolve, REST_MS))
      }
  } finally {
    await live.stop()
  }
  assert(strangers === 0, `the handler got ${strangers} events twice, or that nobody appended`)
  const found = await session.ledger.verify()
  assert(found === latencies.length, `${latencies.length} of ${found} events reached the handler`)
  return latencies.toSorted((a, b) => a - b)
}

/** From append to handler over a live filtered subscription to `$all`. */
export const measureLatency = async (
  open: OpenSession,
  scale: Scale,
): Promise<readonly Figure<LatencyKey, Latencies>[]> => {
  await using session = await open()
  const keys: readonly LatencyKey[] = [
    { way: 'batch', load: 'at rest' },
    { way: 'edge', load: 'at rest' },
    { way: 'batch', load: 'under load' },
    { way: 'edge', load: 'under load' },
  ]
  const contestants = keys.map((key) => ({ key, run: () => measureOnce(session, key, scale) }))
  // Awaited here: the session ends with this scope.
  return await interleaved(contestants, scale.rounds)
}
