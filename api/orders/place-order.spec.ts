import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EncryptedEnvelope } from '#domain/envelope.ts'
import { OrderPlaced } from '#domain/order/events.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { EventStoreUnavailable, type EventStore } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { requestHash } from '../request-hash.ts'
import { apiBench, until, type ApiBench, type Browser } from '../testing.ts'

/** All of a reply but the channel token, which is made anew and may fall into another second. */
const told = (reply: { readonly json: () => object }): object => ({ ...reply.json(), channelToken: 'fresh' })

describe('POST /api/orders', () => {
  let bench: ApiBench
  let hanako: Browser
  let reads = 0
  let appends = 0
  let isDown = false
  let isPayPayUp = true
  /** Counts what a request costs, and can be unplugged. */
  const counting = (store: EventStore): EventStore => ({
    ...store,
    read: (...args) => {
      reads += 1
      return store.read(...args)
    },
    append: (...args) => {
      appends += 1
      if (isDown) return Promise.reject(new EventStoreUnavailable('unplugged'))
      return store.append(...args)
    },
  })

  beforeAll(async () => {
    bench = await apiBench({
      replace: (deps) => {
        const eventStore = counting(deps.eventStore)
        return {
          eventStore,
          paypayAvailable: () => isPayPayUp,
          commands: commandRunner({ store: eventStore, clock: deps.clock, random: () => 0.5 }),
        }
      },
    })
    await bench.offer('sencha', 1_200)
    await bench.offer('hojicha', 800)
    hanako = await bench.signIn('hanako@example.com')
  })
  afterAll(() => bench.close())

  const body = (more: object = {}) => ({
    items: [
      { productId: 'sencha', quantity: 2 },
      { productId: 'hojicha', quantity: 1 },
    ],
    paymentMethod: 'PAYPAY',
    ...more,
  })
  const orderIdFor = (key: string, customer = hanako) => derivedId('order', customer.customerId, key)
  const codeOf = (reply: { json: () => { code?: string } }) => reply.json().code

  it('answers 201 with the total of the shop’s prices, and one OrderPlaced is the only fact', async () => {
    const reply = await hanako.order(body({ expectedTotalMinor: 3_200 }), 'first')
    expect(reply.statusCode).toBe(201)
    const events = await bench.eventsOf(`order-${orderIdFor('first')}`)
    expect(events.map(({ type }) => type)).toEqual(['OrderPlaced'])
    expect(reply.json()).toEqual({
      orderId: orderIdFor('first'),
      status: 'PENDING',
      amount: { amountMinor: 3_200, currency: 'JPY' },
      channelToken: expect.any(String),
      position: events[0]?.position,
    })
    expect(events[0]).toMatchObject({
      data: { customerId: hanako.customerId, total: { amountMinor: 3_200 }, locale: 'ja' },
      metadata: { correlationId: orderIdFor('first'), actor: `customer:${hanako.customerId}` },
    })
  })

  it('answers a repeat as before, but for its fresh channel token, and appends nothing', async () => {
    const first = await hanako.order(body(), 'repeat')
    const second = await hanako.order(body(), 'repeat')
    expect(second.statusCode).toBe(201)
    expect(told(second)).toEqual(told(first))
    expect(await bench.typesOf(`order-${orderIdFor('repeat')}`)).toEqual(['OrderPlaced'])
  })

  it('takes the order of members for no difference', async () => {
    const first = await hanako.order(
      '{"paymentMethod":"PAYPAY","items":[{"productId":"sencha","quantity":1}]}',
      'order-of-members',
    )
    const second = await hanako.order(
      '{"items":[{"quantity":1,"productId":"sencha"}],"paymentMethod":"PAYPAY"}',
      'order-of-members',
    )
    expect([first.statusCode, second.statusCode]).toEqual([201, 201])
    expect(told(second)).toEqual(told(first))
  })

  it('makes one order of many identical requests at once, with equal replies', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => hanako.order(body(), 'double-click')))
    expect(new Set(replies.map(({ statusCode }) => statusCode))).toEqual(new Set([201]))
    expect(new Set(replies.map((reply) => JSON.stringify(told(reply)))).size).toBe(1)
    expect(await bench.typesOf(`order-${orderIdFor('double-click')}`)).toEqual(['OrderPlaced'])
  })

  it('refuses a key that was used with another body, and leaves the order as it is', async () => {
    await hanako.order(body(), 'reused')
    const other = await hanako.order({ ...body(), items: [{ productId: 'sencha', quantity: 3 }] }, 'reused')
    expect([other.statusCode, codeOf(other)]).toEqual([422, 'idempotency-key-reused'])
    expect(await bench.typesOf(`order-${orderIdFor('reused')}`)).toEqual(['OrderPlaced'])
  })

  it('keeps a fingerprint of the body that nobody can make without the key of the customer', async () => {
    const jiro = await bench.signIn('jiro@example.com')
    for (const browser of [hanako, jiro]) await browser.order(body(), 'fingerprint')
    const kept = await Promise.all(
      [hanako, jiro].map(async ({ customerId }) => {
        const [placed] = await bench.eventsOf(`order-${derivedId('order', customerId, 'fingerprint')}`)
        return OrderPlaced.parse(placed?.data).requestHash
      }),
    )
    expect(new Set([...kept, requestHash(body())]).size).toBe(3)
  })

  it('keeps the keys of customers apart', async () => {
    const taro = await bench.signIn('taro@example.com')
    const [mine, his] = [await hanako.order(body(), 'shared'), await taro.order(body(), 'shared')]
    expect([mine.statusCode, his.statusCode]).toEqual([201, 201])
    expect(his.json<{ orderId: string }>().orderId).not.toBe(mine.json<{ orderId: string }>().orderId)
  })

  it('costs one append and no read when the products are known and the key is new', async () => {
    const before = async () => {
      const reply = await hanako.order(body())
      return reply.statusCode
    }
    // The subscription that keeps prices known goes live in its own time.
    await until('prices are remembered', async () => {
      reads = 0
      await before()
      return reads === 0
    })
    reads = 0
    appends = 0
    expect(await before()).toBe(201)
    expect({ reads, appends }).toEqual({ reads: 0, appends: 1 })
  })

  it('seals contact and delivery; the log shows neither, and the keyring opens both', async () => {
    const contact = { name: '山田花子', email: 'hanako.private@example.com', phone: '090-1234-5678' }
    const delivery = {
      postalCode: '812-0011',
      prefecture: '福岡県',
      city: '福岡市博多区',
      addressLine1: '博多駅前1-2-3',
    }
    const reply = await hanako.order(body({ contact, delivery }), 'sealed')
    expect(reply.statusCode).toBe(201)
    const [event] = await bench.eventsOf(`order-${orderIdFor('sealed')}`)
    const data = event?.data
    const text = JSON.stringify(data)
    for (const secret of ['山田', 'hanako.private', '1234-5678', '博多']) {
      expect(text).not.toContain(secret)
      expect(bench.logs()).not.toContain(secret)
    }
    const sealed = OrderPlaced.parse(data)
    expect(await bench.deps.keyring.open(EncryptedEnvelope.parse(sealed.contact), 'contact')).toEqual(contact)
    expect(await bench.deps.keyring.open(EncryptedEnvelope.parse(sealed.delivery), 'delivery')).toEqual(
      delivery,
    )
  })

  describe('refuses, with a stable code and no event', () => {
    const line = (productId: unknown, quantity: unknown) => ({
      items: [{ productId, quantity }],
      paymentMethod: 'PAYPAY',
    })
    it.each<[string, unknown, number, string]>([
      ['an unknown product', line('nothing-like-it', 1), 422, 'unknown-product'],
      ['a quantity of 0', line('sencha', 0), 422, 'validation-failed'],
      ['a quantity of −5', line('sencha', -5), 422, 'validation-failed'],
      ['a quantity of 1.5', line('sencha', 1.5), 422, 'validation-failed'],
      ['a quantity of 10⁹', line('sencha', 1e9), 422, 'validation-failed'],
      ['a quantity in words', line('sencha', 'two'), 422, 'validation-failed'],
      ['a product id that is a number', line(5, 1), 422, 'validation-failed'],
      ['a product id that is a path', line('../../etc/passwd', 1), 422, 'validation-failed'],
      ['no items', { items: [], paymentMethod: 'PAYPAY' }, 422, 'validation-failed'],
      ['items that are no list', { items: 'sencha', paymentMethod: 'PAYPAY' }, 422, 'validation-failed'],
      ['a body that is no object', [1, 2, 3], 422, 'validation-failed'],
      [
        'an unknown way of paying',
        { ...line('sencha', 1), paymentMethod: 'BARTER' },
        422,
        'validation-failed',
      ],
      [
        'one product twice',
        {
          items: [
            { productId: 'sencha', quantity: 1 },
            { productId: 'sencha', quantity: 2 },
          ],
          paymentMethod: 'PAYPAY',
        },
        422,
        'validation-failed',
      ],
      [
        'more lines than an order has',
        {
          items: Array.from({ length: 51 }, (_, n) => ({ productId: `p-${n}`, quantity: 1 })),
          paymentMethod: 'PAYPAY',
        },
        422,
        'validation-failed',
      ],
      [
        'a postal code in words',
        { ...line('sencha', 1), delivery: { postalCode: 'Hakata' } },
        422,
        'validation-failed',
      ],
      ['malformed JSON', '{"items": [', 400, 'malformed-json'],
      ['JSON that reaches for the prototype', '{"__proto__": {"isAdmin": true}}', 400, 'malformed-json'],
      ['no body', '', 422, 'validation-failed'],
      ['a huge body', JSON.stringify({ note: 'x'.repeat(100_000) }), 413, 'body-too-large'],
    ])('%s', async (_what, payload, status, code) => {
      const key = `bad-${code}-${JSON.stringify(payload).length}`
      const reply = await hanako.order(payload, key)
      expect([reply.statusCode, codeOf(reply)]).toEqual([status, code])
      expect(reply.headers['content-type']).toContain('application/problem+json')
      expect(await bench.typesOf(`order-${orderIdFor(key)}`)).toEqual([])
    })

    it('names the field that is wrong', async () => {
      const reply = await hanako.order(line('sencha', -5))
      expect(reply.json()).toMatchObject({
        type: '/problems/validation-failed',
        errors: [{ path: 'items.0.quantity' }],
      })
    })

    it('a body of another type', async () => {
      const reply = await hanako.send({
        method: 'POST',
        url: '/api/orders',
        headers: { 'idempotency-key': 'xml', 'content-type': 'application/xml' },
        payload: '<order/>',
      })
      expect([reply.statusCode, codeOf(reply)]).toEqual([415, 'unsupported-media-type'])
    })

    it('a missing or unusable key', async () => {
      const send = (headers: Record<string, string>) =>
        hanako.send({ method: 'POST', url: '/api/orders', headers, payload: body() })
      expect(codeOf(await send({}))).toBe('idempotency-key-missing')
      expect(codeOf(await send({ 'idempotency-key': '' }))).toBe('idempotency-key-missing')
      expect(codeOf(await send({ 'idempotency-key': 'x'.repeat(129) }))).toBe('idempotency-key-invalid')
      expect((await send({ 'idempotency-key': 'x'.repeat(128) })).statusCode).toBe(201)
    })

    it('a client’s own price: it is passed over', async () => {
      const reply = await hanako.order({
        items: [{ productId: 'sencha', quantity: 1, unitPrice: 1, priceMinor: 1 }],
        total: 1,
        paymentMethod: 'PAYPAY',
      })
      expect(reply.json()).toMatchObject({ amount: { amountMinor: 1_200 } })
    })
  })

  describe('when the catalogue has moved on', () => {
    it('refuses a total the buyer did not see, and says what it is now', async () => {
      await bench.offer('matcha', 2_000)
      const wanted = (expectedTotalMinor: number) => ({
        items: [{ productId: 'matcha', quantity: 1 }],
        paymentMethod: 'PAYPAY',
        expectedTotalMinor,
      })
      expect((await hanako.order(wanted(2_000))).statusCode).toBe(201)
      await bench.reprice('matcha', 2_500)
      const reply = await until('the new price is known', async () => {
        const answer = await hanako.order(wanted(2_000))
        return answer.statusCode === 409 && answer
      })
      expect(reply.json()).toMatchObject({
        code: 'price-changed',
        amount: { amountMinor: 2_500, currency: 'JPY' },
      })
      // What was refused on the old price is never refused on a remembered one.
      expect((await hanako.order(wanted(2_500))).statusCode).toBe(201)
    })

    it('answers a repeat as before, although the product was repriced and then delisted', async () => {
      await bench.offer('gyokuro', 3_000)
      const wanted = {
        items: [{ productId: 'gyokuro', quantity: 1 }],
        paymentMethod: 'PAYPAY',
        expectedTotalMinor: 3_000,
      }
      const first = await hanako.order(wanted, 'before-the-change')
      await bench.reprice('gyokuro', 9_000)
      expect(told(await hanako.order(wanted, 'before-the-change'))).toEqual(told(first))
      await bench.delist('gyokuro')
      await until(
        'it is known to be gone',
        async () => codeOf(await hanako.order(wanted)) === 'product-unavailable',
      )
      const repeat = await hanako.order(wanted, 'before-the-change')
      expect([repeat.statusCode, repeat.body]).toEqual([201, first.body])
      const other = await hanako.order({ ...wanted, expectedTotalMinor: 9_000 }, 'before-the-change')
      expect(codeOf(other)).toBe('idempotency-key-reused')
    })
  })

  it('offers no PayPay while PayPay refuses our credentials, and still answers a repeat', async () => {
    const first = await hanako.order(body(), 'before-the-refusal')
    isPayPayUp = false
    const [other, repeat] = [await hanako.order(body()), await hanako.order(body(), 'before-the-refusal')]
    isPayPayUp = true
    expect(codeOf(other)).toBe('payment-method-unavailable')
    expect([repeat.statusCode, repeat.body]).toEqual([201, first.body])
  })

  it('answers 503 when the log cannot be written, and the same request later is one order', async () => {
    isDown = true
    const reply = await hanako.order(body(), 'outage')
    isDown = false
    expect([reply.statusCode, codeOf(reply), reply.headers['retry-after']]).toEqual([
      503,
      'temporarily-unavailable',
      '1',
    ])
    expect((await hanako.order(body(), 'outage')).statusCode).toBe(201)
    expect(await bench.typesOf(`order-${orderIdFor('outage')}`)).toEqual(['OrderPlaced'])
  })
})
