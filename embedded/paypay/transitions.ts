import type { Attempt, PaymentMethod, Refund } from './attempt.ts'
import { cancelWindowEndsMs, refundWindowEndsMs } from './japan-time.ts'
import type { Knobs } from './knobs.ts'
import type { ResultName } from './results.ts'

/**
 * The state changes of an instant sale, as functions of the record and the time.
 * Nothing here waits: whatever PayPay does "later" is derived from the clock when someone looks.
 */

export type PaymentStatus = 'CREATED' | 'COMPLETED' | 'REFUNDED' | 'FAILED'

/** A change that PayPay's table announces by webhook. Refunds and cancels are not announced. */
export type Announcement = 'COMPLETED' | 'FAILED'

export type Step<Refused> =
  { kind: 'done'; attempt: Attempt; announce?: Announcement } | { kind: 'refused'; because: Refused }

const refused = <R>(because: R): Step<R> => ({ kind: 'refused', because })

/** When an accepted cancel takes the money back; undefined without a cancel or without a payment. */
function reversedAtMs(attempt: Attempt, knobs: Knobs): number | undefined {
  if (attempt.payment.state !== 'completed' || attempt.cancelAcceptedAtMs === undefined) return undefined
  return Math.max(attempt.cancelAcceptedAtMs, attempt.payment.paidAtMs) + knobs.cancelSettleMs
}

export function statusAt(
  attempt: Attempt,
  refunds: readonly Refund[],
  nowMs: number,
  knobs: Knobs,
): PaymentStatus {
  if (attempt.payment.state === 'failed') return 'FAILED'
  if (attempt.payment.state !== 'completed') return 'CREATED'
  const reversed = reversedAtMs(attempt, knobs)
  if (reversed !== undefined && nowMs >= reversed) return 'FAILED'
  const shown = refunds.filter(
    (refund) => knobs.refundShows === 'when-accepted' || refundStatusAt(refund, nowMs) === 'REFUNDED',
  )
  if (shown.length === 0) return 'COMPLETED'
  const whole = sumOf(shown) >= attempt.request.amountMinor
  return whole ? 'REFUNDED' : knobs.partialRefundAnswers
}

/** When the provider gave the money back or gave up on the payment. */
export function failedAtMs(attempt: Attempt, knobs: Knobs): number | undefined {
  return attempt.payment.state === 'failed' ? attempt.payment.failedAtMs : reversedAtMs(attempt, knobs)
}

/** Money that is with the merchant as far as the buyer's account goes, refunds apart. */
export function capturedMinor(attempt: Attempt): number {
  return attempt.payment.state === 'completed' && attempt.cancelAcceptedAtMs === undefined
    ? attempt.request.amountMinor
    : 0
}

function noLongerKept(attempt: Attempt, nowMs: number, { retentionMs }: Knobs): boolean {
  return retentionMs !== null && nowMs >= attempt.createdAtMs + retentionMs
}

export function lapsed(attempt: Attempt, nowMs: number): boolean {
  return nowMs >= attempt.expiresAtMs
}

export type NotPayable = 'already-paid' | 'already-failed' | 'code-deleted' | 'code-lapsed'

function notPayable(attempt: Attempt, nowMs: number): NotPayable | undefined {
  if (attempt.payment.state === 'completed') return 'already-paid'
  if (attempt.payment.state === 'failed') return 'already-failed'
  // A buyer who scanned in time finishes, whatever happened to the code since.
  if (attempt.payment.state === 'in-flight') return undefined
  if (attempt.deleted) return 'code-deleted'
  return lapsed(attempt, nowMs) ? 'code-lapsed' : undefined
}

/** The buyer opened the app: a paymentId exists, the status stays CREATED. */
export function beginAuthorisation(attempt: Attempt, paymentId: string, nowMs: number): Step<NotPayable> {
  const obstacle = notPayable(attempt, nowMs)
  if (obstacle !== undefined) return refused(obstacle)
  return { kind: 'done', attempt: { ...attempt, payment: { state: 'in-flight', paymentId } } }
}

/** The buyer pays. `late` ignores that the code lapsed or was deleted, as PayPay may for a buyer already on the page. */
export function pay(
  attempt: Attempt,
  how: { paymentId: string; method: PaymentMethod; late: boolean; nowMs: number },
): Step<NotPayable> {
  const obstacle = notPayable(attempt, how.nowMs)
  const overlooked = how.late && (obstacle === 'code-deleted' || obstacle === 'code-lapsed')
  if (obstacle !== undefined && !overlooked) return refused(obstacle)
  const payment = {
    state: 'completed',
    paymentId: how.paymentId,
    paidAtMs: how.nowMs,
    method: how.method,
  } as const
  return { kind: 'done', attempt: { ...attempt, payment }, announce: 'COMPLETED' }
}

/** The payment fails for good. PayPay "may not" announce it, so the caller decides. */
export function fail(attempt: Attempt, paymentId: string, nowMs: number): Step<NotPayable> {
  const obstacle = notPayable(attempt, nowMs)
  if (obstacle !== undefined) return refused(obstacle)
  return {
    kind: 'done',
    attempt: { ...attempt, payment: { state: 'failed', paymentId, failedAtMs: nowMs } },
    announce: 'FAILED',
  }
}

/** Deleting stops new scans; an authorisation under way may still complete. */
export function deleteCode(attempt: Attempt, knobs: Knobs): Step<ResultName> {
  if (attempt.deleted) return refused('DYNAMIC_QR_NOT_FOUND')
  if (attempt.payment.state === 'completed') return refused(knobs.paidDelete)
  return { kind: 'done', attempt: { ...attempt, deleted: true } }
}

/** Accepted once is accepted for good; a repeat changes nothing. */
export function requestCancel(
  attempt: Attempt,
  refunds: readonly Refund[],
  nowMs: number,
  knobs: Knobs,
): Step<ResultName> {
  if (noLongerKept(attempt, nowMs, knobs)) return refused('ORDER_NO_LONGER_AVAILABLE')
  if (attempt.cancelAcceptedAtMs !== undefined) return { kind: 'done', attempt }
  if (attempt.payment.state === 'completed') {
    if (refunds.length > 0 || nowMs >= cancelWindowEndsMs(attempt.payment.paidAtMs)) {
      return refused('ORDER_NOT_REVERSIBLE')
    }
  }
  return { kind: 'done', attempt: { ...attempt, cancelAcceptedAtMs: nowMs } }
}

/** Why a new refund of this payment is refused, in the provider's order of checking; undefined means accepted. */
export function refundObstacle(
  attempt: Attempt,
  refunds: readonly Refund[],
  amountMinor: number,
  nowMs: number,
  knobs: Knobs,
): ResultName | undefined {
  if (noLongerKept(attempt, nowMs, knobs)) return 'ORDER_NO_LONGER_AVAILABLE'
  if (attempt.payment.state !== 'completed' || attempt.cancelAcceptedAtMs !== undefined)
    return 'UNACCEPTABLE_OP'
  if (nowMs >= refundWindowEndsMs(attempt.payment.paidAtMs)) return 'REFUND_WINDOW_EXCEED'
  if (refunds.length > 0 && !knobs.multipleRefunds) {
    return knobs.multipleRefundRefusal === 'UNACCEPTABLE_OP'
      ? 'MULTIPLE_REFUND_NOT_ALLOWED'
      : knobs.multipleRefundRefusal
  }
  if (sumOf(refunds) + amountMinor > attempt.request.amountMinor) return 'INVALID_PARAMS'
  const latest = Math.max(...refunds.map(({ acceptedAtMs }) => acceptedAtMs))
  if (nowMs - latest < knobs.refundThrottleMs) return 'THROTTLED_MULTIPLE_REFUND_REJECTED'
  return undefined
}

export function refundStatusAt(refund: Refund, nowMs: number): 'CREATED' | 'REFUNDED' {
  return refund.settlesAtMs !== undefined && nowMs >= refund.settlesAtMs ? 'REFUNDED' : 'CREATED'
}

function sumOf(refunds: readonly Refund[]): number {
  return refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
}
