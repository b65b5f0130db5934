import { impossible } from '#domain/decider.ts'
import type { Logged } from '../events.ts'
import { orderOf } from '../events.ts'
import { defineProjection } from '../projection.ts'
import { ORDER_SUMMARY } from './collection.ts'
import type { OrderSummary, SurplusPayment } from './document.ts'
import { codeIssued, moved, observed, requested } from './payment-attempts.ts'
import { completedByOrder, movedAtPayment, rejectedByOrder, requestedByStaff } from './refunds.ts'

const HANDLES = [
  'OrderPlaced',
  'OrderAwaitingPayment',
  'OrderPaid',
  'SurplusPaymentRecorded',
  'OrderFailed',
  'OrderCancelled',
  'OrderRefundRequested',
  'OrderPartlyRefunded',
  'OrderRefunded',
  'OrderRefundRejected',
  'PaymentRequested',
  'PaymentCodeIssued',
  'PaymentCodeDeleted',
  'PaymentObserved',
  'PaymentSucceeded',
  'PaymentFailed',
  'PaymentLapsed',
  'PaymentOrphaned',
  'RefundRequested',
  'RefundCompleted',
  'RefundRejected',
] as const

type Handled = (typeof HANDLES)[number]

/** How is this order? One document per order, from its own stream and those of its payment attempts. */
export const orderSummary = defineProjection<OrderSummary, Logged<Handled>>({
  name: 'order-summary',
  version: 3,
  collection: ORDER_SUMMARY,
  handles: HANDLES,
  key: orderOf,
  evolve: (document, event) => {
    if (event.type === 'OrderPlaced') return document ?? placed(event)
    if (document === undefined)
      throw new Error(`${event.type} belongs to order ${orderOf(event)}, which was never placed`)
    return { ...evolved(document, event), updatedAtMs: event.createdAtMs }
  },
})

const placed = ({ data, position, createdAtMs }: Logged<'OrderPlaced'>): OrderSummary => ({
  orderId: data.orderId,
  customerId: data.customerId,
  status: 'PENDING',
  total: data.total,
  lines: data.lines.map(({ productId, title, quantity, unitPrice, taxRatePercent }) => ({
    productId,
    title,
    quantity,
    unitPrice,
    taxRatePercent,
  })),
  taxes: data.taxes,
  paymentMethod: data.paymentMethod,
  locale: data.locale,
  placedAtMs: data.placedAtMs,
  updatedAtMs: createdAtMs,
  paymentWindowEndsAtMs: data.paymentWindowEndsAtMs,
  attempts: {},
  surplus: [],
  refundedMinor: 0,
  refunds: [],
  placedPosition: position,
})

const evolved = (order: OrderSummary, event: Logged<Exclude<Handled, 'OrderPlaced'>>): OrderSummary => {
  switch (event.type) {
    case 'OrderAwaitingPayment':
      return { ...order, status: 'WAITING_PAYMENT' }
    case 'OrderPaid':
      return { ...order, status: 'PAID', paidAtMs: event.data.succeededAtMs }
    case 'OrderFailed':
      return { ...order, status: 'FAILED', failureReason: event.data.reason }
    case 'OrderCancelled':
      return { ...order, status: 'CANCELLED', cancelledBy: event.data.by }
    case 'SurplusPaymentRecorded':
      return { ...order, surplus: withSurplus(order.surplus, event) }
    case 'PaymentRequested':
      return { ...order, ...requested(order, event) }
    case 'PaymentCodeIssued':
      return { ...order, ...codeIssued(order, event) }
    case 'PaymentObserved':
      return { ...order, ...observed(order, event) }
    case 'PaymentCodeDeleted':
      return { ...order, ...moved(order, event.stream, 'DELETED') }
    case 'PaymentSucceeded':
      return { ...order, ...moved(order, event.stream, 'SUCCEEDED') }
    case 'PaymentFailed':
      return { ...order, ...moved(order, event.stream, 'FAILED') }
    case 'PaymentLapsed':
      return { ...order, ...moved(order, event.stream, 'LAPSED') }
    case 'PaymentOrphaned':
      return { ...order, ...moved(order, event.stream, 'ORPHANED') }
    case 'OrderRefundRequested':
      return { ...order, ...requestedByStaff(order, event) }
    case 'OrderPartlyRefunded':
      return { ...order, ...completedByOrder(order, event) }
    case 'OrderRefunded':
      return { ...order, ...completedByOrder(order, event), status: 'REFUNDED' }
    case 'OrderRefundRejected':
      return { ...order, ...rejectedByOrder(order, event) }
    case 'RefundRequested':
    case 'RefundCompleted':
    case 'RefundRejected':
      return { ...order, ...movedAtPayment(order, event) }
    default:
      return impossible(event)
  }
}

/** An attempt succeeds once, so it can be surplus once. */
const withSurplus = (
  surplus: readonly SurplusPayment[],
  { data: { kind, merchantPaymentId, amount } }: Logged<'SurplusPaymentRecorded'>,
): readonly SurplusPayment[] =>
  surplus.some((known) => known.merchantPaymentId === merchantPaymentId)
    ? surplus
    : [...surplus, { kind, merchantPaymentId, amount }]
