import { accepted, impossible, refused, unchanged, type Decider, type Decision } from '../decider.ts'
import { sameMoney } from '../money/money.ts'
import type {
  AwaitPayment,
  CancelOrder,
  ConfirmPayment,
  FailOrder,
  OrderCommand,
  OrderRefusal,
  PlaceOrder,
  RenewPayment,
} from './commands.ts'
import type { OrderEvent } from './events.ts'
import { place } from './placing.ts'
import { decideRefundCompletion, decideRefundRejection, decideRefundRequest } from './refunding.ts'
import { evolve, type OrderState } from './state.ts'

export { isPaid, type OrderState } from './state.ts'

type OrderDecision = Decision<OrderEvent, OrderRefusal>

/** The order of stream `order-{orderId}`; FAILED, CANCELLED and REFUNDED absorb, PAID leads only to REFUNDED, and surplus money is only noted. */
export const orderDecider: Decider<OrderState, OrderCommand, OrderEvent, OrderRefusal> = {
  initial: { status: 'none' },
  evolve,
  decide: (state, command) => {
    switch (command.type) {
      case 'PlaceOrder':
        return decidePlacement(state, command)
      case 'AwaitPayment':
        return decideAwaiting(state, command)
      case 'RenewPayment':
        return decideRenewal(state, command)
      case 'ConfirmPayment':
        return decideConfirmation(state, command)
      case 'FailOrder':
        return decideFailure(state, command)
      case 'CancelOrder':
        return decideCancellation(state, command)
      case 'RequestOrderRefund':
        return decideRefundRequest(state, command)
      case 'CompleteOrderRefund':
        return decideRefundCompletion(state, command)
      case 'RejectOrderRefund':
        return decideRefundRejection(state, command)
      default:
        return impossible(command)
    }
  },
}

const decidePlacement = (state: OrderState, command: PlaceOrder): OrderDecision => {
  if (state.status === 'none') return place(command)
  return state.placed.requestHash === command.requestHash ? unchanged : refused('idempotency-key-reused')
}

const decideAwaiting = (state: OrderState, command: AwaitPayment): OrderDecision => {
  const { merchantPaymentId, attempt, codeExpiresAtMs, atMs } = command
  const awaiting = () =>
    accepted<OrderEvent>({
      type: 'OrderAwaitingPayment',
      data: { merchantPaymentId, attempt, codeExpiresAtMs, atMs },
    })
  switch (state.status) {
    case 'none':
      return refused('unknown-order')
    case 'PENDING':
      return awaiting()
    case 'WAITING_PAYMENT':
      return merchantPaymentId === state.shown.merchantPaymentId || attempt <= state.shown.attempt
        ? unchanged
        : awaiting()
    case 'PAID':
    case 'REFUNDED':
      return refused('order-already-paid')
    case 'FAILED':
      return refused('order-already-failed')
    case 'CANCELLED':
      return refused('order-already-cancelled')
    default:
      return impossible(state)
  }
}

const decideRenewal = (state: OrderState, { insteadOf, requestedAtMs }: RenewPayment): OrderDecision => {
  switch (state.status) {
    case 'none':
      return refused('unknown-order')
    case 'PAID':
    case 'REFUNDED':
      return refused('order-already-paid')
    case 'FAILED':
      return refused('order-already-failed')
    case 'CANCELLED':
      return refused('order-already-cancelled')
    case 'PENDING':
      return refused(state.placed.paymentMethod === 'WALLET' ? 'no-payment-code' : 'payment-not-ready')
    case 'WAITING_PAYMENT':
      // Somebody has already renewed what this buyer saw, so there is nothing left to ask for.
      if (state.renewingTo !== undefined || insteadOf !== state.shown.merchantPaymentId) return unchanged
      if (requestedAtMs >= state.placed.paymentWindowEndsAtMs) return refused('payment-window-over')
      return accepted({
        type: 'PaymentRenewalRequested',
        data: { attempt: state.shown.attempt + 1, requestedAtMs },
      })
    default:
      return impossible(state)
  }
}

const decideConfirmation = (state: OrderState, command: ConfirmPayment): OrderDecision => {
  if (state.status === 'none') return refused('unknown-order')
  if (state.recorded.includes(command.merchantPaymentId)) return unchanged

  const { merchantPaymentId, paymentId, amount, succeededAtMs, atMs } = command
  const payment = { merchantPaymentId, paymentId, amount, succeededAtMs, atMs }
  const surplus = (kind: 'LATE' | 'DOUBLE' | 'MISMATCHED') =>
    accepted<OrderEvent>({ type: 'SurplusPaymentRecorded', data: { kind, ...payment } })
  if (!sameMoney(amount, state.placed.total)) return surplus('MISMATCHED')
  switch (state.status) {
    case 'PENDING':
    case 'WAITING_PAYMENT':
      return accepted({ type: 'OrderPaid', data: payment })
    case 'PAID':
    case 'REFUNDED':
      return surplus('DOUBLE')
    case 'FAILED':
    case 'CANCELLED':
      return surplus('LATE')
    default:
      return impossible(state)
  }
}

const decideFailure = (state: OrderState, { reason, atMs }: FailOrder): OrderDecision => {
  switch (state.status) {
    case 'none':
      return refused('unknown-order')
    case 'PENDING':
    case 'WAITING_PAYMENT':
      return accepted({ type: 'OrderFailed', data: { reason, atMs } })
    case 'FAILED':
      return unchanged
    case 'PAID':
    case 'REFUNDED':
      return refused('order-already-paid')
    case 'CANCELLED':
      return refused('order-already-cancelled')
    default:
      return impossible(state)
  }
}

const decideCancellation = (state: OrderState, { by, atMs }: CancelOrder): OrderDecision => {
  switch (state.status) {
    case 'none':
      return refused('unknown-order')
    case 'PENDING':
    case 'WAITING_PAYMENT':
      return accepted({ type: 'OrderCancelled', data: { by, atMs } })
    case 'CANCELLED':
      return unchanged
    case 'PAID':
    case 'REFUNDED':
      return refused('order-already-paid')
    case 'FAILED':
      return refused('order-already-failed')
    default:
      return impossible(state)
  }
}
