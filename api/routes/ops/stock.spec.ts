import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiBench, type ApiBench, type Browser } from '../../testing.ts'

let bench: ApiBench
let operator: Browser
beforeAll(async () => {
  bench = await apiBench()
  operator = await bench.signIn('operator@example.com', ['operator'])
})
afterAll(async () => {
  await bench.close()
})

/** A product of its own for each test, with ten units in stock. */
const tenOf = async (): Promise<string> => {
  const id = `tea-${randomUUID().slice(0, 8)}`
  await bench.offer(id, 1_000, 10)
  return id
}
const book = (id: string, payload: object, key?: string, by: Browser = operator) =>
  by.send({
    method: 'POST',
    url: `/api/ops/stock/${id}`,
    payload,
    headers: key === undefined ? {} : { 'idempotency-key': key },
  })
const codeOf = (reply: { readonly statusCode: number; json: () => unknown }) => {
  const body = reply.json()
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined
  return [reply.statusCode, code]
}

describe('GET /api/ops/stock/{productId}', () => {
  it('shows what there is', async () => {
    const id = await tenOf()
    expect((await operator.get(`/api/ops/stock/${id}`)).json()).toStrictEqual({
      productId: id,
      total: 10,
      available: 10,
      reserved: 0,
      sold: 0,
      received: 10,
      adjusted: 0,
    })
  })

  it.each(['no-such-tea', 'NOT AN ID', '..%2f..'])('knows no product %s', async (id) => {
    expect(codeOf(await operator.get(`/api/ops/stock/${id}`))).toStrictEqual([404, 'product-not-found'])
  })
})

describe('receiving goods', () => {
  it('adds them, where the shop sees them at once', async () => {
    const id = await tenOf()
    const reply = await book(id, { receiptId: 'delivery-7', quantity: 5 })
    expect(reply.statusCode).toBe(200)
    expect(reply.json()).toMatchObject({ productId: id, total: 15, available: 15, received: 15 })
    expect((await bench.app.inject(`/api/products/${id}`)).json()).toMatchObject({ available: 15 })
    const [, received] = await bench.eventsOf(`stock-${id}`)
    expect(received).toMatchObject({ type: 'StockReceived', data: { receiptId: 'delivery-7', quantity: 5 } })
    expect(received?.metadata.actor).toBe(`staff:${operator.customerId}`)
  })

  it('is booked once by its receipt, however often and by whomever it is sent', async () => {
    const id = await tenOf()
    const admin = await bench.signIn('admin@example.com', ['admin'])
    await Promise.all([
      book(id, { receiptId: 'delivery-7', quantity: 5 }),
      book(id, { receiptId: 'delivery-7', quantity: 5 }, 'key-1'),
      book(id, { receiptId: 'delivery-7', quantity: 5 }, 'key-2', admin),
    ])
    expect(await bench.typesOf(`stock-${id}`)).toStrictEqual(['StockReceived', 'StockReceived'])
    expect(codeOf(await book(id, { receiptId: 'delivery-7', quantity: 6 }))).toStrictEqual([
      422,
      'receipt-differs',
    ])
  })

  it('is booked once by its Idempotency-Key alone', async () => {
    const id = await tenOf()
    for (let time = 0; time < 3; time += 1)
      expect((await book(id, { quantity: 5 }, 'key-1')).json()).toMatchObject({ available: 15 })
    expect((await book(id, { quantity: 5 }, 'key-2')).json()).toMatchObject({ available: 20 })
  })

  it('refuses a key that was used for something else', async () => {
    const id = await tenOf()
    await book(id, { receiptId: 'delivery-7', quantity: 5 }, 'key-1')
    const reused = [422, 'idempotency-key-reused']
    expect(codeOf(await book(id, { receiptId: 'delivery-8', quantity: 5 }, 'key-1'))).toStrictEqual(reused)
    expect(codeOf(await book(id, { delta: 5, reason: 'count' }, 'key-1'))).toStrictEqual(reused)
    await book(id, { quantity: 1 }, 'key-2')
    expect(codeOf(await book(id, { quantity: 2 }, 'key-2'))).toStrictEqual(reused)
    expect((await operator.get(`/api/ops/stock/${id}`)).json()).toMatchObject({ received: 16 })
  })

  it('needs something by which a repeat is known', async () => {
    const id = await tenOf()
    expect(codeOf(await book(id, { quantity: 5 }))).toStrictEqual([400, 'idempotency-key-missing'])
    expect(codeOf(await book(id, { quantity: 5 }, 'x'.repeat(129)))).toStrictEqual([
      400,
      'idempotency-key-invalid',
    ])
  })
})

describe('correcting what there is', () => {
  it('takes away and adds, once per adjustment', async () => {
    const id = await tenOf()
    const broken = { adjustmentId: 'breakage-1', delta: -3, reason: '割れていた' }
    expect((await book(id, broken)).json()).toMatchObject({ total: 7, available: 7, adjusted: -3 })
    expect((await book(id, broken)).json()).toMatchObject({ available: 7 })
    expect(codeOf(await book(id, { ...broken, delta: -2 }))).toStrictEqual([422, 'adjustment-differs'])
    expect((await book(id, { delta: 1, reason: 'found' }, 'key')).json()).toMatchObject({ available: 8 })
    expect((await bench.eventsOf(`stock-${id}`))[1]).toMatchObject({
      type: 'StockAdjusted',
      data: { adjustmentId: 'breakage-1', delta: -3, reason: '割れていた' },
    })
  })

  it('never takes away more than is available', async () => {
    const id = await tenOf()
    expect(codeOf(await book(id, { adjustmentId: 'a', delta: -11, reason: 'lost' }))).toStrictEqual([
      409,
      'insufficient-stock',
    ])
  })

  it('needs goods that came in before', async () => {
    const id = await tenOf()
    const never = `never-${id}`
    const admin = await bench.signIn('admin@example.com', ['admin'])
    const list = `productId,title,description,price,status,createdAt,imageFile\n${never},茶,茶,1,ACTIVE,,\n`
    await admin.send({
      method: 'POST',
      url: '/api/ops/products/import',
      headers: { 'content-type': 'text/csv' },
      payload: list,
    })
    expect(codeOf(await book(never, { adjustmentId: 'a', delta: 1, reason: 'found' }))).toStrictEqual([
      409,
      'nothing-received',
    ])
    expect((await book(never, { receiptId: 'a', quantity: 2 })).json()).toMatchObject({ available: 2 })
  })
})

describe('what cannot be booked', () => {
  it.each([
    ['nothing', {}, 'quantity'],
    ['no number of units', { receiptId: 'a', quantity: 0 }, 'quantity'],
    ['a part of a unit', { receiptId: 'a', quantity: 1.5 }, 'quantity'],
    ['a negative receipt', { receiptId: 'a', quantity: -1 }, 'quantity'],
    ['more than there can be', { receiptId: 'a', quantity: 1e12 }, 'quantity'],
    ['text', { receiptId: 'a', quantity: '5' }, 'quantity'],
    ['an empty receipt', { receiptId: ' ', quantity: 5 }, 'receiptId'],
    ['a correction by nothing', { adjustmentId: 'a', delta: 0, reason: 'count' }, 'delta'],
    ['a correction without a reason', { adjustmentId: 'a', delta: 1 }, 'reason'],
    ['something unknown', { receiptId: 'a', quantity: 1, available: 99 }, ''],
  ])('is %s', async (_, body, path) => {
    const id = await tenOf()
    const reply = await book(id, body, randomUUID())
    expect(codeOf(reply)).toStrictEqual([422, 'validation-failed'])
    expect(reply.json()).toMatchObject({ errors: [expect.objectContaining({ path })] })
    expect(await bench.typesOf(`stock-${id}`)).toStrictEqual(['StockReceived'])
  })
})

describe('who may', () => {
  it.each([
    [[], 403, 403],
    [['support'], 200, 403],
    [['auditor'], 200, 403],
    [['operator'], 200, 200],
    [['admin'], 200, 200],
  ] as const)('as %s: looking is %i, booking is %i', async (roles, looking, booking) => {
    const id = await tenOf()
    const somebody = await bench.signIn(`${randomUUID()}@example.com`, [...roles])
    expect((await somebody.get(`/api/ops/stock/${id}`)).statusCode).toBe(looking)
    expect((await book(id, { receiptId: 'a', quantity: 1 }, undefined, somebody)).statusCode).toBe(booking)
    expect((await bench.eventsOf(`stock-${id}`)).length).toBe(booking === 200 ? 2 : 1)
  })

  it('nobody who is not signed in, and no page of another site', async () => {
    const id = await tenOf()
    const url = `/api/ops/stock/${id}`
    expect((await bench.app.inject(url)).statusCode).toBe(401)
    const forged = await bench.app.inject({
      method: 'POST',
      url,
      headers: { cookie: `sid=${operator.sid}` },
      payload: { receiptId: 'a', quantity: 1 },
    })
    expect(codeOf(forged)).toStrictEqual([403, 'csrf-token-invalid'])
  })
})
