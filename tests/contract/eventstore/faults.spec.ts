import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startNode, type EmbeddedNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { collect, freshNames, placesOf, upTo } from '#platform/eventstore/contract-events.ts'
import { EventStoreUnavailable, type EventStore } from '#platform/eventstore/port.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { plain } from './servers.ts'
import { listenTo, nothingUncaught, until } from './watching.ts'

const ANSWER_TIMEOUT_MS = 1_000
/** Six tries of an append, their pauses, and what a busy machine adds. */
const SETTLED_WITHIN_MS = 6 * 1.2 * ANSWER_TIMEOUT_MS + 1_550 + 30_000

describe('what becomes of calls and subscriptions', () => {
  nothingUncaught()
  let node: EmbeddedNode
  let proxy: FaultProxy
  let store: EventStore
  let direct: EventStore
  let rebuilds: number
  let retries: number
  let whenRebuilt = (): void => {}
  beforeEach(async () => {
    node = await startNode({ file: ':memory:' })
    proxy = await startFaultProxy(node.port)
    rebuilds = 0
    retries = 0
    store = open()
    direct = connectEventStore({ connectionString: plain(node.port), clock: systemClock })
  })
  afterEach(async () => {
    await Promise.all([store.close(), direct.close()])
    await proxy.close()
    await node.stop()
  })
  const open = ({ query = '', answerTimeoutMs = ANSWER_TIMEOUT_MS } = {}): EventStore =>
    connectEventStore({
      connectionString: `${plain(proxy.port)}${query}`,
      clock: systemClock,
      answerTimeoutMs,
      observer: {
        rebuild: () => {
          rebuilds += 1
          whenRebuilt()
        },
        retry: () => {
          retries += 1
        },
      },
    })
  const names = freshNames()
  let runs = 0
  const fresh = () => ({ ...names, stream: (name: string) => names.stream(`${(runs += 1)}${name}`) })

  it.each([
    { fault: 'is cut', misbehave: () => proxy.cut() },
    { fault: 'is half-closed by the server', misbehave: () => proxy.halfClose('to-client') },
    { fault: 'is half-closed towards the server', misbehave: () => proxy.halfClose('to-server') },
    { fault: 'carries nothing any more', misbehave: () => proxy.strand() },
  ])('when a connection $fault: all goes on over another, each event once', async ({ misbehave }) => {
    const { noted } = names
    const stream = fresh().stream('a')
    const listener = listenTo(store, stream)
    await store.append(stream, [noted('first')], 'no-stream')
    await until(() => listener.events.length === 1)
    misbehave()
    const startedAtMs = Date.now()
    for (let revision = 0; revision < 5; revision += 1)
      expect(await store.append(stream, [noted('x', revision)], revision)).toMatchObject({
        revision: revision + 1,
      })
    expect(Date.now() - startedAtMs).toBeLessThan(SETTLED_WITHIN_MS)
    await until(() => listener.events.length === 6)
    expect(placesOf(listener.events)).toEqual(upTo(6).map((n) => `${stream}@${n}`))
    expect(listener.statuses.at(-1)).toMatchObject({ connected: true })
    expect(await collect(direct.read(stream))).toHaveLength(6)
    await listener.stop()
  })

  it('when nothing gets through for a while: calls settle as unknown, and all is well when it does', async () => {
    const { noted } = names
    const [a, b] = [fresh().stream('a'), fresh().stream('b')]
    await store.append(a, [noted('x')], 'no-stream')
    const listener = listenTo(store, a)
    await until(listener.caughtUp)
    proxy.rule('to-server', { kind: 'hold' })
    proxy.rule('to-client', { kind: 'hold' })
    const startedAtMs = Date.now()
    const attempts = await Promise.allSettled([
      ...upTo(10).map((n) => store.append(`${b}${n}`, [noted('y', n)], 'no-stream')),
      collect(store.read(a)),
      store.last(a),
      store.keepOnly(a, 7),
    ])
    expect(Date.now() - startedAtMs).toBeLessThan(SETTLED_WITHIN_MS)
    for (const attempt of attempts)
      expect(attempt).toMatchObject({ reason: expect.any(EventStoreUnavailable) })
    expect(rebuilds).toBeGreaterThan(0)
    expect(rebuilds).toBeLessThanOrEqual(6)
    await until(() => listener.statuses.at(-1)?.connected === false)
    await proxy.heal()
    for (const n of upTo(10))
      expect(await store.append(`${b}${n}`, [noted('y', n)], 'no-stream')).toMatchObject({ revision: 0 })
    await direct.append(a, [noted('z')], 0)
    await until(() => listener.events.length === 2)
    expect(placesOf(listener.events)).toEqual([`${a}@0`, `${a}@1`])
    for (const n of upTo(10)) expect(await collect(direct.read(`${b}${n}`))).toHaveLength(1)
    await listener.stop()
  })

  it('when a connection is accepted and then silent: another takes its place', async () => {
    const { noted } = names
    const stream = fresh().stream('a')
    proxy.rule('to-client', { kind: 'hold' })
    const late = open()
    // It stays with the hanging connection, which gRPC's pool would give to every client with the same options.
    const neighbour = open({ answerTimeoutMs: 300_000 })
    const neighbours = neighbour.last(stream).catch(() => 'closed')
    let prompt: Promise<unknown> | undefined
    // Whoever asks in the very moment of the change must not be given it either.
    whenRebuilt = () => {
      prompt ??= late.append(fresh().stream('b'), [noted('prompt')], 'no-stream')
    }
    const listener = listenTo(late, stream)
    const reading = late.last(stream)
    const appending = late.append(stream, [noted('x')], 'no-stream')
    await until(() => proxy.open() > 0)
    proxy.strand()
    proxy.rule('to-client', { kind: 'pass' })
    expect(await appending).toMatchObject({ revision: 0 })
    await reading
    expect(await prompt).toMatchObject({ revision: 0 })
    await until(() => listener.events.length === 1)
    expect(rebuilds).toBe(1)
    whenRebuilt = () => {}
    await listener.stop()
    await Promise.all([late.close(), neighbour.close()])
    expect(await neighbours).toBe('closed')
  })

  it('when a subscription alone uses a connection that is accepted and then silent: it moves over', async () => {
    const { noted } = names
    const stream = fresh().stream('a')
    await direct.append(stream, [noted('x')], 'no-stream')
    proxy.rule('to-client', { kind: 'hold' })
    const late = open()
    const listener = listenTo(late, stream)
    await until(() => proxy.open() > 0)
    proxy.strand()
    proxy.rule('to-client', { kind: 'pass' })
    await until(() => listener.events.length === 1)
    expect(listener.statuses.map(({ trouble }) => trouble)).toContainEqual(
      expect.stringContaining('not confirmed within'),
    )
    await listener.stop()
    await late.close()
  })

  it('when an idle subscription’s connection carries nothing any more: the keep-alive tells', async () => {
    const { noted } = names
    const stream = fresh().stream('a')
    const { warn } = console
    // The client finds an interval so short not advisable.
    console.warn = () => {}
    const late = open({ query: '&keepAliveInterval=2000&keepAliveTimeout=2000' })
    console.warn = warn
    const listener = listenTo(late, stream)
    await until(listener.caughtUp)
    proxy.strand()
    await direct.append(stream, [noted('x')], 'no-stream')
    await until(() => listener.events.length === 1)
    expect(listener.statuses.at(-1)).toMatchObject({ connected: true, restarts: 1 })
    expect(rebuilds).toBe(0)
    await listener.stop()
    await late.close()
  })

  it('when nobody listens for a while: it is told at once, and is back soon after', async () => {
    const { noted } = names
    const stream = fresh().stream('a')
    await store.append(stream, [noted('x')], 'no-stream')
    const listener = listenTo(store, stream)
    await until(listener.caughtUp)
    await proxy.refuse(true)
    proxy.cut()
    await until(() => listener.statuses.at(-1)?.connected === false)
    await expect(store.append(stream, [noted('y')], 0)).rejects.toBeInstanceOf(EventStoreUnavailable)
    await expect(store.last(stream)).rejects.toBeInstanceOf(EventStoreUnavailable)
    expect(listener.statuses.at(-1)).toMatchObject({
      connected: false,
      trouble: expect.stringContaining('UNAVAILABLE'),
    })
    await proxy.refuse(false)
    expect(await store.append(stream, [noted('y')], 0)).toMatchObject({ revision: 1 })
    await until(() => listener.events.length === 2)
    expect(placesOf(listener.events)).toEqual([`${stream}@0`, `${stream}@1`])
    await listener.stop()
  })

  it.each([
    { how: 'is reset', kind: 'reset-after' as const },
    { how: 'ends', kind: 'end-after' as const },
  ])('when the connection $how anywhere inside an append: it is made once and whole', async ({ kind }) => {
    const { many, noted } = names
    const stream = fresh().stream('a')
    await store.append(stream, [noted('x')], 'no-stream')
    let revision = 0
    for (const bytes of [1, 40, 300, 1_000, 4_000, 9_000]) {
      proxy.rule('to-server', { kind, bytes })
      const before = retries
      const appending = store.append(stream, many(40, revision * 100), revision)
      await until(() => retries > before)
      await proxy.heal()
      expect(await appending).toMatchObject({ revision: revision + 40 })
      revision += 40
    }
    const events = await collect(direct.read(stream))
    expect(events.map((event) => event.revision)).toEqual(upTo(revision + 1))
    expect(new Set(events.map(({ id }) => id)).size).toBe(revision + 1)
  })

  it('when answers are lost: one append is made of each, although others have written since', async () => {
    const { noted } = names
    const stream = fresh().stream('a')
    await store.append(stream, [noted('x')], 'no-stream')
    proxy.rule('to-client', { kind: 'lose-answers' })
    let result: unknown
    const appending = store.append(stream, [noted('y'), noted('z')], 0).then((answer) => {
      result = answer
    })
    await until(async () => (await direct.last(stream))?.revision === 2)
    await direct.append(stream, [noted('other')], 2)
    expect(result).toBeUndefined()
    await proxy.heal()
    await appending
    expect(result).toMatchObject({ kind: 'appended', revision: 2 })
    expect((await collect(direct.read(stream))).map(({ data }) => data)).toEqual(
      ['x', 'y', 'z', 'other'].map((name) => ({ name, n: 0 })),
    )
  })

  it('when an append was lost and somebody else wrote there meanwhile: it is a conflict', async () => {
    const { noted } = names
    const stream = fresh().stream('a')
    await store.append(stream, [noted('x')], 'no-stream')
    proxy.strand()
    const appending = store.append(stream, [noted('mine')], 0)
    await direct.append(stream, [noted('other')], 0)
    expect(await appending).toEqual({ kind: 'conflict' })
    expect(await collect(direct.read(stream))).toHaveLength(2)
  })

  it('when the connection breaks or stalls in the middle of a reading: it goes on where it was', async () => {
    const { noted } = names
    const stream = fresh().stream('a')
    const text = 'x'.repeat(5_000)
    for (let from = 0; from < 500; from += 100) {
      const [first, ...rest] = upTo(100).map((n) => ({ ...noted('r', from + n), data: { text } }))
      if (first === undefined) throw new Error('a hundred')
      await direct.append(stream, [first, ...rest], from === 0 ? 'no-stream' : from - 1)
    }
    const revisions: number[] = []
    for await (const { revision } of store.read(stream, 0, 450)) {
      revisions.push(revision)
      if (revision === 20) proxy.cut()
      if (revision === 200) proxy.strand()
      if (revision === 350) proxy.halfClose('to-client')
    }
    expect(revisions).toEqual(upTo(450))
  })

  it('when everything is late: nothing is done twice', async () => {
    const { noted } = names
    const stream = fresh().stream('a')
    const late = open({ answerTimeoutMs: 60_000 })
    const listener = listenTo(late, stream)
    proxy.rule('to-client', { kind: 'delay', delayMs: 80 })
    proxy.rule('to-server', { kind: 'delay', delayMs: 80 })
    for (let n = 0; n < 5; n += 1) await late.append(stream, [noted('d', n)], n === 0 ? 'no-stream' : n - 1)
    await until(() => listener.events.length === 5)
    expect(placesOf(listener.events)).toEqual(upTo(5).map((n) => `${stream}@${n}`))
    expect([retries, rebuilds]).toEqual([0, 0])
    await listener.stop()
    await late.close()
  })

  it('when a consumer is busy: it is sent nothing more until it asks', async () => {
    const { noted } = names
    const stream = fresh().stream('a')
    const text = 'x'.repeat(2_000)
    for (let from = 0; from < 3_000; from += 100) {
      const [first, ...rest] = upTo(100).map((n) => ({ ...noted('b', from + n), data: { text } }))
      if (first === undefined) throw new Error('a hundred')
      await direct.append(stream, [first, ...rest], from === 0 ? 'no-stream' : from - 1)
    }
    const stopping = new AbortController()
    let sentWhileBusy: number | undefined
    let taken = 0
    for await (const { events } of store.subscribe({
      name: 'spec',
      prefixes: [stream],
      after: 'start',
      signal: stopping.signal,
    })) {
      taken += events.length
      if (sentWhileBusy === undefined) {
        let [calm, before] = [0, -1]
        await until(() => {
          calm = proxy.passed('to-client') === before ? calm + 1 : 0
          before = proxy.passed('to-client')
          return calm > 20
        })
        sentWhileBusy = before
        // What waits in its connection keeps no other call from being answered.
        expect(await store.append(fresh().stream('b'), [noted('x')], 'no-stream')).toMatchObject({
          revision: 0,
        })
        expect(await store.last(stream)).toMatchObject({ revision: 2_999 })
      }
      if (taken === 3_000) stopping.abort()
    }
    expect(proxy.passed('to-client')).toBeGreaterThan(6_000_000)
    expect(sentWhileBusy).toBeLessThan(1_000_000)
  })
})
