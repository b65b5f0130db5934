import { wayBack } from '#domain/payment/way-back.ts'
import { REFUND_THROTTLED, REFUND_WINDOW_OVER } from '#platform/paypay/port.ts'
import { THROTTLE_MS } from './turns.ts'
import type { RefundAnswer, RefundDue, RefundingOptions } from './way-of-refunding.ts'

/** Refusals of this try, not of the refund: the same id may be tried again (reference, tables of errors). */
const PASSING_REFUSALS: ReadonlySet<string> = new Set([REFUND_THROTTLED, 'TRANSACTION_FAILED'])

/** Asks PayPay to give the money back; what it does not say clearly is followed up. */
export const refundByPayPay = async (
  { provider, clock }: Pick<RefundingOptions, 'provider' | 'clock'>,
  { payment: { paymentId, succeededAtMs }, refundId, amount, reason }: RefundDue,
): Promise<RefundAnswer> => {
  const { amountMinor, currency } = amount
  if (currency !== 'JPY') throw new Error(`PayPay refunds yen, not ${currency}`)
  const nowMs = clock.nowMs()
  const isTooLate = wayBack({ outcome: 'captured', succeededAtMs }, nowMs) === 'none'
  const answer = isTooLate
    ? ({ kind: 'refused', code: REFUND_WINDOW_OVER } as const)
    : await provider.refundPayment({
        merchantRefundId: refundId,
        paymentId,
        amountMinor,
        currency,
        requestedAtMs: nowMs,
        reason,
      })
  if (answer.kind === 'refused' && PASSING_REFUSALS.has(answer.code))
    return { kind: 'pending', againAtMs: nowMs + THROTTLE_MS }
  if (answer.kind === 'unknown') return { kind: 'pending' }
  if (answer.kind === 'ok' && answer.value.status === 'REFUNDED') return { kind: 'completed' }
  const details = await provider.refundDetails(refundId, paymentId)
  const isUnknownThere = details.kind === 'ok' && details.value.kind === 'not-found'
  // A refusal is of this try alone: an earlier one, whose answer was lost, may have been accepted.
  if (answer.kind === 'refused' && isUnknownThere) return { kind: 'rejected', code: answer.code }
  const isDone =
    details.kind === 'ok' && details.value.kind === 'found' && details.value.status === 'REFUNDED'
  return isDone ? { kind: 'completed' } : { kind: 'pending' }
}
