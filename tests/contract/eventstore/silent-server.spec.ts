import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { collect, freshNames } from '#platform/eventstore/contract-events.ts'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import { plain } from './servers.ts'
import { listenTo, nothingUncaught, until } from './watching.ts'

const ANSWER_TIMEOUT_MS = 200

describe('a server that answers pings and nothing else', () => {
  nothingUncaught()
  const sessions = new Set<ServerHttp2Session>()
  let server: Http2Server
  let port: number
  beforeEach(async () => {
    sessions.clear()
    server = createServer().on('session', (session) => {
      sessions.add(session)
      session.on('error', () => {})
    })
    server.on('stream', (stream) => {
      stream.on('error', () => {})
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server that listens has an address with a port
    port = (server.address() as AddressInfo).port
  })
  afterEach(async () => {
    for (const session of sessions) session.destroy()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })

  it.each([
    { role: 'as the only node', isCluster: false },
    { role: 'while a leader is looked for', isCluster: true },
  ])(
    'keeps no call and no subscription waiting for ever $role, nor is it trusted for long',
    async ({ isCluster }) => {
      const url = isCluster ? plain(port).replace('?', `,localhost:${port}?`) : plain(port)
      const { stream, noted, prefix } = freshNames()
      const told: string[] = []
      let rebuilds = 0
      const store = connectEventStore({
        connectionString: url,
        clock: systemClock,
        answerTimeoutMs: ANSWER_TIMEOUT_MS,
        observer: {
          append: (outcome) => told.push(outcome),
          unavailable: (call) => told.push(call),
          rebuild: (count) => {
            rebuilds = count
          },
        },
      })
      const listener = listenTo(store, prefix)
      const startedAtMs = performance.now()
      const attempts = await Promise.allSettled([
        store.append(stream('a'), [noted('x')], 'no-stream'),
        collect(store.read(stream('a'))),
        store.last(stream('a')),
        store.keepOnly(stream('a'), 1),
      ])
      // Six tries of an append and its pauses; a reading has four.
      expect(performance.now() - startedAtMs).toBeLessThan(6 * 1.2 * ANSWER_TIMEOUT_MS + 1_550 + 30_000)
      for (const attempt of attempts)
        expect(attempt).toMatchObject({ reason: expect.any(EventStoreUnavailable) })
      expect(told.toSorted()).toEqual(['keep-only', 'read', 'read', 'unavailable'])
      await until(() => (listener.statuses.at(-1)?.restarts ?? 0) >= 2)
      expect(listener.statuses.every(({ connected }) => !connected)).toBe(true)
      expect(rebuilds).toBeGreaterThanOrEqual(1)
      expect(rebuilds).toBeLessThanOrEqual(8)
      await listener.stop()
      await store.close()
      expect(listener.events).toEqual([])
    },
  )

  it('keeps nobody waiting who closes', async () => {
    const { stream, noted, prefix } = freshNames()
    const store = connectEventStore({
      connectionString: plain(port),
      clock: systemClock,
      answerTimeoutMs: 300_000,
    })
    const listener = listenTo(store, prefix)
    const attempts = Promise.allSettled([
      store.append(stream('a'), [noted('x')], 'no-stream'),
      collect(store.read(stream('a'))),
      store.last(stream('a')),
      store.keepOnly(stream('a'), 1),
    ])
    await until(() => sessions.size > 0)
    const startedAtMs = performance.now()
    await store.close()
    for (const attempt of await attempts)
      expect(attempt).toMatchObject({ reason: expect.any(EventStoreUnavailable) })
    await listener.stop()
    expect(performance.now() - startedAtMs).toBeLessThan(60_000)
  })
})
