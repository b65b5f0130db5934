import { Map } from 'immutable'
import { impossible } from '../decider.ts'
import type { CustomerId, MerchantPaymentId, OrderId, RefundId } from '../ids.ts'
import { sameMoney, type Money } from '../money/money.ts'
import type { FailureReason, OrderEvent, PaymentMethod, ReturnedLine } from './events.ts'
import { leftToRefund, type OrderRefund, type Refunds } from './refunds.ts'

/** What was agreed when the order was placed; it never changes afterwards. */
interface Placed {
  readonly orderId: OrderId
  readonly customerId: CustomerId
  readonly requestHash: string
  readonly ordered: readonly ReturnedLine[]
  readonly total: Money
  readonly paymentMethod: PaymentMethod
  readonly paymentWindowEndsAtMs: number
}

interface Known {
  readonly placed: Placed
  /** Attempts whose money the order has judged, as its payment or as surplus: each is judged once. */
  readonly recorded: readonly MerchantPaymentId[]
}

/** The one payment the order took. */
interface Taken {
  readonly merchantPaymentId: MerchantPaymentId
  readonly succeededAtMs: number
}

/** The attempt whose code the buyer is shown. */
interface ShownAttempt {
  readonly merchantPaymentId: MerchantPaymentId
  readonly attempt: number
}

export type OrderState =
  | { readonly status: 'none' }
  | (Known & { readonly status: 'PENDING' })
  | (Known & {
      readonly status: 'WAITING_PAYMENT'
      readonly shown: ShownAttempt
      /** The attempt number asked for in place of the shown one, while it is not there yet. */
      readonly renewingTo?: number
    })
  | (Known & { readonly status: 'PAID'; readonly payment: Taken; readonly refunds: Refunds })
  /** The whole total has gone back. */
  | (Known & { readonly status: 'REFUNDED'; readonly payment: Taken; readonly refunds: Refunds })
  | (Known & { readonly status: 'FAILED'; readonly reason: FailureReason })
  | (Known & { readonly status: 'CANCELLED'; readonly by: 'customer' | 'staff' })

/** Only assigns. Nothing can be known of an order before it is placed, so earlier events leave `none` as it is. */
export const evolve = (state: OrderState, event: OrderEvent): OrderState => {
  if (event.type === 'OrderPlaced') {
    const { orderId, customerId, requestHash, lines, total, paymentMethod, paymentWindowEndsAtMs } =
      event.data
    const ordered = lines.map(({ productId, quantity }) => ({ productId, quantity }))
    const placed = { orderId, customerId, requestHash, ordered, total, paymentMethod, paymentWindowEndsAtMs }
    return { status: 'PENDING', placed, recorded: [] }
  }
  if (state.status === 'none') return state
  const { placed, recorded } = state
  switch (event.type) {
    case 'OrderAwaitingPayment': {
      const { merchantPaymentId, attempt } = event.data
      return { status: 'WAITING_PAYMENT', placed, recorded, shown: { merchantPaymentId, attempt } }
    }
    case 'PaymentRenewalRequested':
      return state.status === 'WAITING_PAYMENT' ? { ...state, renewingTo: event.data.attempt } : state
    case 'OrderPaid': {
      const { merchantPaymentId, succeededAtMs } = event.data
      const payment = { merchantPaymentId, succeededAtMs }
      return { status: 'PAID', placed, recorded: [...recorded, merchantPaymentId], payment, refunds: Map() }
    }
    case 'SurplusPaymentRecorded':
      return { ...state, recorded: [...recorded, event.data.merchantPaymentId] }
    case 'OrderFailed':
      return { status: 'FAILED', placed, recorded, reason: event.data.reason }
    case 'OrderCancelled':
      return { status: 'CANCELLED', placed, recorded, by: event.data.by }
    case 'OrderRefundRequested': {
      const { refundId, amount, reason, returning } = event.data
      if (!isPaid(state)) return state
      const wasAllLeft = sameMoney(amount, leftToRefund(placed.total, state.refunds))
      const refund: OrderRefund = { amount, reason, returning, wasAllLeft, status: 'requested' }
      return { ...state, refunds: state.refunds.set(refundId, refund) }
    }
    case 'OrderPartlyRefunded':
      return ended(state, event.data.refundId, 'completed')
    case 'OrderRefunded': {
      const after = ended(state, event.data.refundId, 'completed')
      return isPaid(after) ? { ...after, status: 'REFUNDED' } : after
    }
    case 'OrderRefundRejected':
      return ended(state, event.data.refundId, 'rejected')
    default:
      return impossible(event)
  }
}

/** Whether the order has taken its payment, given back or not. */
export const isPaid = (state: OrderState): state is Extract<OrderState, { readonly payment: Taken }> =>
  state.status === 'PAID' || state.status === 'REFUNDED'

const ended = (state: OrderState, refundId: RefundId, status: OrderRefund['status']): OrderState => {
  const refund = isPaid(state) ? state.refunds.get(refundId) : undefined
  if (!isPaid(state) || refund === undefined) return state
  return { ...state, refunds: state.refunds.set(refundId, { ...refund, status }) }
}
