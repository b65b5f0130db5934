import { accepted, refused, unchanged, type Decision } from '../decider.ts'
import type { ProductId } from '../ids.ts'
import { sameMoney, sum } from '../money/money.ts'
import { refundableBeforeMs } from '../payment/way-back.ts'
import {
  MAX_REFUNDS,
  type CompleteOrderRefund,
  type OrderRefusal,
  type RejectOrderRefund,
  type RequestOrderRefund,
} from './commands.ts'
import type { OrderEvent, ReturnedLine } from './events.ts'
import { leftToRefund, refundedSoFar, type OrderRefund, type Refunds } from './refunds.ts'
import { isPaid, type OrderState } from './state.ts'

type RefundDecision = Decision<OrderEvent, OrderRefusal>

/** Two requests that race meet here, at one revision each: the sum of both decides, never which button was first. */
export const decideRefundRequest = (state: OrderState, command: RequestOrderRefund): RefundDecision => {
  const { refundId, reason, returning, requestedBy, atMs } = command
  if (state.status === 'none') return refused('unknown-order')
  if (!isPaid(state)) return refused('order-not-paid')
  const { placed, payment, refunds } = state
  const before = refunds.get(refundId)
  if (before !== undefined) return isSame(before, command) ? unchanged : refused('refund-differs')
  // A wallet takes its money back at any time; only the provider has an end to that.
  const isBounded = placed.paymentMethod === 'PAYPAY'
  if (isBounded && atMs >= refundableBeforeMs(payment.succeededAtMs)) return refused('refund-window-over')
  if (refunds.size >= MAX_REFUNDS) return refused('too-many-refunds')

  const left = leftToRefund(placed.total, refunds)
  if (left.amountMinor === 0) return refused('nothing-left-to-refund')
  const { amount = left } = command
  if (!isCount(amount.amountMinor)) return refused('refund-amount-out-of-range')
  if (amount.currency !== left.currency || amount.amountMinor > left.amountMinor)
    return refused('refund-exceeds-payment')
  if (!areReturnable(returning, placed.ordered, refunds)) return refused('return-exceeds-order')
  return accepted({
    type: 'OrderRefundRequested',
    data: {
      refundId,
      merchantPaymentId: payment.merchantPaymentId,
      amount,
      reason,
      returning: returning.map(({ productId, quantity }) => ({ productId, quantity })),
      requestedBy,
      atMs,
    },
  })
}

export const decideRefundCompletion = (state: OrderState, command: CompleteOrderRefund): RefundDecision => {
  const { refundId, atMs } = command
  if (state.status === 'none') return refused('unknown-order')
  if (!isPaid(state)) return refused('order-not-paid')
  const refund = state.refunds.get(refundId)
  switch (refund?.status) {
    case 'requested': {
      const { total } = state.placed
      const { amount } = refund
      const refundedInTotal = sum([refundedSoFar(total, state.refunds), amount], total.currency)
      const type = sameMoney(refundedInTotal, total) ? 'OrderRefunded' : 'OrderPartlyRefunded'
      return accepted({ type, data: { refundId, amount, refundedInTotal, atMs } })
    }
    case 'completed':
      return unchanged
    case 'rejected':
      return refused('refund-already-rejected')
    default:
      return refused('unknown-refund')
  }
}

export const decideRefundRejection = (state: OrderState, command: RejectOrderRefund): RefundDecision => {
  const { refundId, code, atMs } = command
  if (state.status === 'none') return refused('unknown-order')
  if (!isPaid(state)) return refused('order-not-paid')
  switch (state.refunds.get(refundId)?.status) {
    case 'requested':
      return accepted({ type: 'OrderRefundRejected', data: { refundId, code, atMs } })
    case 'rejected':
      return unchanged
    case 'completed':
      return refused('refund-already-completed')
    default:
      return refused('unknown-refund')
  }
}

/** Who asked is not part of it: the same request by a colleague is the same refund. */
const isSame = (before: OrderRefund, { amount, reason, returning }: RequestOrderRefund): boolean =>
  (amount === undefined ? before.wasAllLeft : sameMoney(amount, before.amount)) &&
  reason === before.reason &&
  linesKey(returning) === linesKey(before.returning)

const linesKey = (lines: readonly ReturnedLine[]): string =>
  JSON.stringify(lines.map(({ productId, quantity }) => `${productId} ${quantity}`).sort())

const areReturnable = (
  returning: readonly ReturnedLine[],
  ordered: readonly ReturnedLine[],
  refunds: Refunds,
): boolean => {
  const returned = [...refunds.values()]
    .filter(({ status }) => status !== 'rejected')
    .flatMap((refund) => refund.returning)
  return (
    new Set(returning.map(({ productId }) => productId)).size === returning.length &&
    returning.every(
      ({ productId, quantity }) =>
        isCount(quantity) && unitsOf(productId, returned) + quantity <= unitsOf(productId, ordered),
    )
  )
}

const unitsOf = (productId: ProductId, lines: readonly ReturnedLine[]): number =>
  lines.reduce((units, line) => units + (line.productId === productId ? line.quantity : 0), 0)

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1
