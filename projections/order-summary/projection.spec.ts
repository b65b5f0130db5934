import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import * as order from '#domain/order/samples.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import * as payment from '#domain/payment/samples.ts'
import { expectReplayIsHarmless, givenEvents, positionOf, recordedAtMs, type Entry } from '../given.ts'
import type { OrderSummary } from './document.ts'
import { orderSummary } from './projection.ts'

const metadata = { correlationId: order.orderId }
const ofOrder = (event: OrderEvent): Entry => ({ stream: `order-${order.orderId}`, event, metadata })
const attempt = (number: number): string => merchantPaymentIdOf(order.orderId, number)
const ofAttempt = (number: number, event: PaymentEvent): Entry => ({
  stream: `payment-${attempt(number)}`,
  event,
  metadata,
})
const requested = (number: number): Entry =>
  ofAttempt(number, {
    type: 'PaymentRequested',
    data: {
      merchantPaymentId: merchantPaymentIdOf(order.orderId, number),
      orderId: order.orderId,
      attempt: number,
      method: 'PAYPAY',
      amount: order.total,
      windowEndsAtMs: order.WINDOW_ENDS_AT_MS,
      requestedAtMs: order.PLACED_AT_MS,
    },
  })

const placed: OrderSummary = {
  orderId: order.orderId,
  customerId: 'customer-1',
  status: 'PENDING',
  total: money(18_760, 'JPY'),
  lines: [
    {
      productId: 'rice-5kg',
      title: '新米 5kg',
      quantity: 2,
      unitPrice: money(2_980, 'JPY'),
      taxRatePercent: 8,
    },
    { productId: 'kettle', title: '鉄瓶', quantity: 1, unitPrice: money(12_800, 'JPY'), taxRatePercent: 10 },
  ],
  taxes: [
    { ratePercent: 8, grossMinor: 5_960, taxMinor: 441 },
    { ratePercent: 10, grossMinor: 12_800, taxMinor: 1_163 },
  ],
  paymentMethod: 'PAYPAY',
  locale: 'ja',
  placedAtMs: order.PLACED_AT_MS,
  updatedAtMs: recordedAtMs(0),
  paymentWindowEndsAtMs: order.WINDOW_ENDS_AT_MS,
  attempts: {},
  surplus: [],
  refundedMinor: 0,
  refunds: [],
  placedPosition: positionOf(0),
}

const after = (...entries: readonly Entry[]): object | undefined =>
  givenEvents(orderSummary, ofOrder(order.placed), ...entries).document

describe('the order summary', () => {
  it('starts with what was placed, as sold', () => {
    expect(after()).toStrictEqual(placed)
  })

  it('shows the code of the attempt while the order awaits payment', () => {
    expect(after(requested(1), ofAttempt(1, payment.codeIssued), ofOrder(order.awaiting(1)))).toStrictEqual({
      ...placed,
      status: 'WAITING_PAYMENT',
      updatedAtMs: recordedAtMs(3),
      payment: {
        merchantPaymentId: attempt(1),
        attempt: 1,
        codeId: '04-1795200000',
        url: 'https://qr-stg.example/04-1795200000',
        deeplink: 'paypay://payment?link_key=04',
        expiresAtMs: payment.AT_MS + 300_000,
        status: 'OPEN',
        buyerIsConfirming: false,
      },
    })
  })

  it('becomes PAID with the time the provider took the money', () => {
    expect(
      after(
        requested(1),
        ofAttempt(1, payment.observed(payment.completed)),
        ofAttempt(1, payment.succeeded),
        ofOrder(order.paid(1)),
      ),
    ).toStrictEqual({
      ...placed,
      status: 'PAID',
      paidAtMs: order.PLACED_AT_MS + 60_000,
      updatedAtMs: recordedAtMs(4),
      payment: {
        merchantPaymentId: attempt(1),
        attempt: 1,
        status: 'SUCCEEDED',
        lastObservedStatus: 'COMPLETED',
        buyerIsConfirming: false,
      },
    })
  })

  it.each([
    ['CREATED with a payment id', payment.saying('CREATED', { paymentId: 'p-1' }), true],
    ['AUTHORIZED', payment.saying('AUTHORIZED'), true],
    ['a bare CREATED', payment.saying('CREATED'), false],
    ['a CREATED with an empty payment id', payment.saying('CREATED', { paymentId: '' }), false],
    ['not-found', payment.saying('not-found'), false],
  ])('says whether the buyer is confirming after %s', (_, observation, buyerIsConfirming) => {
    const before = [requested(1), ofAttempt(1, payment.codeIssued)]
    const confirming = ofAttempt(1, payment.observed(payment.saying('AUTHORIZED')))
    for (const first of [[], [confirming]])
      expect(after(...before, ...first, ofAttempt(1, payment.observed(observation)))).toMatchObject({
        payment: { buyerIsConfirming, lastObservedStatus: observation.status },
      })
  })

  it.each([
    ['COMPLETED', payment.succeeded],
    ['FAILED', payment.failedAs('DECLINED')],
  ])(
    'keeps a buyer confirming between %s and its booking, so that no code shows in between',
    (word, booked) => {
      const confirming = ofAttempt(1, payment.observed(payment.saying('AUTHORIZED')))
      const decided = ofAttempt(1, payment.observed(payment.saying(word, { paymentId: 'p-1' })))
      const before = [requested(1), ofAttempt(1, payment.codeIssued), confirming, decided]
      expect(after(...before)).toMatchObject({ payment: { status: 'OPEN', buyerIsConfirming: true } })
      expect(after(...before, ofAttempt(1, booked))).toMatchObject({ payment: { buyerIsConfirming: false } })
    },
  )

  it('says nothing of a buyer who confirms an attempt that was replaced', () => {
    expect(
      after(requested(1), requested(2), ofAttempt(1, payment.observed(payment.saying('AUTHORIZED')))),
    ).toMatchObject({
      payment: { attempt: 2, buyerIsConfirming: false },
      attempts: { [attempt(1)]: { lastObservedStatus: 'AUTHORIZED' } },
    })
  })

  it('says why it failed, or who cancelled it', () => {
    expect(after(ofOrder(order.failed))).toMatchObject({ status: 'FAILED', failureReason: 'PAYMENT_EXPIRED' })
    expect(after(ofOrder(order.cancelled))).toMatchObject({ status: 'CANCELLED', cancelledBy: 'customer' })
  })

  it('keeps a replaced attempt small and shows the newest one', () => {
    expect(
      after(
        requested(1),
        ofAttempt(1, payment.codeIssued),
        ofAttempt(1, payment.lapsed),
        requested(2),
        ofAttempt(1, payment.codeDeleted),
        ofAttempt(2, payment.codeIssued),
      ),
    ).toMatchObject({
      payment: { merchantPaymentId: attempt(2), attempt: 2, status: 'OPEN' },
      attempts: { [attempt(1)]: { attempt: 1, status: 'DELETED' } },
    })
  })

  it.each([
    ['lapsed', payment.lapsed],
    ['deleted', payment.codeDeleted],
    ['orphaned', payment.orphaned],
  ])('keeps a success that is followed by word that the code %s', (_, event) => {
    expect(after(requested(1), ofAttempt(1, payment.succeeded), ofAttempt(1, event))).toMatchObject({
      payment: { status: 'SUCCEEDED' },
    })
  })

  it('never goes back to an older attempt whose events come late', () => {
    expect(after(requested(2), requested(1), ofAttempt(1, payment.succeeded))).toMatchObject({
      payment: { attempt: 2, status: 'REQUESTED' },
      attempts: { [attempt(1)]: { attempt: 1, status: 'SUCCEEDED' } },
    })
  })

  it('lists money the order could not take, once per attempt, and how its refund goes', () => {
    const surplus = [
      ofOrder(order.failed),
      requested(1),
      ofOrder(order.surplus('LATE', 1)),
      ofOrder(order.surplus('LATE', 1)),
      ofAttempt(1, payment.refundRequested('refund-1', 18_760)),
    ]
    const listed = { kind: 'LATE', merchantPaymentId: attempt(1), amount: order.total }
    expect(after(...surplus)).toMatchObject({
      status: 'FAILED',
      surplus: [{ ...listed, refund: 'REQUESTED' }],
    })
    expect(after(...surplus, ofAttempt(1, payment.refundCompleted('refund-1')))).toMatchObject({
      surplus: [{ ...listed, refund: 'COMPLETED' }],
    })
    expect(after(...surplus, ofAttempt(1, payment.refundRejected('refund-1')))).toMatchObject({
      surplus: [{ ...listed, refund: 'REJECTED' }],
    })
  })

  it('refuses an attempt of an order that was never placed', () => {
    expect(() => givenEvents(orderSummary, requested(1))).toThrow('was never placed')
  })

  it('is the same after any replay', () => {
    const entries = fc.constantFrom<Entry>(
      requested(1),
      requested(2),
      requested(3),
      ...[1, 2, 3].flatMap((number) =>
        [
          payment.codeIssued,
          payment.codeDeleted,
          payment.lapsed,
          payment.orphaned,
          payment.succeeded,
          payment.failedAs('DECLINED'),
          payment.observed(payment.completed),
          payment.observed(payment.saying('AUTHORIZED')),
          payment.refundRequested('refund-1', 100),
          payment.refundCompleted('refund-1'),
        ].map((event) => ofAttempt(number, event)),
      ),
      ...[order.awaiting(1), order.paid(1), order.failed, order.surplus('DOUBLE', 2)].map(ofOrder),
    )
    expectReplayIsHarmless(
      orderSummary,
      fc.array(entries, { maxLength: 30 }).map((rest) => [ofOrder(order.placed), ...rest]),
    )
  })
})
