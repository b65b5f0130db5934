import { describe, expect, it } from 'vitest'
import { placingOf, type Placing } from './placing.ts'

const answered = (status: number, body: object, headers: Record<string, string> = {}) =>
  placingOf({ error: body, response: { status, headers: new Headers(headers) } })

describe('the answer to placing an order', () => {
  it('is the order', () => {
    expect(
      placingOf({ data: { orderId: 'o1' }, response: new Response(null, { status: 201 }) }),
    ).toStrictEqual({
      kind: 'placed',
      orderId: 'o1',
    })
  })

  it.each<[number, object, Placing]>([
    [503, { code: 'temporarily-unavailable' }, { kind: 'unsure' }],
    [503, { code: 'REDIS_UNAVAILABLE' }, { kind: 'resting' }],
    [500, {}, { kind: 'unsure' }],
    [401, { code: 'SESSION_NOT_FOUND' }, { kind: 'signed-out' }],
    [403, { code: 'csrf-token-invalid' }, { kind: 'stale-token' }],
    [
      409,
      { code: 'price-changed', amount: { amountMinor: 990 } },
      { kind: 'price-changed', totalMinor: 990 },
    ],
    [
      422,
      { code: 'product-unavailable', errors: [{ path: 'items.2.productId' }] },
      { kind: 'lines', indices: [2] },
    ],
    [
      422,
      { code: 'unknown-product', errors: [{ path: 'items.0.productId' }] },
      { kind: 'lines', indices: [0] },
    ],
    [422, { code: 'payment-method-unavailable' }, { kind: 'method' }],
    [422, { code: 'idempotency-key-reused' }, { kind: 'placed-before' }],
    [
      422,
      { code: 'validation-failed', errors: [{ path: 'contact.email' }] },
      { kind: 'fields', problems: { email: 'refused' } },
    ],
    [422, { code: 'validation-failed', errors: [{ path: 'items.0.quantity' }] }, { kind: 'refused' }],
    [422, { code: 'total-out-of-range' }, { kind: 'refused' }],
    [418, {}, { kind: 'refused' }],
  ])('%i %o is %o', (status, body, placing) => {
    expect(answered(status, body)).toStrictEqual(placing)
  })

  it('says how long to wait', () => {
    expect(answered(429, {}, { 'retry-after': '7' })).toStrictEqual({ kind: 'throttled', seconds: 7 })
    expect(answered(429, {})).toStrictEqual({ kind: 'throttled', seconds: 30 })
  })
})
