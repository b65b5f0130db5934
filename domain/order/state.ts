import { impossible } from '../decider.ts'
import type { CustomerId, MerchantPaymentId, OrderId } from '../ids.ts'
import type { Money } from '../money/money.ts'
import type { FailureReason, OrderEvent, PaymentMethod } from './events.ts'

/** What was agreed when the order was placed; it never changes afterwards. */
interface Placed {
  readonly orderId: OrderId
  readonly customerId: CustomerId
  readonly requestHash: string
  readonly total: Money
  readonly paymentMethod: PaymentMethod
  readonly paymentWindowEndsAtMs: number
}

interface Known {
  readonly placed: Placed
  /** Attempts whose money the order has judged, as its payment or as surplus: each is judged once. */
  readonly recorded: readonly MerchantPaymentId[]
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
  | (Known & { readonly status: 'PAID' })
  | (Known & { readonly status: 'FAILED'; readonly reason: FailureReason })
  | (Known & { readonly status: 'CANCELLED'; readonly by: 'customer' | 'staff' })

/** Only assigns. Nothing can be known of an order before it is placed, so earlier events leave `none` as it is. */
export const evolve = (state: OrderState, event: OrderEvent): OrderState => {
  if (event.type === 'OrderPlaced') {
    const { orderId, customerId, requestHash, total, paymentMethod, paymentWindowEndsAtMs } = event.data
    const placed = { orderId, customerId, requestHash, total, paymentMethod, paymentWindowEndsAtMs }
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
    case 'OrderPaid':
      return { status: 'PAID', placed, recorded: [...recorded, event.data.merchantPaymentId] }
    case 'SurplusPaymentRecorded':
      return { ...state, recorded: [...recorded, event.data.merchantPaymentId] }
    case 'OrderFailed':
      return { status: 'FAILED', placed, recorded, reason: event.data.reason }
    case 'OrderCancelled':
      return { status: 'CANCELLED', placed, recorded, by: event.data.by }
    default:
      return impossible(event)
  }
}
