import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, RefundId } from '#domain/ids.ts'
import type { Role } from '#platform/identity/port.ts'
import { PRICE, refundDesk, saying, TOTAL, yen, type Refund, type RefundDesk } from './testing.ts'

describe('refunding a paid order', () => {
  let desk: RefundDesk
  beforeAll(async () => {
    desk = await refundDesk()
  })
  afterAll(() => desk.bench.close())

  it('is asked for in full, by a member of staff, under an id that the provider takes', async () => {
    const orderId = await desk.paid()
    const reply = await desk.refund(orderId, { reason: ' torn bag ', returning: 'all' })
    const { refundId, ...rest } = reply.json<Refund>()
    expect([reply.statusCode, reply.headers.location]).toEqual([202, `/api/orders/${orderId}`])
    expect(rest).toEqual({ orderId, amount: yen(TOTAL), status: 'REQUESTED', position: expect.any(Number) })
    expect(refundId).toMatch(new RegExp(`^${merchantPaymentIdOf(orderId, 1)}_s[0-9a-f]{16}$`))
    expect(refundId.length).toBeLessThanOrEqual(64)
    expect(await desk.requestsOf(orderId)).toMatchObject([
      {
        position: rest.position,
        data: {
          refundId,
          merchantPaymentId: merchantPaymentIdOf(orderId, 1),
          amount: yen(TOTAL),
          reason: 'torn bag',
          returning: [{ productId: 'sencha', quantity: 3 }],
          requestedBy: `staff:${desk.operator.customerId}`,
        },
        metadata: { actor: `staff:${desk.operator.customerId}`, correlationId: orderId },
      },
    ])
  })

  it('is one refund per key: the same body answers the same, also by a colleague, and another body is refused', async () => {
    const orderId = await desk.paid()
    const key = randomUUID()
    const body = { amountMinor: PRICE, reason: 'torn bag', returning: [{ productId: 'sencha', quantity: 1 }] }
    const first = await desk.refund(orderId, body, key)
    const colleague = await desk.bench.signIn('support@example.com', ['support'])
    for (const by of [desk.operator, colleague]) {
      const again = await desk.refund(orderId, body, key, by)
      expect([again.statusCode, again.json()]).toEqual([202, first.json()])
    }
    for (const other of [{ ...body, amountMinor: 1 }, { ...body, reason: 'other' }, { reason: 'torn bag' }])
      expect(saying(await desk.refund(orderId, other, key))).toEqual([422, 'idempotency-key-reused'])
    expect(await desk.requestsOf(orderId)).toHaveLength(1)
  })

  it('still answers a repeat of “all that is left” when nothing is left any more', async () => {
    const orderId = await desk.paid()
    const key = randomUUID()
    const body = { reason: 'sent back', returning: 'all' }
    const first = await desk.refund(orderId, body, key)
    const again = await desk.refund(orderId, body, key)
    expect([again.statusCode, again.json()]).toEqual([202, first.json()])
    // In words, this is what the first one came to; as a request it is another one.
    expect(saying(await desk.refund(orderId, { ...body, amountMinor: TOTAL }, key))).toEqual([
      422,
      'idempotency-key-reused',
    ])
  })

  it('is one refund when the same button is pressed many times at once', async () => {
    const orderId = await desk.paid()
    const key = randomUUID()
    const replies = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() => desk.refund(orderId, { amountMinor: PRICE, reason: 'torn bag' }, key)),
    )
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202, 202, 202, 202])
    expect(new Set(replies.map((reply) => reply.body)).size).toBe(1)
    expect(await desk.requestsOf(orderId)).toHaveLength(1)
  })

  it.each<[string, object, object]>([
    ['another amount', { amountMinor: PRICE, reason: 'a' }, { amountMinor: 1, reason: 'a' }],
    ['the same amount in other words', { reason: 'a' }, { amountMinor: TOTAL, reason: 'a' }],
  ])('is one of two when a key comes twice at once with %s', async (_, one, other) => {
    const orderId = await desk.paid()
    const key = randomUUID()
    const replies = await Promise.all([one, other].map((body) => desk.refund(orderId, body, key)))
    expect(replies.map(saying).toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
      [202, undefined],
      [422, 'idempotency-key-reused'],
    ])
    expect(await desk.requestsOf(orderId)).toHaveLength(1)
  })

  it('never exceeds the payment, also when two operators press at once', async () => {
    const orderId = await desk.paid()
    const replies = await Promise.all(
      [1, 2].map(() => desk.refund(orderId, { amountMinor: 2 * PRICE, reason: 'torn bags' })),
    )
    expect(replies.map(saying).toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
      [202, undefined],
      [422, 'refund-exceeds-payment'],
    ])
    expect(saying(await desk.refund(orderId, { amountMinor: PRICE, reason: 'the rest' }))).toEqual([
      202,
      undefined,
    ])
    expect(saying(await desk.refund(orderId, { reason: 'more' }))).toEqual([409, 'nothing-left-to-refund'])
    expect(saying(await desk.refund(orderId, { amountMinor: 1, reason: 'more' }))).toEqual([
      409,
      'nothing-left-to-refund',
    ])
  })

  it('returns what is not coming back already, and what a rejected refund had held', async () => {
    const orderId = await desk.paid()
    const one = [{ productId: 'sencha', quantity: 1 }]
    const rejected = (
      await desk.refund(orderId, { amountMinor: 1, reason: 'a', returning: one })
    ).json<Refund>()
    await desk.run(orderId, {
      type: 'RejectOrderRefund',
      refundId: RefundId.parse(rejected.refundId),
      code: 'REFUND_LIMIT_EXCEEDED',
      atMs: 0,
    })
    await desk.refund(orderId, { amountMinor: 1, reason: 'b', returning: one })
    await desk.refund(orderId, { amountMinor: 1, reason: 'c', returning: 'all' })
    const returning = (await desk.requestsOf(orderId)).map(({ data }) => data)
    expect(returning).toMatchObject([
      { returning: one },
      { returning: one },
      { returning: [{ productId: 'sencha', quantity: 2 }] },
    ])
    expect(saying(await desk.refund(orderId, { amountMinor: 1, reason: 'd', returning: one }))).toEqual([
      422,
      'return-exceeds-order',
    ])
    const nothing = await desk.refund(orderId, { amountMinor: 1, reason: 'e', returning: 'all' })
    expect([nothing.statusCode, (await desk.requestsOf(orderId)).at(-1)?.data]).toMatchObject([
      202,
      { returning: [] },
    ])
  })

  it('is refused for an unpaid order, an unknown one and one paid too long ago', async () => {
    const body = { reason: 'why not' }
    expect(saying(await desk.refund(await desk.place(), body))).toEqual([409, 'order-not-paid'])
    expect(saying(await desk.refund(randomUUID(), body))).toEqual([404, 'order-not-found'])
    expect(saying(await desk.refund('garbage', body))).toEqual([404, 'order-not-found'])
    expect(saying(await desk.refund(await desk.paid(367), body))).toEqual([409, 'refund-window-over'])
    expect(saying(await desk.refund(await desk.paid(364), body))).toEqual([202, undefined])
  })

  it.each([
    ['no reason', {}],
    ['a reason of spaces', { reason: '   ' }],
    ['a reason of 201 characters', { reason: 'x'.repeat(201) }],
    ['nothing to return', { reason: 'x', amountMinor: 0 }],
    ['a negative amount', { reason: 'x', amountMinor: -1 }],
    ['a misspelt amount, which is not all there is', { reason: 'x', amount: 100 }],
    ['half a yen', { reason: 'x', amountMinor: 0.5 }],
    ['an amount in words', { reason: 'x', amountMinor: '100' }],
    ['no units of a product', { reason: 'x', returning: [{ productId: 'sencha', quantity: 0 }] }],
    [
      'a product twice',
      {
        reason: 'x',
        returning: [1, 1].map((quantity) => ({ productId: 'sencha', quantity })),
      },
    ],
    ['another word for all', { reason: 'x', returning: 'everything' }],
  ])('is not asked for with %s', async (_, body) => {
    const orderId = await desk.paid()
    expect(saying(await desk.refund(orderId, body))).toEqual([422, 'validation-failed'])
    expect(await desk.requestsOf(orderId)).toEqual([])
  })

  it('needs a usable Idempotency-Key', async () => {
    const orderId = await desk.paid()
    const url = `/api/ops/orders/${orderId}/refund`
    expect(saying(await desk.operator.post(url, { reason: 'x' }))).toEqual([400, 'idempotency-key-missing'])
    expect(saying(await desk.refund(orderId, { reason: 'x' }, 'x'.repeat(129)))).toEqual([
      400,
      'idempotency-key-invalid',
    ])
  })

  describe('by whom', () => {
    it.each<[Role, number, string | undefined]>([
      ['customer', 403, 'role-missing'],
      ['auditor', 403, 'role-missing'],
      ['support', 202, undefined],
      ['operator', 202, undefined],
      ['admin', 202, undefined],
    ])('%s is answered %i', async (role, status, code) => {
      const orderId = await desk.paid()
      const somebody = await desk.bench.signIn(`${role}.refund@example.com`, [role])
      const reply = await desk.refund(orderId, { reason: 'torn bag' }, randomUUID(), somebody)
      expect(saying(reply)).toEqual([status, code])
      expect(await desk.requestsOf(orderId)).toHaveLength(status === 202 ? 1 : 0)
    })

    it('a buyer is told no more of an order that is there than of one that is not, not even of their own', async () => {
      const own = await desk.paid()
      for (const orderId of [own, randomUUID(), 'garbage'])
        expect(saying(await desk.refund(orderId, { reason: 'mine' }, randomUUID(), desk.hanako))).toEqual([
          403,
          'role-missing',
        ])
    })

    it('nobody signed in is answered 401, and no CSRF token 403', async () => {
      const url = `/api/ops/orders/${await desk.paid()}/refund`
      const headers = { 'idempotency-key': randomUUID() }
      const payload = { reason: 'torn bag' }
      expect(saying(await desk.bench.app.inject({ method: 'POST', url, headers, payload }))).toEqual([
        401,
        'SESSION_MISSING',
      ])
      const forged = { ...headers, 'x-csrf-token': 'forged' }
      expect(saying(await desk.operator.send({ method: 'POST', url, headers: forged, payload }))).toEqual([
        403,
        'csrf-token-invalid',
      ])
    })
  })

  it('is described where the API describes itself', async () => {
    const document = (await desk.bench.app.inject('/api/openapi.json')).json<{
      paths: Record<string, object>
    }>()
    expect(document.paths['/api/ops/orders/{id}/refund']).toHaveProperty('post.responses.202')
  })
})
