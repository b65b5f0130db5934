import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionLifecycle } from '#api/routes/session-lifecycle.ts'
import { connectTo } from '#api/realtime/testing.ts'
import { apiBench, until, type ApiBench, type Browser } from '#api/testing.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { RedisLink } from '#platform/redis/port.ts'
import { sharedCounts } from '#platform/redis/shared-counts.ts'
import { openRedisSessions } from '#platform/sessions/redis.ts'
import { linked, startRedisServer, type RedisServer } from './redis-server.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedisServer()
})
afterAll(() => server.kill())

sessionLifecycle('Redis', async () => [
  openRedisSessions({ link: await linked(server.url), clock: systemClock }),
  openRedisSessions({ link: await linked(server.url), clock: systemClock }),
])

describe('a shop whose Redis', () => {
  const ORDER = { items: [{ productId: 'sencha', quantity: 1 }], paymentMethod: 'PAYPAY' }
  let link: RedisLink
  let bench: ApiBench
  let hanako: Browser
  let socketUrl: string
  beforeAll(async () => {
    link = await linked(server.url)
    bench = await apiBench({
      environment: { RATE_LIMIT_BUYING_PER_MINUTE: '50' },
      replace: ({ clock }) => ({
        sessions: openRedisSessions({ link, clock }),
        sharedCounts: sharedCounts(link),
      }),
    })
    await bench.offer('sencha')
    await come()
  })
  afterAll(async () => {
    await bench.close()
    await link.close()
  })
  const come = async (): Promise<void> => {
    hanako = await bench.signIn('hanako@example.com')
    const placed = (await hanako.order(ORDER)).json<{ orderId: string; channelToken: string }>()
    socketUrl = `ws://127.0.0.1:${bench.port}/ws/orders?orderId=${placed.orderId}&token=${placed.channelToken}`
  }
  const timed = async <T>(work: Promise<T>): Promise<readonly [T, number]> => {
    const began = systemClock.monotonicMs()
    return [await work, systemClock.monotonicMs() - began]
  }
  const codeOf = (reply: { statusCode: number; json: () => { code?: string } }) =>
    `${reply.statusCode} ${reply.json().code}`

  /** Guarded routes say that they cannot know, the catalogue does not notice. */
  const isAway = async (): Promise<void> => {
    const [orders, products, status, socket] = await Promise.all([
      timed(hanako.get('/api/orders')),
      timed(bench.app.inject('/api/products')),
      timed(hanako.get('/api/auth/status')),
      timed(connectTo(socketUrl).closed()),
    ])
    expect(codeOf(orders[0])).toBe('503 REDIS_UNAVAILABLE')
    expect(products[0].statusCode).toBe(200)
    expect(status[0].json()).toMatchObject({ authenticated: false, sessionsUnavailable: true })
    expect(socket[0]).toBe(1013)
    for (const [, tookMs] of [orders, products, status, socket]) expect(tookMs).toBeLessThan(20_000)
  }
  const answersAgain = () => until('Redis answers again', () => link.trouble() === undefined)

  it('is killed: nobody is known until it is there again, and then everybody signs in anew', async () => {
    await server.kill()
    await isAway()
    await server.start()
    await answersAgain()
    expect(codeOf(await hanako.get('/api/orders'))).toBe('401 SESSION_NOT_FOUND')
    await come()
    expect((await hanako.get('/api/orders')).statusCode).toBe(200)
  })

  it('is paused: the silence is bounded, and the session is there afterwards', async () => {
    server.pause()
    await isAway()
    await isAway()
    server.resume()
    await answersAgain()
    expect((await hanako.get('/api/orders')).statusCode).toBe(200)
    const follower = connectTo(socketUrl)
    await follower.opened()
    follower.socket.close()
  })

  it('is flushed: sessions have ended, which is said as such', async () => {
    await server.tell('FLUSHALL')
    expect(codeOf(await hanako.get('/api/orders'))).toBe('401 SESSION_NOT_FOUND')
    expect((await bench.app.inject('/api/products')).statusCode).toBe(200)
    await come()
  })

  it('fails over: a replica is not believed, and the primary is found again', async () => {
    const primary = await startRedisServer()
    try {
      await server.tell('REPLICAOF', '127.0.0.1', String(primary.port))
      await isAway()
    } finally {
      await server.tell('REPLICAOF', 'NO', 'ONE')
      await primary.kill()
    }
    await answersAgain()
    await come()
    expect((await hanako.get('/api/orders')).statusCode).toBe(200)
  })

  it('is full: who is signed in stays so, nobody else can sign in', async () => {
    await server.tell('CONFIG', 'SET', 'maxmemory', '1')
    expect((await hanako.get('/api/orders')).statusCode).toBe(200)
    await expect(bench.signIn('taro@example.com')).rejects.toThrow('REDIS_UNAVAILABLE')
    await server.tell('CONFIG', 'SET', 'maxmemory', '0')
    expect((await bench.signIn('taro@example.com')).sid).toHaveLength(32)
  })

  it('wants a password from now on: that counts as away, and heals', async () => {
    await server.tell('ACL', 'SETUSER', 'default', 'resetpass', '>changed')
    // Connections that were greeted before go on; a new one is not let in.
    await server.tell('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await until('the connection is gone', () => link.trouble() !== undefined)
    await isAway()
    await until('its answer is known', () => link.trouble() === 'NOAUTH')
    await server.tell('ACL', 'SETUSER', 'default', 'nopass')
    await answersAgain()
    expect((await hanako.get('/api/orders')).statusCode).toBe(200)
  })

  it('counts what one customer buys over all instances', async () => {
    const other = await apiBench({
      environment: { RATE_LIMIT_BUYING_PER_MINUTE: '50' },
      replace: () => ({ sessions: bench.deps.sessions, sharedCounts: sharedCounts(link) }),
    })
    await come()
    const counted = await server.tell('KEYS', 'rate:buying:*')
    expect(counted).toHaveLength(1)
    const ask = (app: ApiBench['app']) =>
      app.inject({
        method: 'POST',
        url: '/api/orders',
        payload: {},
        headers: { cookie: `sid=${hanako.sid}`, 'x-csrf-token': hanako.csrfToken },
      })
    const seen = []
    for (let time = 0; time < 30; time += 1)
      seen.push((await ask(bench.app)).statusCode, (await ask(other.app)).statusCode)
    expect(seen.filter((status) => status === 429).length).toBeGreaterThanOrEqual(10)
    expect(seen.slice(0, 20)).not.toContain(429)
    await other.close()
  })
})
