import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KEPT_CARTS } from '#domain/cart/aggregate.ts'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import { MAX_LINES, MAX_QUANTITY } from '#domain/order/commands.ts'
import { apiBench, type ApiBench, type Browser } from '../testing.ts'

interface Item {
  readonly productId: string
  readonly quantity: number
}
const tea = (quantity = 1): Item => ({ productId: 'tea', quantity })
const kettle = (quantity = 1): Item => ({ productId: 'kettle', quantity })
const many = (count: number): Item[] =>
  Array.from({ length: count }, (_, index) => ({ productId: `product-${index}`, quantity: 1 }))

describe('the cart', () => {
  let bench: ApiBench
  let cannotBound = false
  beforeAll(async () => {
    bench = await apiBench({
      replace: ({ eventStore }) => ({
        eventStore: {
          ...eventStore,
          keepOnly: (stream, maxCount) =>
            cannotBound && stream.startsWith('cart-')
              ? Promise.reject(new EventStoreUnavailable('unplugged'))
              : eventStore.keepOnly(stream, maxCount),
        },
      }),
    })
  })
  afterAll(() => bench.close())

  const newCustomer = () => bench.signIn(`${randomUUID()}@example.com`)
  const put = (browser: Browser, payload: object) =>
    browser.send({ method: 'PUT', url: '/api/cart', payload })
  const cartOf = async (browser: Browser) => (await browser.get('/api/cart')).json<object>()
  const eventsOf = (browser: Browser) => bench.eventsOf(`cart-${browser.customerId}`)

  it('is empty at version -1 until something was put in', async () => {
    const hanako = await newCustomer()
    const reply = await hanako.get('/api/cart')
    expect([reply.statusCode, reply.json(), reply.headers['cache-control']]).toEqual([
      200,
      { items: [], version: -1 },
      'no-store',
    ])
  })

  it('holds what it was given, on every device, in the name of its owner', async () => {
    const phone = await bench.signIn('devices@example.com')
    const laptop = await bench.signIn('devices@example.com')
    const reply = await put(phone, { items: [tea(2), kettle()] })
    expect([reply.statusCode, reply.json()]).toEqual([200, { items: [tea(2), kettle()], version: 0 }])
    expect(await cartOf(laptop)).toEqual({ items: [tea(2), kettle()], version: 0 })
    expect(await eventsOf(phone)).toMatchObject([
      {
        type: 'CartChanged',
        data: { items: [tea(2), kettle()] },
        metadata: { actor: `customer:${phone.customerId}` },
      },
    ])
    expect((await put(laptop, { items: [] })).json()).toEqual({ items: [], version: 1 })
    expect(await cartOf(phone)).toEqual({ items: [], version: 1 })
  })

  it('is nobody else’s', async () => {
    const [hanako, taro] = [await newCustomer(), await newCustomer()]
    await put(hanako, { items: [tea()] })
    expect(await cartOf(taro)).toEqual({ items: [], version: -1 })
  })

  it('is changed once by the same call twice, also with the version from before the first', async () => {
    const hanako = await newCustomer()
    const call = { items: [tea(3)], expectedVersion: -1 }
    const replies = [await put(hanako, call), await put(hanako, call), await put(hanako, { items: [tea(3)] })]
    expect(replies.map((reply) => [reply.statusCode, reply.json()])).toEqual(
      replies.map(() => [200, { items: [tea(3)], version: 0 }]),
    )
    expect(await eventsOf(hanako)).toHaveLength(1)
  })

  it('is not overwritten by a page that has not seen the newest: it answers what is there now', async () => {
    const hanako = await newCustomer()
    await put(hanako, { items: [tea()] })
    await put(hanako, { items: [tea(), kettle()], expectedVersion: 0 })
    const stale = await put(hanako, { items: [tea(5)], expectedVersion: 0 })
    expect([stale.statusCode, stale.headers['content-type'], stale.json()]).toEqual([
      409,
      expect.stringContaining('application/problem+json'),
      expect.objectContaining({ code: 'cart-changed', cart: { items: [tea(), kettle()], version: 1 } }),
    ])
    const neverSeen = await put(hanako, { items: [tea(5)], expectedVersion: -1 })
    expect(neverSeen.statusCode).toBe(409)
    expect(await cartOf(hanako)).toEqual({ items: [tea(), kettle()], version: 1 })
    expect((await put(hanako, { items: [tea(5)], expectedVersion: 1 })).json()).toEqual({
      items: [tea(5)],
      version: 2,
    })
  })

  it('takes one of several changes that race from the same version, and tells the others', async () => {
    const hanako = await newCustomer()
    const replies = await Promise.all(
      [1, 2, 3, 4, 5].map((quantity) => put(hanako, { items: [tea(quantity)], expectedVersion: -1 })),
    )
    expect(replies.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([
      200, 409, 409, 409, 409,
    ])
    const winner = replies.find(({ statusCode }) => statusCode === 200)?.json<object>()
    for (const reply of replies.filter(({ statusCode }) => statusCode === 409))
      expect(reply.json()).toMatchObject({ code: 'cart-changed', cart: winner })
    expect(await cartOf(hanako)).toEqual(winner)
  })

  it('merges a cart from before the sign-in, once however often, and passes over the version', async () => {
    const hanako = await newCustomer()
    await put(hanako, { items: [tea(2), kettle()] })
    const call = {
      items: [{ productId: 'cup', quantity: 1 }, kettle(3), tea(1)],
      merge: true,
      expectedVersion: -1,
    }
    const merged = { items: [tea(2), kettle(3), { productId: 'cup', quantity: 1 }], version: 1 }
    for (const reply of [await put(hanako, call), await put(hanako, call)])
      expect([reply.statusCode, reply.json()]).toEqual([200, merged])
    expect(await eventsOf(hanako)).toHaveLength(2)
  })

  it('says what found no room in a merge, also when asked again', async () => {
    const hanako = await newCustomer()
    await put(hanako, { items: many(MAX_LINES - 1) })
    for (const reply of [1, 2].map(() => put(hanako, { items: [tea(2), kettle(4)], merge: true }))) {
      const answered = (await reply).json<{ items: Item[] }>()
      expect(answered).toMatchObject({ version: 1, leftOut: [kettle(4)] })
      expect(answered.items).toEqual([...many(MAX_LINES - 1), tea(2)])
    }
  })

  it.each([
    ['no items', {}, 'items'],
    ['a quantity of 0', { items: [tea(0)] }, 'items.0.quantity'],
    ['a quantity above the limit', { items: [tea(MAX_QUANTITY + 1)] }, 'items.0.quantity'],
    ['half a unit', { items: [tea(0.5)] }, 'items.0.quantity'],
    ['a product twice', { items: [tea(), tea(2)] }, 'items.1.productId'],
    ['too many lines', { items: many(MAX_LINES + 1) }, 'items'],
    ['an id that is none', { items: [{ productId: '../x', quantity: 1 }] }, 'items.0.productId'],
    ['an impossible version', { items: [], expectedVersion: -2 }, 'expectedVersion'],
    ['a merge that is neither', { items: [], merge: 'yes' }, 'merge'],
  ])('refuses %s, and changes nothing', async (_, payload, path) => {
    const hanako = await newCustomer()
    const reply = await put(hanako, payload)
    expect([reply.statusCode, reply.json<object>()]).toMatchObject([
      422,
      { code: 'validation-failed', errors: [{ path }] },
    ])
    expect(await eventsOf(hanako)).toEqual([])
  })

  it('is closed to guests, and to pages without the CSRF token', async () => {
    const guest = await bench.app.inject('/api/cart')
    expect([guest.statusCode, guest.json<{ code: string }>().code]).toEqual([401, 'SESSION_MISSING'])
    const hanako = await newCustomer()
    const forged = await hanako.send({
      method: 'PUT',
      url: '/api/cart',
      headers: { 'x-csrf-token': 'forged' },
      payload: { items: [tea()] },
    })
    expect([forged.statusCode, forged.json<{ code: string }>().code]).toEqual([403, 'csrf-token-invalid'])
    expect(await cartOf(hanako)).toEqual({ items: [], version: -1 })
  })

  it('keeps its stream short without losing count or content', async () => {
    const hanako = await newCustomer()
    const changes = KEPT_CARTS + 3
    for (let quantity = 1; quantity <= changes; quantity += 1)
      await put(hanako, { items: [tea(quantity)], expectedVersion: quantity - 2 })
    expect((await eventsOf(hanako)).map(({ revision }) => revision)).toEqual(
      Array.from({ length: KEPT_CARTS }, (_, index) => changes - KEPT_CARTS + index),
    )
    expect(await cartOf(hanako)).toEqual({ items: [tea(changes)], version: changes - 1 })
  })

  it('is not begun while its stream cannot be kept short: nothing is written, and a repeat is safe', async () => {
    const hanako = await newCustomer()
    cannotBound = true
    const refused = await put(hanako, { items: [tea()] })
    cannotBound = false
    expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([
      503,
      'temporarily-unavailable',
    ])
    expect(await eventsOf(hanako)).toEqual([])
    expect((await put(hanako, { items: [tea()] })).json()).toEqual({ items: [tea()], version: 0 })
  })
})
