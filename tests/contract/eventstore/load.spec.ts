import { describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { collect, freshNames, placesOf, upTo } from '#platform/eventstore/contract-events.ts'
import {
  EventStoreUnavailable,
  type AppendResult,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
} from '#platform/eventstore/port.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { nodeAsChild, nodeInProcess, plain, type ControlledServer } from './servers.ts'
import { listenTo, nothingUncaught, until } from './watching.ts'

type Fault = (proxy: FaultProxy, chance: () => number, server: ControlledServer) => Promise<void> | void

const FAULTS: Readonly<Record<string, Fault>> = {
  cut: (proxy) => proxy.cut(),
  'half-close by the server': (proxy) => proxy.halfClose('to-client'),
  'half-close towards the server': (proxy) => proxy.halfClose('to-server'),
  'lose answers': (proxy) => proxy.rule('to-client', { kind: 'lose-answers' }),
  'reset requests': (proxy, chance) =>
    proxy.rule('to-server', { kind: 'reset-after', bytes: 1 + Math.floor(chance() * 4_000) }),
  'reset answers': (proxy, chance) =>
    proxy.rule('to-client', { kind: 'reset-after', bytes: 1 + Math.floor(chance() * 4_000) }),
  'hold requests': (proxy) => proxy.rule('to-server', { kind: 'hold' }),
  'hold answers': (proxy) => proxy.rule('to-client', { kind: 'hold' }),
  'hold all': (proxy) => {
    proxy.rule('to-server', { kind: 'hold' })
    proxy.rule('to-client', { kind: 'hold' })
  },
  strand: (proxy) => proxy.strand(),
  delay: (proxy, chance) => {
    proxy.rule('to-client', { kind: 'delay', delayMs: 1 + Math.floor(chance() * 60) })
    proxy.rule('to-server', { kind: 'delay', delayMs: 1 + Math.floor(chance() * 60) })
  },
  refuse: async (proxy) => {
    await proxy.refuse(true)
    proxy.cut()
  },
}

/** Each fault once, in an order that follows from the seed. */
const inOrderOf = (chance: () => number): Fault[] =>
  Object.values(FAULTS)
    .map((fault) => ({ fault, rank: chance() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ fault }) => fault)

/** Park and Miller's generator: the same seed, the same weather. */
const chanceFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

const ANSWER_TIMEOUT_MS = 250
/** An append's tries and pauses, twice over for a busy machine. */
const APPEND_WITHIN_MS = 2 * (6 * 1.2 * ANSWER_TIMEOUT_MS + 1_550)

interface Acknowledged {
  readonly stream: string
  readonly ids: readonly string[]
  readonly lastRevision: number
}

/** Appends until told to stop; what is unknown is repeated as it was, until it is known. */
const writer = (store: EventStore, isOver: () => boolean) => {
  const acknowledged: Acknowledged[] = []
  let slowestMs = 0

  const settled = async (
    stream: string,
    events: readonly [EventToAppend, ...EventToAppend[]],
    expected: ExpectedRevision,
  ): Promise<AppendResult> => {
    for (;;) {
      const startedAtMs = performance.now()
      try {
        return await store.append(stream, events, expected)
      } catch (error) {
        if (!(error instanceof EventStoreUnavailable)) throw error
      } finally {
        slowestMs = Math.max(slowestMs, performance.now() - startedAtMs)
      }
    }
  }

  const run = async (stream: string, name: string, noted: (name: string, n: number) => EventToAppend) => {
    let head = -1
    for (let turn = 0; !isOver(); turn += 1) {
      const [first, ...rest] = upTo(1 + (turn % 3)).map((part) => noted(`${name}/${turn}`, part))
      if (first === undefined) throw new Error('one or more')
      const events = [first, ...rest] as const
      const result = await settled(stream, events, head < 0 ? 'no-stream' : head)
      if (result.kind === 'appended') {
        head = result.revision
        acknowledged.push({ stream, ids: events.map(({ id }) => id), lastRevision: head })
      } else {
        const newest = await store.last(stream).catch(() => undefined)
        head = newest?.revision ?? head
      }
    }
  }
  return { run, acknowledged, slowestMs: () => slowestMs }
}

describe('writers and subscriptions on a bad line', () => {
  nothingUncaught()

  const expectAllKept = async (
    server: ControlledServer,
    seed: number,
    faults: (chance: () => number) => Fault[],
  ) => {
    const chance = chanceFrom(seed)
    const proxy = await startFaultProxy(server.port)
    const store = connectEventStore({
      connectionString: plain(proxy.port),
      clock: systemClock,
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
      random: chance,
    })
    const direct = connectEventStore({ connectionString: plain(server.port), clock: systemClock })
    const { prefix, type, stream, noted } = freshNames()
    const byStream = listenTo(store, prefix)
    const byType = listenTo(store, type, 'type')
    let isOver = false
    const write = writer(store, () => isOver)
    // Each has a stream of its own, where a conflict would be a lie; pairs also share one, where it is the rule.
    const writing = upTo(6).flatMap((n) => [
      write.run(stream(`own${n}`), `own${n}`, noted),
      write.run(stream(`shared${n >> 1}`), `rival${n}`, noted),
    ])
    try {
      for (const fault of faults(chance)) {
        const before = write.acknowledged.length
        await until(() => write.acknowledged.length >= before + 10)
        await fault(proxy, chance, server)
        await systemClock.sleep(50 + chance() * 250)
        await proxy.heal()
      }
      const before = write.acknowledged.length
      await until(() => write.acknowledged.length >= before + 10)
      isOver = true
      await Promise.all(writing)
      expect(write.slowestMs()).toBeLessThan(APPEND_WITHIN_MS)

      const streams = [...upTo(6).map((n) => stream(`own${n}`)), ...upTo(3).map((n) => stream(`shared${n}`))]
      const logs = new Map(
        await Promise.all(streams.map(async (name) => [name, await collect(direct.read(name))] as const)),
      )
      for (const { stream: name, ids, lastRevision } of write.acknowledged) {
        const log = logs.get(name) ?? []
        expect(log.slice(lastRevision + 1 - ids.length, lastRevision + 1).map(({ id }) => id)).toEqual(ids)
      }
      let total = 0
      for (const [name, log] of logs) {
        expect(log.map(({ revision }) => revision)).toEqual(upTo(log.length))
        expect(new Set(log.map(({ id }) => id)).size).toBe(log.length)
        // Whoever writes alone is told of each append, so that nothing is there which nobody acknowledged.
        if (name.includes('own'))
          expect(log).toHaveLength(
            write.acknowledged.filter((append) => append.stream === name).flatMap(({ ids }) => ids).length,
          )
        total += log.length
      }
      const inLogOrder = [...logs.values()]
        .flat()
        .toSorted((a, b) => a.position - b.position || a.revision - b.revision)
      for (const listener of [byStream, byType]) {
        await until(() => listener.events.length >= total)
        expect(placesOf(listener.events)).toEqual(placesOf(inLogOrder))
        expect(listener.statuses.at(-1)).toMatchObject({ connected: true })
        expect(listener.statuses.at(-1)?.restarts).toBeGreaterThan(0)
      }
    } finally {
      isOver = true
      await proxy.heal()
      await Promise.allSettled(writing)
      await Promise.all([byStream.stop(), byType.stop()])
      await Promise.all([store.close(), direct.close()])
      await proxy.close()
      await server.stop()
    }
  }

  it.each([1, 2])(
    'keep every acknowledged append once and in order, in the weather of seed %i',
    async (seed) => {
      await expectAllKept(await nodeInProcess('in-memory'), seed, inOrderOf)
    },
    30_000,
  )

  it('keep them also when the server is killed and stopped beneath them', async () => {
    const restart =
      (kill?: 'kill'): Fault =>
      async (_, chance, server) => {
        await server.halt(kill)
        await systemClock.sleep(chance() * 100)
        await server.start()
      }
    await expectAllKept(await nodeAsChild('on-disk'), 3, () => [restart('kill'), restart(), restart('kill')])
  }, 300_000)
})
