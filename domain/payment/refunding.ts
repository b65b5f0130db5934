import { accepted, refused, unchanged, type Decision } from '../decider.ts'
import { sameMoney, sum } from '../money/money.ts'
import type { CompleteRefund, PaymentRefusal, RejectRefund, RequestRefund } from './commands.ts'
import type { PaymentEvent } from './events.ts'
import type { PaymentState } from './state.ts'

type RefundDecision = Decision<PaymentEvent, PaymentRefusal>
type Captured = Extract<PaymentState, { status: 'succeeded' }>

export const decideRefundRequest = (state: PaymentState, command: RequestRefund): RefundDecision => {
  const { refundId, amount, reason, atMs } = command
  if (state.status === 'none') return refused('unknown-attempt')
  if (state.status !== 'succeeded') return refused('not-captured')
  const before = state.refunds.get(refundId)
  if (before !== undefined && sameMoney(before.amount, amount)) return unchanged
  if (exceedsCapture(state, command)) return refused('refund-exceeds-capture')
  if (before !== undefined) return refused('refund-differs')
  return accepted({ type: 'RefundRequested', data: { refundId, amount, reason, atMs } })
}

export const decideRefundCompletion = (
  state: PaymentState,
  { refundId, atMs }: CompleteRefund,
): RefundDecision => {
  if (state.status === 'none') return refused('unknown-attempt')
  if (state.status !== 'succeeded') return refused('not-captured')
  switch (state.refunds.get(refundId)?.status) {
    case 'requested':
      return accepted({ type: 'RefundCompleted', data: { refundId, atMs } })
    case 'completed':
      return unchanged
    case 'rejected':
      return refused('refund-already-rejected')
    default:
      return refused('unknown-refund')
  }
}

export const decideRefundRejection = (
  state: PaymentState,
  { refundId, code, atMs }: RejectRefund,
): RefundDecision => {
  if (state.status === 'none') return refused('unknown-attempt')
  if (state.status !== 'succeeded') return refused('not-captured')
  switch (state.refunds.get(refundId)?.status) {
    case 'requested':
      return accepted({ type: 'RefundRejected', data: { refundId, code, atMs } })
    case 'rejected':
      return unchanged
    case 'completed':
      return refused('refund-already-completed')
    default:
      return refused('unknown-refund')
  }
}

/** A rejected refund moved no money, so only the others count; in another currency nothing was captured at all. */
const exceedsCapture = ({ captured, refunds }: Captured, { refundId, amount }: RequestRefund): boolean => {
  if (amount.currency !== captured.currency) return true
  const others = refunds.filter((refund, id) => id !== refundId && refund.status !== 'rejected')
  const together = sum([...others.values()].map((refund) => refund.amount).concat(amount), captured.currency)
  return together.amountMinor > captured.amountMinor
}
