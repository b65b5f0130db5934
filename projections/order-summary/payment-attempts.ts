import type { Observation } from '#domain/payment/events.ts'
import { verdictOf } from '#domain/payment/verdict.ts'
import type { Logged } from '../events.ts'
import { idIn } from '../events.ts'
import {
  ATTEMPT_STATUSES,
  type AttemptStatus,
  type CurrentAttempt,
  type EarlierAttempt,
  type OrderSummary,
} from './document.ts'

/** The part of an order's summary that follows its payment attempts; each is known by its stream's name. */

type Attempts = Pick<OrderSummary, 'payment' | 'attempts'>

/** Far more than a payment window has room for; the oldest are let go first. */
const MOST_EARLIER_ATTEMPTS = 32

/** A new attempt becomes the current one, unless a newer one already is. */
export const requested = (before: Attempts, { data }: Logged<'PaymentRequested'>): Attempts => {
  const { merchantPaymentId, attempt } = data
  const { payment } = before
  const status: AttemptStatus = 'REQUESTED'
  const current: CurrentAttempt = { merchantPaymentId, attempt, status, buyerIsConfirming: false }
  if (payment?.merchantPaymentId === merchantPaymentId || merchantPaymentId in before.attempts) return before
  if (payment === undefined) return { ...before, payment: current }
  if (payment.attempt > attempt)
    return { ...before, attempts: bounded({ ...before.attempts, [merchantPaymentId]: { attempt, status } }) }
  return {
    payment: current,
    attempts: bounded({ ...before.attempts, [payment.merchantPaymentId]: asEarlier(payment) }),
  }
}

export const codeIssued = (before: Attempts, { stream, data }: Logged<'PaymentCodeIssued'>): Attempts => {
  const { payment } = before
  if (payment?.merchantPaymentId !== idIn(stream)) return moved(before, stream, 'OPEN')
  const { codeId, url, deeplink, expiresAtMs } = data
  return {
    ...before,
    payment: { ...payment, codeId, url, deeplink, expiresAtMs, status: furthest(payment.status, 'OPEN') },
  }
}

export const observed = (before: Attempts, { stream, data }: Logged<'PaymentObserved'>): Attempts => {
  const { observation } = data
  const after = changed(before, idIn(stream), { lastObservedStatus: observation.status })
  if (after.payment?.merchantPaymentId !== idIn(stream)) return after
  // What PayPay has decided is booked by the event right after this one. Between the two the buyer is still at it:
  // otherwise whoever looks just then is shown the code of a payment that has been made.
  const isDecided = ['success', 'failure'].includes(verdictOf(observation.status))
  if (isDecided) return after
  return { ...after, payment: { ...after.payment, buyerIsConfirming: isConfirming(observation) } }
}

/** A bare CREATED is a code that nobody opened; with a payment id, somebody is about to confirm (PayPay, payment details). */
const isConfirming = ({ status, paymentId }: Observation): boolean => {
  const word = status.toUpperCase()
  return word === 'AUTHORIZED' || (word === 'CREATED' && paymentId !== undefined && paymentId !== '')
}

/** Attempts only move forward: what the provider took can no longer lapse. */
export const moved = (before: Attempts, stream: string, status: AttemptStatus): Attempts => {
  const merchantPaymentId = idIn(stream)
  const attempt =
    before.payment?.merchantPaymentId === merchantPaymentId
      ? before.payment
      : before.attempts[merchantPaymentId]
  if (attempt === undefined) return before
  const after = changed(before, merchantPaymentId, { status: furthest(attempt.status, status) })
  const isBooked = status === 'SUCCEEDED' || status === 'FAILED'
  return isBooked && after.payment?.merchantPaymentId === merchantPaymentId
    ? { ...after, payment: { ...after.payment, buyerIsConfirming: false } }
    : after
}

const changed = (
  before: Attempts,
  merchantPaymentId: string,
  change: Partial<Pick<EarlierAttempt, 'status' | 'lastObservedStatus'>>,
): Attempts => {
  const { payment, attempts } = before
  if (payment?.merchantPaymentId === merchantPaymentId)
    return { ...before, payment: { ...payment, ...change } }
  const earlier = attempts[merchantPaymentId]
  if (earlier === undefined) return before
  return { ...before, attempts: { ...attempts, [merchantPaymentId]: { ...earlier, ...change } } }
}

const furthest = (a: AttemptStatus, b: AttemptStatus): AttemptStatus =>
  ATTEMPT_STATUSES.indexOf(a) > ATTEMPT_STATUSES.indexOf(b) ? a : b

/** An old code is of no use to anybody, so its address is not kept. */
const asEarlier = ({ attempt, status, lastObservedStatus }: CurrentAttempt): EarlierAttempt => ({
  attempt,
  status,
  ...(lastObservedStatus === undefined ? {} : { lastObservedStatus }),
})

const bounded = (
  attempts: Readonly<Record<string, EarlierAttempt>>,
): Readonly<Record<string, EarlierAttempt>> =>
  Object.fromEntries(
    Object.entries(attempts)
      .sort(([, a], [, b]) => b.attempt - a.attempt)
      .slice(0, MOST_EARLIER_ATTEMPTS)
      .reverse(),
  )
