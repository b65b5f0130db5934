import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { connectRedis } from '#platform/redis/link.ts'
import type { RedisLink } from '#platform/redis/port.ts'
import { sharedCounts } from '#platform/redis/shared-counts.ts'
import { keepingSessions, startRedisStandIn, type RedisStandIn } from '#platform/redis/testing.ts'
import { openRedisSessions } from '#platform/sessions/redis.ts'
import { connectTo } from '../realtime/testing.ts'
import { apiBench, until, type ApiBench, type Browser } from '../testing.ts'

const ORDER = { items: [{ productId: 'sencha', quantity: 1 }], paymentMethod: 'PAYPAY' }
const FAR_TOO_LATE_MS = 60_000
const UNAVAILABLE = [503, 'REDIS_UNAVAILABLE']
const answerOf = (reply: { statusCode: number; json: () => { code?: string } }) => [
  reply.statusCode,
  reply.json().code,
]

describe('while Redis is away', () => {
  let server: RedisStandIn
  let link: RedisLink
  let bench: ApiBench
  let hanako: Browser
  let socketUrl: string
  let areWritesRefused = false
  let questions = 0
  beforeAll(async () => {
    server = await startRedisStandIn(keepingSessions(() => areWritesRefused))
    const watched = connectRedis({ url: server.url })
    link = {
      ...watched,
      ask: (question) => {
        questions += 1
        return watched.ask(question)
      },
    }
    bench = await apiBench({
      replace: ({ clock }) => ({
        sessions: openRedisSessions({ link, clock }),
        sharedCounts: sharedCounts(link),
      }),
    })
    await bench.offer('sencha')
    await until('Redis answers', () => link.trouble() === undefined)
    hanako = await bench.signIn('hanako@example.com')
    const placed = (await hanako.order(ORDER)).json<{ orderId: string; channelToken: string }>()
    socketUrl = `ws://127.0.0.1:${bench.port}/ws/orders?orderId=${placed.orderId}&token=${placed.channelToken}`
  })
  afterAll(async () => {
    await bench.close()
    await link.close()
    await server.stop().catch(() => {})
  })

  /** Far more than its patience with Redis, and far less than Redis would take. */
  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    const began = systemClock.monotonicMs()
    const answer = await work
    expect(systemClock.monotonicMs() - began).toBeLessThan(FAR_TOO_LATE_MS / 2)
    return answer
  }
  const openSession = async (headers: Record<string, string> = {}) => {
    const issued = await bench.app.inject({
      method: 'POST',
      url: '/api/dev/sign-in',
      payload: { email: 'taro@example.com' },
    })
    return bench.app.inject({ method: 'POST', url: '/api/auth/session', payload: issued.json(), headers })
  }

  const ways = [
    ['is not there', () => server.stop()],
    ['takes questions and never answers', () => void (server.behave = 'hanging')],
    ['takes far too long', () => void (server.behave = { slowMs: FAR_TOO_LATE_MS })],
    ['is a replica', () => void (server.behave = { refusal: "READONLY You can't write." })],
    ['loads its data', () => void (server.behave = { refusal: 'LOADING Redis is loading' })],
    ['wants a password', () => void (server.behave = { refusal: 'NOAUTH Authentication required.' })],
  ] as const

  it.each(ways)('because it %s, guarded routes say so in time, and others go on', async (what, begin) => {
    await begin()
    const [orders, placing, products, status, anonymous, signingIn, leaving] = await Promise.all([
      inTime(hanako.get('/api/orders')),
      inTime(hanako.order(ORDER)),
      inTime(bench.app.inject('/api/products')),
      inTime(hanako.get('/api/auth/status')),
      bench.app.inject('/api/auth/status'),
      inTime(openSession()),
      inTime(hanako.post('/api/auth/logout', { everywhere: true })),
    ])
    for (const refused of [orders, placing, signingIn, leaving]) {
      expect(answerOf(refused)).toEqual(UNAVAILABLE)
      expect(refused.headers['retry-after']).toBe('1')
      expect(refused.headers['set-cookie']).toBeUndefined()
    }
    expect(products.statusCode).toBe(200)
    const asked = questions
    for (const url of ['/api/products', '/api/categories', '/api/shop', '/health/live'])
      expect((await bench.app.inject(url)).statusCode).toBe(200)
    expect(questions).toBe(asked)
    expect([status.statusCode, status.json(), status.headers['set-cookie']]).toEqual([
      200,
      { authenticated: false, developmentSignIn: true, sessionsUnavailable: true },
      undefined,
    ])
    expect(anonymous.json()).toEqual({ authenticated: false, developmentSignIn: true })

    // Its token leads to a session that cannot be looked up; with the cookie it is not even opened.
    expect(await inTime(connectTo(socketUrl).closed())).toBe(1013)
    const withCookie = connectTo(socketUrl, { headers: { cookie: `sid=${hanako.sid}` } })
    expect(await inTime(withCookie.refused())).toBe(503)

    if (what === 'is not there') await server.start()
    server.behave = 'well'
    await until('Redis answers again', () => link.trouble() === undefined)
    expect((await hanako.get('/api/orders')).statusCode).toBe(200)
    expect((await hanako.get('/api/auth/status')).json()).toMatchObject({ authenticated: true })
    const follower = connectTo(socketUrl)
    await follower.opened()
    follower.socket.close()
  })

  it('gives nobody a cookie when it goes away in the middle of signing in', async () => {
    areWritesRefused = true
    const fresh = await inTime(openSession())
    expect([...answerOf(fresh), fresh.headers['set-cookie']]).toEqual([...UNAVAILABLE, undefined])
    areWritesRefused = false
    expect((await openSession()).statusCode).toBe(201)
  })

  it('keeps no request longer than the others, a hundred at once', async () => {
    server.behave = 'hanging'
    const all = await inTime(Promise.all(Array.from({ length: 100 }, () => hanako.get('/api/orders'))))
    expect(new Set(all.map((reply) => answerOf(reply).join(' ')))).toEqual(new Set([UNAVAILABLE.join(' ')]))
    server.behave = 'well'
    await until('Redis answers again', () => link.trouble() === undefined)
  })
})
