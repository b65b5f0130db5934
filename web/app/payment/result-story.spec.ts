import { describe, expect, it } from 'vitest'
import { isAtRest } from './order-news.ts'
import { outcomeOf } from './result-story.ts'
import { waitingOrder } from './samples.ts'
import { storyOf } from './timeline-story.ts'

const entry = (type: string, extra: object = {}) => ({
  at: '2026-11-20T03:00:00.000Z',
  type,
  actor: 'process:checkout',
  eventId: type,
  position: 1,
  ...extra,
})

describe('how an order ended', () => {
  it.each([
    ['waiting', {}],
    ['paid', { status: 'PAID' }],
    ['cancelled', { status: 'CANCELLED', cancelledBy: 'customer' }],
    ['cancelled-by-shop', { status: 'CANCELLED', cancelledBy: 'staff' }],
    ['payment-expired', { status: 'FAILED', failureReason: 'PAYMENT_EXPIRED' }],
    ['shortage', { status: 'FAILED', failureReason: 'INVENTORY_SHORTAGE' }],
    ['payment-failed', { status: 'FAILED', failureReason: 'NEVER_HEARD_OF' }],
  ] as const)('is %s', (expected, change) => {
    expect(outcomeOf(waitingOrder(change))).toBe(expected)
  })

  it('is not the end while money is on its way back, or may still come late', () => {
    const late = { kind: 'LATE', amount: { amountMinor: 1, currency: 'JPY' } } as const
    expect(isAtRest(waitingOrder({ status: 'PAID' }))).toBe(true)
    expect(isAtRest(waitingOrder({ status: 'PAID', surplus: [late] }))).toBe(false)
    expect(isAtRest(waitingOrder({ status: 'FAILED' }))).toBe(false)
    expect(isAtRest(waitingOrder({ status: 'FAILED', surplus: [{ ...late, refund: 'COMPLETED' }] }))).toBe(
      true,
    )
  })
})

describe('the story of an order', () => {
  it('leaves out what means nothing to a buyer, and says a thing once for several lines', () => {
    const story = storyOf([
      entry('OrderPlaced', { detail: 'PAYPAY' }),
      entry('StockReserved', { detail: 'a' }),
      entry('StockReserved', { detail: 'b' }),
      entry('PaymentRequested'),
      entry('SomethingNew'),
      entry('PaymentObserved', { reason: 'COMPLETED' }),
      entry('PaymentObserved', { reason: 'CREATED' }),
      entry('OrderFailed', { reason: 'PAYMENT_EXPIRED' }),
      entry('OrderFailed', { reason: 'NEVER_HEARD_OF' }),
    ])
    expect(story.map(({ key }) => key)).toStrictEqual([
      'placed',
      'reserved',
      'buyerConfirming',
      'failed.paymentExpired',
      'failed.other',
    ])
  })
})
