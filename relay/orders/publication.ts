import { impossible } from '#domain/decider.ts'
import type { Money } from '#domain/money/money.ts'
import { orderCodec } from '#domain/order/codec.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import { isoTime } from '../iso-time.ts'
import { publication, type Said, type Translation } from '../publication.ts'
import { OrderStatusChanged, type PublishedOrderStatus } from './message.ts'

/** What later messages of one order need of its earlier events. */
export type OrderSoFar =
  | { readonly status: 'none' }
  | { readonly status: PublishedOrderStatus; readonly orderId: string; readonly amount: Money }

interface Change {
  readonly status: PublishedOrderStatus
  readonly atMs: number
  readonly more?: Partial<OrderStatusChanged>
}

/** The status an event leads to; undefined for what changes none, such as a second code or a refund in part. */
const changeBy = (event: OrderEvent): Change | undefined => {
  switch (event.type) {
    case 'OrderPlaced':
      return { status: 'PENDING', atMs: event.data.placedAtMs }
    case 'OrderAwaitingPayment':
      return { status: 'WAITING_PAYMENT', atMs: event.data.atMs }
    case 'OrderPaid': {
      const { merchantPaymentId, succeededAtMs, atMs } = event.data
      return { status: 'PAID', atMs, more: { merchantPaymentId, paidAt: isoTime(succeededAtMs) } }
    }
    case 'OrderFailed':
      return { status: 'FAILED', atMs: event.data.atMs, more: { reason: event.data.reason } }
    case 'OrderCancelled':
      return { status: 'CANCELLED', atMs: event.data.atMs, more: { reason: 'USER_CANCEL' } }
    case 'OrderRefunded':
      return { status: 'REFUNDED', atMs: event.data.atMs }
    case 'PaymentRenewalRequested':
    case 'SurplusPaymentRecorded':
    case 'OrderRefundRequested':
    case 'OrderPartlyRefunded':
    case 'OrderRefundRejected':
      return undefined
    default:
      return impossible(event)
  }
}

/** Order events as other systems are told of them: `OrderStatusChanged`, whenever the status is another one. */
export const orderTranslation: Translation<OrderSoFar, OrderEvent, OrderStatusChanged> = {
  topic: 'orders',
  category: 'order',
  codec: orderCodec,
  types: [
    'OrderPlaced',
    'OrderAwaitingPayment',
    'OrderPaid',
    'OrderFailed',
    'OrderCancelled',
    'OrderRefunded',
  ],
  bodies: { OrderStatusChanged },
  initial: { status: 'none' },
  evolve: (before, event) => {
    if (event.type === 'OrderPlaced')
      return { status: 'PENDING', orderId: event.data.orderId, amount: event.data.total }
    const status = changeBy(event)?.status
    return before.status === 'none' || status === undefined ? before : { ...before, status }
  },
  say: (before, event, after): Said<OrderStatusChanged> | undefined => {
    const change = changeBy(event)
    if (change === undefined || after.status === 'none' || after.status === before.status) return undefined
    return {
      type: 'OrderStatusChanged',
      key: after.orderId,
      subject: after.orderId,
      body: OrderStatusChanged.parse({
        orderId: after.orderId,
        status: change.status,
        ...(before.status === 'none' ? {} : { previousStatus: before.status }),
        ...change.more,
        amount: after.amount,
        at: isoTime(change.atMs),
      }),
    }
  },
}

export const orderPublication = publication(orderTranslation)
