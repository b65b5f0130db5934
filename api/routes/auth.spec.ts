import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SessionsUnavailable } from '#platform/sessions/port.ts'
import { apiBench, type ApiBench } from '../testing.ts'

const codeOf = (reply: { json: () => { code?: string } }) => reply.json().code
const ORDER = { items: [{ productId: 'sencha', quantity: 1 }], paymentMethod: 'PAYPAY' }

describe('signing in and out', () => {
  let bench: ApiBench
  let areSessionsDown = false
  const touched: string[] = []
  beforeAll(async () => {
    bench = await apiBench({
      replace: ({ sessions }) => ({
        sessions: {
          ...sessions,
          get: (key) => {
            touched.push('get')
            return areSessionsDown ? Promise.reject(new SessionsUnavailable('unplugged')) : sessions.get(key)
          },
          set: (key, record) => {
            touched.push('set')
            return sessions.set(key, record)
          },
        },
      }),
    })
    await bench.offer('sencha')
  })
  afterAll(() => bench.close())

  const tokenFor = async (email: string) => {
    const reply = await bench.app.inject({ method: 'POST', url: '/api/dev/sign-in', payload: { email } })
    return reply.json<{ idToken: string }>().idToken
  }
  const openSession = (payload: object, headers: Record<string, string> = {}) =>
    bench.app.inject({ method: 'POST', url: '/api/auth/session', payload, headers })

  it('opens a session with a cookie that scripts cannot read and that ends no later than the token', async () => {
    const reply = await openSession({ idToken: await tokenFor('hanako@example.com') })
    expect(reply.statusCode).toBe(201)
    expect(reply.json()).toMatchObject({ csrfToken: expect.any(String), roles: ['customer'] })
    const text = String(reply.headers['set-cookie'])
    expect(text).toMatch(/^sid=[A-Za-z0-9_-]{32}; /)
    expect(text).toContain('HttpOnly')
    expect(text).toContain('SameSite=Lax')
    expect(text).toContain('Path=/')
    // Plain http outside production: the one place where Secure is left off.
    expect(text).not.toContain('Secure')
    expect(Number(/Max-Age=(\d+)/.exec(text)?.[1])).toBeLessThanOrEqual(12 * 3_600)
    expect(Number(/Max-Age=(\d+)/.exec(text)?.[1])).toBeGreaterThan(12 * 3_600 - 60)
  })

  it.each([{ toString: 1, valueOf: 1 }, ['hanako'], 7, null, '\ud800', '\u0000'])(
    'refuses a forged token that claims to be of %j as any other',
    async (sub) => {
      const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url')
      const reply = await openSession({ idToken: `${part({ alg: 'none' })}.${part({ sub })}.` })
      expect([reply.statusCode, codeOf(reply)]).toEqual([401, 'token-invalid'])
    },
  )

  it('knows a person again, and keeps their address out of the customer’s id', async () => {
    const [first, second] = [
      await bench.signIn('hanako@example.com'),
      await bench.signIn('Hanako@example.com'),
    ]
    expect(second.customerId).toBe(first.customerId)
    expect(second.sid).not.toBe(first.sid)
    expect(first.customerId).not.toContain('hanako')
  })

  it('is asked who is signed in without making or writing a session: one look-up where there is a cookie', async () => {
    const hanako = await bench.signIn('hanako@example.com')
    const asking = async (headers: Record<string, string>) => {
      touched.length = 0
      const reply = await bench.app.inject({ url: '/api/auth/status', headers })
      const { authenticated } = reply.json<{ authenticated: boolean }>()
      return [authenticated, reply.headers['set-cookie']?.toString(), ...touched]
    }
    expect(await asking({})).toEqual([false, undefined])
    expect(await asking({ cookie: 'sid=garbage' })).toEqual([false, expect.stringContaining('sid=;')])
    expect(await asking({ cookie: `sid=${'a'.repeat(32)}` })).toEqual([
      false,
      expect.stringContaining('sid=;'),
      'get',
    ])
    for (let time = 0; time < 2; time += 1) {
      const [isSignedIn, , ...work] = await asking({ cookie: `sid=${hanako.sid}` })
      expect([isSignedIn, work]).toEqual([true, ['get']])
    }
  })

  it('says who is signed in, with a CSRF token that works', async () => {
    const hanako = await bench.signIn('hanako@example.com', ['operator'])
    const status = (await hanako.get('/api/auth/status')).json<{ csrfToken: string }>()
    expect(status).toMatchObject({
      authenticated: true,
      email: 'hanako@example.com',
      roles: ['customer', 'operator'],
    })
    const reply = await hanako.send({
      method: 'POST',
      url: '/api/orders',
      payload: ORDER,
      headers: { 'x-csrf-token': status.csrfToken, 'idempotency-key': 'csrf' },
    })
    expect(reply.statusCode).toBe(201)
  })

  it('answers strangers too, and gives them no cookie', async () => {
    const reply = await bench.app.inject('/api/auth/status')
    expect([reply.statusCode, reply.json()]).toEqual([200, { authenticated: false, developmentSignIn: true }])
    expect(reply.headers['set-cookie']).toBeUndefined()
  })

  it('gives a new session on each sign-in: a planted one is worth nothing afterwards', async () => {
    const first = await bench.signIn('hanako@example.com')
    const again = await openSession(
      { idToken: await tokenFor('hanako@example.com') },
      { cookie: `sid=${first.sid}` },
    )
    const sid = again.cookies.find(({ name }) => name === 'sid')?.value
    expect(sid).not.toBe(first.sid)
    expect(codeOf(await first.get('/api/orders'))).toBe('SESSION_NOT_FOUND')
  })

  it.each([
    ['no token', {}, 400, 'token-missing'],
    ['an empty token', { idToken: '' }, 400, 'token-missing'],
    ['a token that is none', { idToken: 'abc' }, 401, 'token-invalid'],
    ['a token of the wrong type', { idToken: 5 }, 422, 'validation-failed'],
  ])('refuses %s', async (_what, payload, status, code) => {
    const reply = await openSession(payload)
    expect([reply.statusCode, codeOf(reply)]).toEqual([status, code])
    expect(reply.headers['set-cookie']).toBeUndefined()
  })

  it('tells a missing session from one that has ended', async () => {
    expect(codeOf(await bench.app.inject('/api/orders'))).toBe('SESSION_MISSING')
    const ended = await bench.app.inject({ url: '/api/orders', headers: { cookie: `sid=${'x'.repeat(32)}` } })
    expect([ended.statusCode, codeOf(ended)]).toEqual([401, 'SESSION_NOT_FOUND'])
    // A dead cookie is taken back.
    expect(String(ended.headers['set-cookie'])).toMatch(/^sid=;.*Max-Age=0/)
  })

  it('signs out here, and everywhere', async () => {
    const [phone, laptop] = [
      await bench.signIn('hanako@example.com'),
      await bench.signIn('hanako@example.com'),
    ]
    const taro = await bench.signIn('taro@example.com')
    const reply = await phone.post('/api/auth/logout')
    expect([reply.statusCode, reply.json()]).toEqual([200, { authenticated: false }])
    expect(String(reply.headers['set-cookie'])).toMatch(/^sid=;/)
    expect((await phone.get('/api/orders')).statusCode).toBe(401)
    expect((await laptop.get('/api/orders')).statusCode).toBe(200)
    const tablet = await bench.signIn('hanako@example.com')
    await laptop.post('/api/auth/logout', { everywhere: true })
    expect((await tablet.get('/api/orders')).statusCode).toBe(401)
    expect((await taro.get('/api/orders')).statusCode).toBe(200)
  })

  describe('against requests from elsewhere', () => {
    it.each([
      ['no CSRF token', { 'x-csrf-token': '' }],
      ['a token of nobody', { 'x-csrf-token': 'abcdefgh-abcdefghijklmnopqrstuvwxyz' }],
    ])('refuses a change with %s, and nothing happens', async (_what, headers) => {
      const hanako = await bench.signIn('csrf@example.com')
      const reply = await hanako.send({
        method: 'POST',
        url: '/api/orders',
        payload: ORDER,
        headers: { 'idempotency-key': 'k', ...headers },
      })
      expect([reply.statusCode, codeOf(reply)]).toEqual([403, 'csrf-token-invalid'])
      expect((await hanako.get('/api/orders')).json()).toMatchObject({ total: 0 })
    })

    it('refuses another session’s CSRF token', async () => {
      const [hanako, taro] = [
        await bench.signIn('hanako@example.com'),
        await bench.signIn('taro@example.com'),
      ]
      const reply = await hanako.send({
        method: 'POST',
        url: '/api/orders',
        payload: ORDER,
        headers: { 'idempotency-key': 'k', 'x-csrf-token': taro.csrfToken },
      })
      expect(codeOf(reply)).toBe('csrf-token-invalid')
    })

    it.each([
      ['another site', { origin: 'https://evil.example' }],
      ['a sandboxed frame', { origin: 'null' }],
      ['a navigation from another site', { 'sec-fetch-site': 'cross-site' }],
    ])('refuses to sign in for %s', async (_what, headers) => {
      const payload = { idToken: await tokenFor('hanako@example.com') }
      expect(codeOf(await openSession(payload, headers))).toBe('origin-not-allowed')
      const dev = await bench.app.inject({
        method: 'POST',
        url: '/api/dev/sign-in',
        payload: { email: 'a@example.com' },
        headers,
      })
      expect(codeOf(dev)).toBe('origin-not-allowed')
    })

    it('lets its own pages sign in', async () => {
      const payload = { idToken: await tokenFor('hanako@example.com') }
      const own = await openSession(payload, { origin: 'http://shop.local', host: 'shop.local' })
      expect(own.statusCode).toBe(201)
      const byPublicUrl = await openSession(payload, { origin: bench.deps.config.publicUrl })
      expect(byPublicUrl.statusCode).toBe(201)
    })
  })

  it('says that sessions cannot be checked, while the catalogue stays open', async () => {
    const hanako = await bench.signIn('hanako@example.com')
    areSessionsDown = true
    const [orders, products] = [await hanako.get('/api/orders'), await hanako.get('/api/products')]
    areSessionsDown = false
    expect([orders.statusCode, codeOf(orders)]).toEqual([503, 'REDIS_UNAVAILABLE'])
    expect(products.statusCode).toBe(200)
    expect((await hanako.get('/api/orders')).statusCode).toBe(200)
  })
})

describe('in production', () => {
  const environment = {
    NODE_ENV: 'production',
    KESSAI_ALLOW:
      'development-issuer,local-sessions,paypay-simulator,local-master-key,embedded-eventstore,mailbox',
    RATE_LIMIT_PER_MINUTE: '30',
    PAYPAY_WEBHOOK_SECRET: 'a-secret-path-of-some-length-9c1e',
  }

  it('always marks the cookie Secure, also behind plain http', async () => {
    const bench = await apiBench({ environment })
    const issued = await bench.app.inject({
      method: 'POST',
      url: '/api/dev/sign-in',
      payload: { email: 'a@example.com' },
    })
    const reply = await bench.app.inject({ method: 'POST', url: '/api/auth/session', payload: issued.json() })
    expect(String(reply.headers['set-cookie'])).toMatch(/^sid=[A-Za-z0-9_-]{32}; .*; Secure$/)
    await bench.close()
  })

  it('has no development sign-in where there is a real issuer', async () => {
    const bench = await apiBench({
      environment,
      replace: ({ identity }) => ({ identity: { verify: identity.verify } }),
    })
    const { developmentIssuer: _development, ...deps } = bench.deps
    const { buildApi } = await import('../app.ts')
    const real = await buildApi(deps)
    const reply = await real.inject({
      method: 'POST',
      url: '/api/dev/sign-in',
      payload: { email: 'a@example.com' },
    })
    expect(reply.statusCode).toBe(404)
    await real.close()
    await bench.close()
  })

  it('limits how often one address signs in and one caller asks, and says when to come back', async () => {
    const bench = await apiBench({ environment })
    const ask = (url: string, remoteAddress: string) => bench.app.inject({ url, remoteAddress })
    const replies = []
    for (let n = 0; n < 40; n += 1) replies.push(await ask('/api/categories', '203.0.113.7'))
    const refused = replies.filter(({ statusCode }) => statusCode === 429)
    expect(refused).toHaveLength(10)
    expect(refused[0]?.json()).toMatchObject({ code: 'rate-limited' })
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0)
    expect((await ask('/api/categories', '203.0.113.8')).statusCode).toBe(200)
    expect((await ask('/health/live', '203.0.113.7')).statusCode).toBe(200)
    const signIns = []
    for (let n = 0; n < 5; n += 1)
      signIns.push(
        await bench.app.inject({
          method: 'POST',
          url: '/api/auth/session',
          payload: {},
          remoteAddress: '203.0.113.9',
        }),
      )
    expect(signIns.map(({ statusCode }) => statusCode)).toEqual([400, 400, 400, 429, 429])
    await bench.close()
  })
})
