import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readConfig, UNSAFE_DEFAULTS } from '#platform/config/config.ts'
import { RedisUnavailable } from '#platform/redis/port.ts'
import { apiBench, type ApiBench } from '../testing.ts'
import { ratesOf } from './rate-limits.ts'

describe('how often one caller may ask', () => {
  let bench: ApiBench
  const counts = new Map<string, number>()
  let isAway = false
  beforeAll(async () => {
    bench = await apiBench({
      environment: {
        RATE_LIMIT_PER_MINUTE: '12',
        RATE_LIMIT_BUYING_PER_MINUTE: '3',
        RATE_LIMIT_SIGN_IN_PER_MINUTE: '5',
        RATE_LIMIT_STAFF_PER_MINUTE: '4',
      },
      replace: () => ({
        sharedCounts: {
          add: async (key) => {
            if (isAway) throw new RedisUnavailable('unplugged')
            counts.set(key, (counts.get(key) ?? 0) + 1)
            return { count: counts.get(key) ?? 0, endsInMs: 20_500 }
          },
        },
      }),
    })
  })
  afterAll(() => bench.close())
  beforeEach(() => {
    counts.clear()
    isAway = false
  })
  const statuses = async (times: number, ask: () => Promise<{ statusCode: number }>): Promise<number[]> => {
    const seen = []
    for (let time = 0; time < times; time += 1) seen.push((await ask()).statusCode)
    return seen
  }
  const keys = (): string[] => [...counts.keys()].map((key) => key.split(':')[0] ?? '')
  let sender = 0
  const signIn = () =>
    bench.app.inject({
      method: 'POST',
      url: '/api/auth/session',
      payload: {},
      remoteAddress: `192.0.2.${sender}`,
    })

  it('is counted by class, and each class by itself', async () => {
    const hanako = await bench.signIn('hanako@example.com', ['support'])
    counts.clear()
    expect(await statuses(4, () => hanako.post('/api/orders', {}))).toEqual([400, 400, 400, 429])
    expect(await statuses(5, () => hanako.get('/api/ops/alerts'))).toEqual([200, 200, 200, 200, 429])
    expect(await statuses(13, () => hanako.get('/api/orders'))).toEqual([...Array(12).fill(200), 429])
    expect([...new Set(keys())]).toEqual(['buying', 'staff'])
  })

  it('is counted per customer, and never written down as who they are', async () => {
    const [hanako, taro] = [await bench.signIn('a@example.com'), await bench.signIn('b@example.com')]
    counts.clear()
    await statuses(4, () => hanako.post('/api/orders', {}))
    expect((await taro.post('/api/orders', {})).statusCode).toBe(400)
    expect(counts.size).toBe(2)
    expect([...counts.keys()].join()).not.toContain(hanako.customerId)
  })

  it('tells when to come back', async () => {
    sender = 1
    expect(await statuses(6, signIn)).toEqual([400, 400, 400, 400, 400, 429])
    const refused = await signIn()
    expect([refused.headers['retry-after'], refused.json()]).toEqual([
      '21',
      expect.objectContaining({ code: 'rate-limited' }),
    ])
    expect([...counts.keys()].join()).not.toContain('192.0.2.1')
  })

  it('is counted by each instance for itself while Redis is away', async () => {
    isAway = true
    sender = 2
    expect(await statuses(6, signIn)).toEqual([400, 400, 400, 400, 400, 429])
    sender = 3
    expect((await signIn()).statusCode).toBe(400)
    expect(counts.size).toBe(0)
  })

  it('takes a network of IPv6 for one caller, and knows IPv4 in either spelling', async () => {
    const signInFrom = async (remoteAddress: string): Promise<number> => {
      await bench.app.inject({ method: 'POST', url: '/api/auth/session', payload: {}, remoteAddress })
      return counts.size
    }
    expect(await signInFrom('2001:db8::1')).toBe(1)
    expect(await signInFrom('2001:db8::ffff:2')).toBe(1)
    expect(await signInFrom('2001:db8:0:1::1')).toBe(2)
    expect(await signInFrom('::ffff:192.0.2.9')).toBe(3)
    expect(await signInFrom('192.0.2.9')).toBe(3)
    expect(await signInFrom('::ffff:192.0.2.10')).toBe(4)
  })

  it('is counted by the address that is seen here, whatever a caller says of itself', async () => {
    for (const said of ['198.51.100.1', '198.51.100.2, 10.0.0.1', '127.0.0.1', 'nonsense'])
      for (const header of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'x-client-ip'])
        await bench.app.inject({
          method: 'POST',
          url: '/api/auth/session',
          payload: {},
          remoteAddress: '192.0.2.20',
          headers: { [header]: said },
        })
    expect([...counts.values()]).toEqual([16])
  })

  it('is not asked of Redis for browsing', async () => {
    const browse = () => bench.app.inject({ url: '/api/categories', remoteAddress: '192.0.2.4' })
    expect(await statuses(13, browse)).toEqual([...Array(12).fill(200), 429])
    expect(counts.size).toBe(0)
  })

  it('is limited for tokens that keep being refused, with growing waits, and not for those who can sign in', async () => {
    const strict = await apiBench({ environment: { SIGN_IN_FAILURES_BEFORE_WAITING: '2' } })
    const open = (idToken: string, remoteAddress: string) =>
      strict.app.inject({ method: 'POST', url: '/api/auth/session', payload: { idToken }, remoteAddress })
    const replies = await Promise.all([open('bad', '192.0.2.1'), open('bad', '192.0.2.1')])
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([401, 401])
    const refused = await open('bad', '192.0.2.1')
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1'])
    expect((await open('bad', '192.0.2.2')).statusCode).toBe(401)
    const issued = await strict.app.inject({
      method: 'POST',
      url: '/api/dev/sign-in',
      payload: { email: 'a@example.com' },
    })
    const { idToken } = issued.json<{ idToken: string }>()
    expect((await open(idToken, '192.0.2.1')).statusCode).toBe(201)
    await strict.close()
  })
})

describe('the rates', () => {
  const production = {
    NODE_ENV: 'production',
    KESSAI_ALLOW: UNSAFE_DEFAULTS.join(','),
    PAYPAY_WEBHOOK_SECRET: 'a-secret-path-of-some-length-9c1e',
  }

  it('are tight in production, and only a backstop elsewhere', () => {
    expect(ratesOf(readConfig(production))).toEqual({
      reading: 600,
      buying: 60,
      'sign-in': 60,
      staff: 600,
      webhook: 6_000,
    })
    expect(ratesOf(readConfig({}))).toEqual({
      reading: 30_000,
      buying: 30_000,
      'sign-in': 30_000,
      staff: 30_000,
      webhook: 6_000,
    })
  })

  it('follow the rate of reading where nothing else is said', () => {
    expect(ratesOf(readConfig({ ...production, RATE_LIMIT_PER_MINUTE: '30' }))).toMatchObject({
      reading: 30,
      buying: 3,
      'sign-in': 3,
      staff: 30,
    })
  })
})
