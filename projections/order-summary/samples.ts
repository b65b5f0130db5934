import { merchantPaymentIdOf, ProductId, RefundId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import * as order from '#domain/order/samples.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import * as payment from '#domain/payment/samples.ts'
import type { Entry } from '../given.ts'

/** Refunds of one paid order by staff, as specs tell them. */
export const STAFF = 'staff:operator-7'
export const NOTE = 'torn-bag'
const merchantPaymentId = merchantPaymentIdOf(order.orderId, 1)
export const staffRefundId = (number: number): RefundId => RefundId.parse(`${merchantPaymentId}_s${number}`)

const of = (stream: string, event: OrderEvent | PaymentEvent, actor: string): Entry => ({
  stream,
  event,
  metadata: { correlationId: order.orderId, actor },
})
const ofOrder = (event: OrderEvent, actor = 'process:refunding'): Entry =>
  of(`order-${order.orderId}`, event, actor)
const ofPayment = (event: PaymentEvent): Entry =>
  of(`payment-${merchantPaymentId}`, event, 'process:refunding')
const atMs = order.PLACED_AT_MS + 86_400_000

export const requested = (number: number, amountMinor: number): readonly [Entry, Entry] => {
  const refundId = staffRefundId(number)
  const amount = money(amountMinor, 'JPY')
  return [
    ofOrder(
      {
        type: 'OrderRefundRequested',
        data: {
          refundId,
          merchantPaymentId,
          amount,
          reason: NOTE,
          returning: [{ productId: ProductId.parse('rice-5kg'), quantity: 1 }],
          requestedBy: STAFF,
          atMs,
        },
      },
      STAFF,
    ),
    // A note of one word looks like a code, and must not pass for one.
    ofPayment({ type: 'RefundRequested', data: { refundId, amount, reason: NOTE, atMs } }),
  ]
}

export const completed = (
  number: number,
  amountMinor: number,
  totalMinor: number,
): readonly [Entry, Entry] => {
  const refundId = staffRefundId(number)
  const type = totalMinor === order.total.amountMinor ? 'OrderRefunded' : 'OrderPartlyRefunded'
  const data = {
    refundId,
    amount: money(amountMinor, 'JPY'),
    refundedInTotal: money(totalMinor, 'JPY'),
    atMs,
  }
  return [ofPayment(payment.refundCompleted(refundId)), ofOrder({ type, data })]
}

export const rejected = (number: number): readonly [Entry, Entry] => {
  const refundId = staffRefundId(number)
  return [
    ofPayment(payment.refundRejected(refundId)),
    ofOrder({ type: 'OrderRefundRejected', data: { refundId, code: 'REFUND_WINDOW_EXCEED', atMs } }),
  ]
}

/** Everything up to the payment. */
export const paid: readonly Entry[] = [
  ofOrder(order.placed),
  ofPayment(payment.requested),
  ofPayment(payment.succeeded),
  ofOrder(order.paid(1)),
]
