import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectTo } from '../../realtime/testing.ts'
import { apiBench, until, type ApiBench } from '../../testing.ts'
import { saying } from '../ops/testing.ts'
import { customerOfUser } from './callers.ts'

interface Shown {
  id: string
  status: string
  notifications: string
}

describe('the addresses of other systems', () => {
  let bench: ApiBench
  beforeAll(async () => {
    bench = await apiBench({
      withProcesses: true,
      environment: { COMPATIBILITY_ROUTES: 'gozon,hw4', COMPATIBILITY_CURRENCY: 'USD' },
      beside: (app) => {
        app.get('/*', () => 'a page')
      },
    })
  })
  afterAll(() => bench.close())

  const send = (
    method: 'GET' | 'POST',
    url: string,
    headers: Record<string, string> = {},
    payload?: object,
  ) => bench.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
  const of = (user: string) => ({
    headers: { 'x-user-id': user },
    post: (url: string, payload?: object, more: Record<string, string> = {}) =>
      send('POST', url, { 'x-user-id': user, ...more }, payload),
    get: (url: string) => send('GET', url, { 'x-user-id': user }),
  })
  const settled = (what: string, ask: () => ReturnType<typeof send>) =>
    until(what, async () => {
      const shown = (await ask()).json<Shown>()
      return shown.status !== 'NEW' && shown
    })

  describe('of Gozon', () => {
    it('take a deposit of 5000 and an order of 1500.99, and 3499.01 is left', async () => {
      const user = of('7')
      const deposited = await user.post('/api/payments/deposit?amount=5000')
      expect([deposited.statusCode, deposited.json()]).toEqual([
        201,
        { userId: '7', balance: 5_000, currency: 'USD' },
      ])
      const ordered = await user.post('/api/orders', { amount: 1_500.99, description: 'a lamp' })
      const { id, ...order } = ordered.json<Shown>()
      const told = { userId: '7', amount: 1_500.99, currency: 'USD', description: 'a lamp' }
      expect([ordered.statusCode, order]).toEqual([201, { ...told, status: 'NEW' }])
      const paid = await settled('it is paid', () => user.get(`/api/orders/${id}`))
      expect(paid).toEqual({ id, ...told, status: 'FINISHED' })
      expect((await user.get('/api/payments/balance')).body).toBe(
        '{"userId":"7","balance":3499.01,"currency":"USD"}',
      )
      expect((await user.get('/api/orders')).json()).toEqual([paid])
    })

    it('cancel an order that the account does not cover, and keep what it holds', async () => {
      const user = of('8')
      await user.post('/api/payments/deposit?amount=0.50')
      const { id } = (await user.post('/api/orders', { amount: '0.51', description: 'a pin' })).json<Shown>()
      const ended = await settled('it is cancelled', () => user.get(`/api/orders/${id}`))
      expect(ended).toMatchObject({ status: 'CANCELLED', failureReason: 'INSUFFICIENT_FUNDS' })
      expect((await user.get('/api/payments/balance')).json()).toMatchObject({ balance: 0.5 })
    })

    it('show nobody the orders and the account of another user', async () => {
      const { id } = (await of('9').post('/api/orders', { amount: 1, description: 'x' })).json<Shown>()
      expect(saying(await of('10').get(`/api/orders/${id}`))).toEqual([404, 'order-not-found'])
      expect((await of('10').get('/api/orders')).json()).toEqual([])
      expect((await of('10').get('/api/payments/balance')).json()).toMatchObject({ balance: 0 })
    })

    it('take a request that is repeated under one key once', async () => {
      const user = of('11')
      const key = { 'idempotency-key': randomUUID() }
      for (let nth = 0; nth < 3; nth += 1) await user.post('/api/payments/deposit?amount=10', undefined, key)
      const body = { amount: 1, description: 'once' }
      const ids = await Promise.all(
        [1, 2, 3].map(async () => (await user.post('/api/orders', body, key)).json<Shown>().id),
      )
      expect(new Set(ids).size).toBe(1)
      await settled('it is paid', () => user.get(`/api/orders/${ids[0]}`))
      expect((await user.get('/api/payments/balance')).json()).toMatchObject({ balance: 9 })
      const other = await user.post('/api/orders', { ...body, amount: 2 }, key)
      expect(saying(other)).toEqual([422, 'idempotency-key-reused'])
    })

    it.each([
      ['no amount', '/api/payments/deposit', undefined],
      ['nothing', '/api/payments/deposit?amount=0', undefined],
      ['less than nothing', '/api/payments/deposit?amount=-5', undefined],
      ['a third decimal', '/api/payments/deposit?amount=1.234', undefined],
      ['more at once than a wallet takes', '/api/payments/deposit?amount=100000.01', undefined],
      ['the longest amount there is', '/api/payments/deposit?amount=99999999999.99', undefined],
      ['an amount that is no decimal', '/api/payments/deposit?amount=1e3', undefined],
      ['two amounts', '/api/payments/deposit?amount=1&amount=2', undefined],
      ['no description', '/api/orders', { amount: 1 }],
      ['an order over nothing', '/api/orders', { amount: 0, description: 'x' }],
    ])('refuse %s', async (_, url, payload) => {
      const reply = await of('12').post(url, payload)
      expect(saying(reply)).toEqual(
        url.endsWith('orders') ? [422, 'validation-failed'] : [400, 'invalid-query'],
      )
    })

    it('refuse an order over more than an order may be', async () => {
      const reply = await of('12').post('/api/orders', { amount: 99_999_999_999.99, description: 'x' })
      expect(saying(reply)).toEqual([422, 'total-out-of-range'])
    })

    it('want the user named', async () => {
      expect(saying(await of('').get('/api/payments/balance'))).toEqual([400, 'user-id-invalid'])
      expect(saying(await of('x'.repeat(129)).get('/api/orders'))).toEqual([400, 'user-id-invalid'])
    })

    it('never stand for somebody who is signed in, whoever the header names', async () => {
      await bench.offer('sencha')
      const hanako = await bench.signIn('hanako@example.com')
      await hanako.deposit({ amountMinor: 5_000 })
      const headers = { 'x-user-id': '7' }
      const own = await hanako.send({ method: 'GET', url: '/api/orders', headers })
      expect(own.json()).toMatchObject({ items: [], total: 0 })
      expect((await of(hanako.customerId).get('/api/payments/balance')).json()).toMatchObject({ balance: 0 })
      expect(saying(await send('GET', '/api/orders'))).toEqual([401, 'SESSION_MISSING'])
    })
  })

  describe('of HW4', () => {
    const account = (userId: string, amount: number) =>
      send('POST', `/accounts?userId=${userId}&amount=${amount}`)

    it('take a deposit of 1000 and finish an order of 500, and cancel one of 9999, and tell so live', async () => {
      const deposited = await account('u1', 1_000)
      expect([deposited.statusCode, deposited.json()]).toEqual([
        201,
        { userId: 'u1', balance: 1_000, currency: 'USD' },
      ])
      const placed = (await send('POST', '/orders?userId=u1&amount=500')).json<Shown>()
      const watching = connectTo(`ws://127.0.0.1:${bench.port}${placed.notifications}`)
      expect(placed.status).toBe('NEW')
      await watching.has('the good news', ({ result }) => result === 'SUCCESS')
      watching.socket.close()

      const dear = (await send('POST', '/orders?userId=u1&amount=9999&description=a+boat')).json<Shown>()
      const hoping = connectTo(`ws://127.0.0.1:${bench.port}${dear.notifications}`)
      const news = await hoping.has('the bad news', ({ result }) => result === 'FAILED')
      expect(news).toMatchObject({ orderId: dear.id, failureReason: 'INSUFFICIENT_FUNDS' })
      hoping.socket.close()

      const listed = (await send('GET', '/orders?userId=u1')).json<Shown[]>()
      expect(listed).toMatchObject([
        { id: dear.id, amount: 9_999, description: 'a boat', status: 'CANCELLED' },
        { id: placed.id, amount: 500, description: 'Order', status: 'FINISHED' },
      ])
      expect((await send('GET', `/orders/${placed.id}?userId=u1`)).json()).toEqual(listed[1])
      expect((await send('GET', '/accounts?userId=u1')).json()).toMatchObject({ balance: 500 })
    })

    it('show nobody the orders of another user, and let no token follow another order', async () => {
      const mine = (await send('POST', '/orders?userId=u2&amount=1')).json<Shown>()
      const theirs = (await send('POST', '/orders?userId=u3&amount=1')).json<Shown>()
      expect(saying(await send('GET', `/orders/${mine.id}?userId=u3`))).toEqual([404, 'order-not-found'])
      expect((await send('GET', '/orders?userId=u4')).json()).toEqual([])
      const crossed = mine.notifications.replace(mine.id, theirs.id)
      expect(await connectTo(`ws://127.0.0.1:${bench.port}${crossed}`).closed()).toBe(1008)
    })

    it('leave the pages at the same addresses alone', async () => {
      expect((await send('GET', '/orders')).body).toBe('a page')
      expect((await send('GET', `/orders/${randomUUID()}?tour=true`)).body).toBe('a page')
      const hanako = await bench.signIn('hanako@example.com')
      expect((await hanako.get('/orders?userId=u1')).body).toBe('a page')
    })
  })

  it('stand for people of their own, never for a customer who signs in', () => {
    expect(customerOfUser('7')).not.toBe('7')
    expect(customerOfUser('7')).not.toBe(customerOfUser('8'))
  })
})

describe('a shop that was not asked for them', () => {
  it('has none of these addresses, whatever header or query comes', async () => {
    const bench = await apiBench()
    try {
      const headers = { 'x-user-id': '7' }
      for (const [method, url] of [
        ['POST', '/api/payments/deposit?amount=5'],
        ['GET', '/api/payments/balance'],
        ['POST', '/accounts?userId=1&amount=5'],
        ['POST', '/orders?userId=1&amount=5'],
        ['GET', '/orders?userId=1'],
      ] as const)
        expect(saying(await bench.app.inject({ method, url, headers }))).toEqual([404, 'not-found'])
      const listed = await bench.app.inject({ method: 'GET', url: '/api/orders', headers })
      expect(saying(listed)).toEqual([401, 'SESSION_MISSING'])
    } finally {
      await bench.close()
    }
  })
})
