import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAX_BALANCE_MINOR, MAX_DEPOSIT_MINOR } from '#domain/account/commands.ts'
import { merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import type { Config } from '#platform/config/config.ts'
import { apiBench, until, type ApiBench, type Browser } from '../testing.ts'
import { refundBy, saying, yen } from './ops/testing.ts'

interface Booked {
  depositId: string
  balance: { amountMinor: number }
  position: number
}
interface Placed {
  orderId: string
  position: number
}
interface Seen {
  status: string
  failureReason?: string
  position: number
}

const walletOrder = (quantity: number) => ({
  items: [{ productId: 'sencha', quantity }],
  paymentMethod: 'WALLET',
})
const PRICE = 1_000
let nth = 0

describe('a wallet over HTTP', () => {
  let bench: ApiBench
  beforeAll(async () => {
    bench = await apiBench({ withProcesses: true })
    await bench.offer('sencha', PRICE, 1_000)
  })
  afterAll(() => bench.close())

  const someone = () => bench.signIn(`buyer-${(nth += 1)}@example.com`)
  const holding = async (amountMinor: number): Promise<Browser> => {
    const buyer = await someone()
    expect((await buyer.deposit({ amountMinor })).statusCode).toBe(201)
    return buyer
  }
  const wallet = async (buyer: Browser, position = 0): Promise<unknown> =>
    (await buyer.get(`/api/wallet?position=${position}`)).json()
  const placed = async (buyer: Browser, quantity: number): Promise<string> => {
    const reply = await buyer.order(walletOrder(quantity))
    expect(reply.statusCode).toBe(201)
    return reply.json<Placed>().orderId
  }
  const ended = (buyer: Browser, orderId: string): Promise<Seen> =>
    until(`${orderId} has ended`, async () => {
      const seen = (await buyer.get(`/api/orders/${orderId}`)).json<Seen>()
      return seen.status !== 'PENDING' && seen
    })
  const accountOf = (buyer: Browser) => bench.typesOf(`account-${buyer.customerId}`)

  it('holds nothing before anybody has paid in', async () => {
    const buyer = await someone()
    expect(await wallet(buyer)).toEqual({ balance: yen(0) })
    expect((await buyer.get('/api/wallet/entries')).json()).toEqual({ items: [] })
  })

  it('shows a deposit to whoever names its position, with its entry', async () => {
    const buyer = await someone()
    const reply = await buyer.deposit({ amountMinor: 5_000 })
    const { position, ...booked } = reply.json<Booked>()
    expect([reply.statusCode, booked]).toEqual([201, { depositId: expect.any(String), balance: yen(5_000) }])
    expect(await wallet(buyer, position)).toEqual({ balance: yen(5_000), openedAt: expect.any(String) })
    expect((await buyer.get(`/api/wallet/entries?position=${position}`)).json()).toEqual({
      items: [{ kind: 'deposit', amount: yen(5_000), balance: yen(5_000), at: expect.any(String) }],
    })
    const [, deposited] = await bench.eventsOf(`account-${buyer.customerId}`)
    expect(deposited?.metadata.actor).toBe(`customer:${buyer.customerId}`)
  })

  it('takes a deposit once per key, and answers a repeat the same although more came in since', async () => {
    const buyer = await someone()
    const key = randomUUID()
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => buyer.deposit({ amountMinor: 300 }, key)),
    )
    await buyer.deposit({ amountMinor: 50 })
    replies.push(await buyer.deposit({ amountMinor: 300 }, key))
    expect(new Set(replies.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
    expect(saying(await buyer.deposit({ amountMinor: 301 }, key))).toEqual([422, 'idempotency-key-reused'])
    const last = await buyer.deposit({ amountMinor: 1 })
    expect(last.json<Booked>().balance).toEqual(yen(351))
  })

  it('needs a key, and a whole amount from one yen to the most there may be', async () => {
    const buyer = await someone()
    const keyless = await buyer.post('/api/wallet/deposits', { amountMinor: 1 })
    expect(saying(keyless)).toEqual([400, 'idempotency-key-missing'])
    for (const amountMinor of [0, -1, 1.5, '5', MAX_DEPOSIT_MINOR + 1, undefined]) {
      const reply = await buyer.deposit({ amountMinor })
      expect([...saying(reply), reply.json<{ errors: { path: string }[] }>().errors[0]?.path]).toEqual([
        422,
        'validation-failed',
        'amountMinor',
      ])
    }
    expect(await accountOf(buyer)).toEqual([])
  })

  it('refuses what would make it hold too much', async () => {
    const buyer = await someone()
    const full = { depositId: 'd', amount: yen(1), balance: yen(MAX_BALANCE_MINOR - 1), atMs: 0 }
    const metadata = { commandId: 'c', correlationId: 'd', causationId: 'c', actor: 'spec', schemaVersion: 1 }
    const { customerId } = buyer
    await bench.deps.eventStore.append(
      `account-${customerId}`,
      [
        { id: randomUUID(), type: 'AccountOpened', data: { customerId, currency: 'JPY', atMs: 0 }, metadata },
        { id: randomUUID(), type: 'FundsDeposited', data: full, metadata },
      ],
      'no-stream',
    )
    expect(saying(await buyer.deposit({ amountMinor: 2 }))).toEqual([409, 'balance-limit-exceeded'])
    expect((await buyer.deposit({ amountMinor: 1 })).statusCode).toBe(201)
  })

  it('is closed to strangers and to whoever forges a request', async () => {
    const buyer = await someone()
    expect(saying(await bench.app.inject({ method: 'GET', url: '/api/wallet' }))).toEqual([
      401,
      'SESSION_MISSING',
    ])
    const forged = await buyer.send({
      method: 'POST',
      url: '/api/wallet/deposits',
      headers: { 'idempotency-key': 'k', 'x-csrf-token': 'forged' },
      payload: { amountMinor: 5 },
    })
    expect(saying(forged)).toEqual([403, 'csrf-token-invalid'])
  })

  it('is paid into by its owner or by operators and admins, and by nobody else', async () => {
    const buyer = await holding(100)
    const { customerId } = buyer
    for (const roles of [[], ['support'], ['auditor']] as const) {
      const other = await bench.signIn(`other-${roles.length}@example.com`, roles)
      expect(saying(await other.deposit({ amountMinor: 5, customerId }))).toEqual([403, 'role-missing'])
    }
    const operator = await bench.signIn('operator@example.com', ['operator'])
    const reply = await operator.deposit({ amountMinor: 5, customerId })
    expect(reply.json<Booked>().balance).toEqual(yen(105))
    const deposited = (await bench.eventsOf(`account-${customerId}`)).at(-1)
    expect(deposited?.metadata.actor).toBe(`staff:${operator.customerId}`)
  })

  it('is not made by staff who mistype whose it is, unless they say that they mean it', async () => {
    const operator = await bench.signIn('operator@example.com', ['operator'])
    const customerId = randomUUID()
    const key = randomUUID()
    const pay = (payload: object) => operator.deposit({ amountMinor: 5, customerId, ...payload }, key)
    expect(saying(await pay({}))).toEqual([422, 'customer-unknown'])
    expect(saying(await pay({ evenIfUnknown: false }))).toEqual([422, 'customer-unknown'])
    expect(await bench.eventsOf(`account-${customerId}`)).toEqual([])
    expect((await pay({ evenIfUnknown: true })).statusCode).toBe(201)
    // There is a wallet now, and the repeat is the same deposit.
    expect((await pay({})).json<Booked>().balance).toEqual(yen(5))
  })

  it('is paid into for whoever the shop has had to do with, signed in or not', async () => {
    const operator = await bench.signIn('operator@example.com', ['operator'])
    const ordered = await someone()
    await ended(ordered, await placed(ordered, 1))
    const registered = await someone()
    await registered.send({ method: 'PUT', url: '/api/me', payload: { name: '山田花子' } })
    const filling = await someone()
    await filling.send({
      method: 'PUT',
      url: '/api/cart',
      payload: { items: [{ productId: 'sencha', quantity: 1 }] },
    })
    const looking = await someone()
    for (const { customerId, post } of [ordered, registered, filling]) {
      expect((await post('/api/auth/logout')).statusCode).toBe(200)
      expect((await operator.deposit({ amountMinor: 5, customerId })).statusCode).toBe(201)
    }
    expect((await operator.deposit({ amountMinor: 5, customerId: looking.customerId })).statusCode).toBe(201)
  })

  it('pays an order: no code, paid at once, the entry names it', async () => {
    const buyer = await holding(5_000)
    const orderId = await placed(buyer, 2)
    const { position, ...seen } = await ended(buyer, orderId)
    expect(seen).toMatchObject({
      status: 'PAID',
      result: 'SUCCESS',
      paymentMethod: 'WALLET',
      payment: { merchantPaymentId: merchantPaymentIdOf(OrderId.parse(orderId), 1), status: 'SUCCEEDED' },
    })
    expect(await wallet(buyer, position)).toMatchObject({ balance: yen(3_000) })
    const { items } = (await buyer.get('/api/wallet/entries?limit=1')).json<{ items: unknown[] }>()
    expect(items).toEqual([
      { kind: 'payment', amount: yen(2_000), balance: yen(3_000), orderId, at: expect.any(String) },
    ])
    expect(await bench.typesOf(`payment-${merchantPaymentIdOf(OrderId.parse(orderId), 1)}`)).toEqual([
      'PaymentRequested',
      'PaymentObserved',
      'PaymentSucceeded',
    ])
    expect(saying(await buyer.get(`/api/payments/${orderId}/qrcode`))).toEqual([409, 'order-already-paid'])
  })

  it('fails an order it does not hold enough for, and keeps what it holds', async () => {
    const buyer = await holding(PRICE - 1)
    const seen = await ended(buyer, await placed(buyer, 1))
    expect(seen).toMatchObject({ status: 'FAILED', failureReason: 'INSUFFICIENT_FUNDS', result: 'FAILED' })
    expect(await wallet(buyer, seen.position)).toMatchObject({ balance: yen(PRICE - 1) })
    const poor = await someone()
    expect(await ended(poor, await placed(poor, 1))).toMatchObject({ failureReason: 'INSUFFICIENT_FUNDS' })
  })

  it('is credited when staff give money back, all of it or some', async () => {
    const buyer = await holding(3_000)
    const orderId = await placed(buyer, 3)
    await ended(buyer, orderId)
    const operator = await bench.signIn('operator@example.com', ['operator'])
    expect((await refundBy(operator, orderId, { amountMinor: 500, reason: 'torn' })).statusCode).toBe(202)
    expect((await refundBy(operator, orderId, { reason: 'sent back' })).statusCode).toBe(202)
    const seen = await until('it is refunded', async () => {
      const found = (await buyer.get(`/api/orders/${orderId}`)).json<Seen>()
      return found.status === 'REFUNDED' && found
    })
    expect(await wallet(buyer, seen.position)).toMatchObject({ balance: yen(3_000) })
    const { items } = (await buyer.get('/api/wallet/entries')).json<{ items: { kind: string }[] }>()
    expect(items.map(({ kind }) => kind)).toEqual(['refund', 'refund', 'payment', 'deposit'])
  })

  it('tells its statement page by page, newest first, each entry once', async () => {
    const buyer = await someone()
    let position = 0
    for (let n = 1; n <= 7; n += 1)
      position = (await buyer.deposit({ amountMinor: n })).json<Booked>().position
    const amounts: number[] = []
    let after: string = `&position=${position}`
    for (let page = 0; page < 4 && after !== ''; page += 1) {
      const found = (await buyer.get(`/api/wallet/entries?limit=3${after}`)).json<{
        items: { amount: { amountMinor: number } }[]
        next?: number
      }>()
      amounts.push(...found.items.map(({ amount }) => amount.amountMinor))
      after = found.next === undefined ? '' : `&after=${found.next}`
    }
    expect([amounts, after]).toEqual([[7, 6, 5, 4, 3, 2, 1], ''])
    expect(saying(await buyer.get('/api/wallet/entries?limit=101'))).toEqual([400, 'invalid-query'])
  })

  it('is offered by the shop, also while PayPay is not', async () => {
    const shop = (await bench.app.inject('/api/shop')).json<{ paymentMethods: unknown[] }>()
    expect(shop.paymentMethods).toContainEqual({ method: 'WALLET', available: true })
  })
})

describe('an order that a wallet is to pay, before it has', () => {
  it('has no code to scan or to renew', async () => {
    const bench = await apiBench()
    try {
      await bench.offer('sencha', PRICE)
      const buyer = await bench.signIn('hanako@example.com')
      const { orderId } = (await buyer.order(walletOrder(1))).json<Placed>()
      expect(saying(await buyer.get(`/api/payments/${orderId}/qrcode`))).toEqual([409, 'no-payment-code'])
      expect(saying(await buyer.post(`/api/orders/${orderId}/payments`))).toEqual([409, 'no-payment-code'])
    } finally {
      await bench.close()
    }
  })
})

describe('a wallet where real people shop', () => {
  it('is paid into by operators and admins alone, who name the customer', async () => {
    const config = ({ config }: { config: Config }) => ({
      config: { ...config, NODE_ENV: 'production' } as const,
    })
    const bench = await apiBench({ replace: config })
    try {
      const buyer = await bench.signIn('hanako@example.com')
      const { customerId } = buyer
      expect(saying(await buyer.deposit({ amountMinor: 5 }))).toEqual([403, 'role-missing'])
      for (const role of ['support', 'auditor'] as const) {
        const staff = await bench.signIn(`${role}@example.com`, [role])
        expect(saying(await staff.deposit({ amountMinor: 5, customerId }))).toEqual([403, 'role-missing'])
      }
      for (const role of ['operator', 'admin'] as const) {
        const staff = await bench.signIn(`${role}@example.com`, [role])
        expect(saying(await staff.deposit({ amountMinor: 5 }))).toEqual([422, 'validation-failed'])
        expect((await staff.deposit({ amountMinor: 5, customerId })).statusCode).toBe(201)
      }
      expect(await bench.typesOf(`account-${customerId}`)).toEqual([
        'AccountOpened',
        'FundsDeposited',
        'FundsDeposited',
      ])
    } finally {
      await bench.close()
    }
  })
})
