import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderEvent } from '#domain/order/events.ts'
import * as order from '#domain/order/samples.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import * as payment from '#domain/payment/samples.ts'
import * as stock from '#domain/stock/samples.ts'
import type { StockEvent } from '#domain/stock/events.ts'
import { expectReplayIsHarmless, givenEvents, positionOf, recordedAtMs, type Entry } from '../given.ts'
import { completed, NOTE, rejected, requested, STAFF, staffRefundId } from '../order-summary/samples.ts'
import type { TimelineEntry } from './document.ts'
import { orderTimeline } from './projection.ts'

const by = (actor: string): Pick<Entry, 'metadata'> => ({ metadata: { correlationId: order.orderId, actor } })
const ofOrder = (event: OrderEvent, actor = 'process:checkout'): Entry => ({
  stream: `order-${order.orderId}`,
  event,
  ...by(actor),
})
const ofPayment = (event: PaymentEvent, actor = 'process:confirmation'): Entry => ({
  stream: `payment-${order.attemptId(1)}`,
  event,
  ...by(actor),
})
const ofStock = (event: StockEvent): Entry => ({ stream: 'stock-rice-5kg', event, ...by('process:checkout') })
const returned: StockEvent = {
  type: 'StockReturned',
  data: { returnId: `${staffRefundId(1)}_rice-5kg`, orderId: order.orderId, quantity: 1, atMs: 0 },
}

const STORY: readonly Entry[] = [
  ofOrder(order.placed, 'customer:customer-1'),
  ofStock(stock.reserved('reservation-1', 2)),
  ofPayment(payment.requested, 'process:checkout'),
  ofPayment(payment.codeIssued, 'process:checkout'),
  ofOrder(order.awaiting(1)),
  ofPayment(payment.observed(payment.saying('CREATED'))),
  ofPayment(payment.observed(payment.completed, 'webhook')),
  ofPayment(payment.succeeded),
  ofOrder(order.paid(1)),
  ofStock(stock.confirmed('reservation-1', 2)),
]

const entriesOf = (...entries: readonly Entry[]): readonly TimelineEntry[] =>
  givenEvents(orderTimeline, ...entries).document?.entries ?? []

describe('the order timeline', () => {
  it('tells an order from placing to the confirmed stock, in codes, in the order of the log', () => {
    expect(givenEvents(orderTimeline, ...STORY).document).toStrictEqual({
      orderId: order.orderId,
      entries: [
        { type: 'OrderPlaced', actor: 'customer', detail: 'PAYPAY' },
        { type: 'StockReserved', actor: 'process:checkout', detail: 'rice-5kg' },
        { type: 'PaymentRequested', actor: 'process:checkout', detail: 'attempt-1' },
        { type: 'PaymentCodeIssued', actor: 'process:checkout' },
        { type: 'OrderAwaitingPayment', actor: 'process:checkout', detail: 'attempt-1' },
        undefined,
        { type: 'PaymentObserved', actor: 'process:confirmation', reason: 'COMPLETED', detail: 'webhook' },
        { type: 'PaymentSucceeded', actor: 'process:confirmation', detail: 'poll' },
        { type: 'OrderPaid', actor: 'process:checkout' },
        { type: 'StockReservationConfirmed', actor: 'process:checkout', detail: 'rice-5kg' },
      ].flatMap((entry, index) =>
        entry === undefined
          ? []
          : [{ at: recordedAtMs(index), eventId: `event-${index}`, position: positionOf(index), ...entry }],
      ),
    })
  })

  it('says why', () => {
    expect(
      entriesOf(
        ofOrder(order.failed),
        ofOrder(order.cancelled, 'staff:tanaka'),
        ofOrder(order.surplus('LATE', 1)),
        ofPayment(payment.failedAs('DECLINED')),
        ofPayment(payment.cancelAnswered('not-reversible'), 'process:checkout'),
        ofPayment(payment.refundRejected('refund-1')),
      ),
    ).toMatchObject([
      { reason: 'PAYMENT_EXPIRED' },
      { reason: 'USER_CANCEL', detail: 'customer', actor: 'staff' },
      { reason: 'LATE' },
      { reason: 'DECLINED', detail: 'poll' },
      { type: 'PaymentCancelAnswered', reason: 'not-reversible' },
      { reason: 'REFUND_WINDOW_EXCEED' },
    ])
  })

  it('leaves out answers that say nothing new', () => {
    expect(
      entriesOf(
        ofPayment(payment.observed(payment.saying('CREATED'))),
        ofPayment(payment.observed(payment.saying('not-found'))),
        ofPayment(payment.observed(payment.saying('CREATED', { paymentId: payment.paymentId }))),
      ),
    ).toMatchObject([{ type: 'PaymentObserved', reason: 'CREATED' }])
  })

  it('tells refunds by their ids, and the staff’s note to staff alone', () => {
    const detail = staffRefundId(1)
    const told = entriesOf(
      ...requested(1, 2_980),
      ...completed(1, 2_980, 2_980),
      ofStock(returned),
      ...rejected(2),
      ofPayment({
        type: 'RefundRequested',
        data: { refundId: 'r', amount: payment.amount, reason: 'surplus-late', atMs: 0 },
      }),
    )
    expect(told).toMatchObject([
      { type: 'OrderRefundRequested', actor: 'staff', detail, staff: { by: STAFF, note: NOTE } },
      { type: 'RefundRequested', detail },
      { type: 'RefundCompleted', detail },
      { type: 'OrderPartlyRefunded', detail },
      { type: 'StockReturned', detail: 'rice-5kg' },
      { type: 'RefundRejected', reason: 'REFUND_WINDOW_EXCEED', detail: staffRefundId(2) },
      { type: 'OrderRefundRejected', reason: 'REFUND_WINDOW_EXCEED', detail: staffRefundId(2) },
      { type: 'RefundRequested', reason: 'surplus-late', detail: 'r' },
    ])
    const forTheBuyer = JSON.stringify(told.map((entry) => ({ ...entry, staff: undefined })))
    expect(forTheBuyer).not.toContain(NOTE)
    expect(forTheBuyer).not.toContain('operator-7')
  })

  it('names no person and holds nothing that could be paid', () => {
    const shown = JSON.stringify(
      entriesOf(
        ...STORY,
        ofOrder(order.cancelled, 'staff:tanaka'),
        ofPayment({
          type: 'RefundRequested',
          data: { refundId: 'r', amount: payment.amount, reason: '田中様のご希望 090-1234-5678', atMs: 0 },
        }),
      ),
    )
    for (const secret of [
      'customer-1',
      'tanaka',
      '田中',
      '1234-5678',
      'https://',
      'paypay://',
      '04-1795200000',
      'hash-1',
    ])
      expect(shown).not.toContain(secret)
  })

  it('is the same after any replay', () => {
    expectReplayIsHarmless(orderTimeline, fc.array(fc.constantFrom(...STORY), { maxLength: 30 }))
  })
})
