import type { AlertEvent } from '../alert/events.ts'
import { impossible } from '../decider.ts'
import type { Money } from '../money/money.ts'
import type { OrderEvent } from '../order/events.ts'
import type { PaymentEvent } from '../payment/events.ts'
import { verdictOf } from '../payment/verdict.ts'

/** An event with what the log says of it. */
export type Told<E = OrderEvent | PaymentEvent | AlertEvent> = E & {
  readonly id: string
  /** `category-id`. */
  readonly stream: string
  /** When the log recorded it, by the log's own clock. */
  readonly createdAtMs: number
}

interface Recorded {
  readonly eventId: string
  /** By the log's own clock. */
  readonly atMs: number
}

export interface OrderFacts {
  readonly orderId: string
  readonly status: 'PENDING' | 'WAITING_PAYMENT' | 'PAID' | 'FAILED' | 'CANCELLED' | 'REFUNDED'
  readonly total: Money
  readonly placed: Recorded
  readonly windowEndsAtMs: number
  /** The attempt it took as its payment. */
  readonly paid?: Recorded & { readonly merchantPaymentId: string; readonly amount: Money }
}

export interface RefundFacts extends Recorded {
  readonly amount: Money
  readonly status: 'requested' | 'completed' | 'rejected'
  /** Set once it has ended; the code is the provider's reason. */
  readonly ended?: Recorded & { readonly code?: string }
}

/** What an attempt took and what became of it; of one that took nothing there is next to nothing here. */
export interface AttemptFacts {
  readonly success?: Recorded & {
    readonly paymentId: string
    readonly amount: Money
    /** When the provider took it, by the provider's clock. */
    readonly succeededAtMs: number
    readonly source: string
  }
  /** What the order made of it. */
  readonly judged?: Recorded & {
    readonly as: 'PAID' | 'LATE' | 'DOUBLE' | 'MISMATCHED'
    readonly amount: Money
  }
  /**
   * The provider's word against money it had reported, unless that was our own doing: the first one since it last stood by
   * the money.
   */
  readonly denial?: Recorded & {
    readonly status: string
    readonly source: string
    readonly isWithdrawn: boolean
  }
  /** We asked the provider to cancel it. */
  readonly isCancelled?: true
  readonly refunds: Readonly<Record<string, RefundFacts>>
}

export interface AlertSeen {
  readonly rule: string
  readonly severity: 'P1' | 'P2'
  readonly subject: string
  readonly triggerEventId: string
  readonly isOpen: boolean
}

/**
 * All that the rules look at of one case: an order with its attempts, or a subject of its own such as a parked key. What
 * stands in the streams of orders, payments and alerts is folded here; what others keep is handed in by who knows it.
 */
export interface Facts {
  readonly order?: OrderFacts
  /** By merchantPaymentId. */
  readonly attempts: Readonly<Record<string, AttemptFacts>>
  /** By alert id. */
  readonly alerts: Readonly<Record<string, AlertSeen>>
  /** By subject: keys that a process has put aside and not released. */
  readonly parked?: Readonly<Record<string, ParkedFacts>>
  /** By provider: those that refuse who we say we are. */
  readonly refusing?: Readonly<Record<string, Recorded>>
  /** When the newest event that changed anything here was recorded. */
  readonly newestAtMs: number
}

export interface ParkedFacts extends Recorded {
  readonly process: string
  readonly key: string
}

export const NO_FACTS: Facts = { attempts: {}, alerts: {}, newestAtMs: 0 }

const NO_ATTEMPT: AttemptFacts = { refunds: {} }

/**
 * The facts after an event; the very same when it changes nothing. Events of one stream come in its order, those of
 * different streams in any: each sets its own part.
 */
export const foldFacts = (facts: Facts, event: Told): Facts => {
  const next = folded(facts, event)
  return next === facts ? facts : { ...next, newestAtMs: Math.max(facts.newestAtMs, event.createdAtMs) }
}

const folded = (facts: Facts, event: Told): Facts => {
  const here: Recorded = { eventId: event.id, atMs: event.createdAtMs }
  const id = event.stream.slice(event.stream.indexOf('-') + 1)
  switch (event.type) {
    case 'OrderPlaced': {
      const { total, paymentWindowEndsAtMs: windowEndsAtMs } = event.data
      return { ...facts, order: { orderId: id, status: 'PENDING', total, placed: here, windowEndsAtMs } }
    }
    case 'OrderAwaitingPayment':
      return facts.order?.status === 'WAITING_PAYMENT' ? facts : withStatus(facts, 'WAITING_PAYMENT')
    case 'OrderFailed':
      return withStatus(facts, 'FAILED')
    case 'OrderCancelled':
      return withStatus(facts, 'CANCELLED')
    case 'OrderRefunded':
      return withStatus(facts, 'REFUNDED')
    case 'OrderPaid': {
      const { merchantPaymentId, amount } = event.data
      const paid = withStatus(facts, 'PAID')
      const order = paid.order && { ...paid.order, paid: { ...here, merchantPaymentId, amount } }
      return withAttempt({ ...paid, ...(order && { order }) }, merchantPaymentId, {
        judged: { ...here, as: 'PAID', amount },
      })
    }
    case 'SurplusPaymentRecorded': {
      const { merchantPaymentId, kind, amount } = event.data
      return withAttempt(facts, merchantPaymentId, { judged: { ...here, as: kind, amount } })
    }
    case 'PaymentSucceeded': {
      const { paymentId, amount, succeededAtMs, source } = event.data
      return withAttempt(facts, id, { success: { ...here, paymentId, amount, succeededAtMs, source } })
    }
    case 'PaymentObserved':
      return observed(facts, id, here, event.data.observation.status, event.data.source)
    case 'PaymentOrphaned':
      return withAttempt(facts, id, { isCancelled: true })
    case 'RefundRequested': {
      const { refundId, amount } = event.data
      return withRefund(facts, id, refundId, { ...here, amount, status: 'requested' })
    }
    case 'RefundCompleted':
      return refundEnded(facts, id, event.data.refundId, 'completed', here)
    case 'RefundRejected':
      return refundEnded(facts, id, event.data.refundId, 'rejected', { ...here, code: event.data.code })
    case 'AlertRaised': {
      const { rule, severity, subject, triggerEventId } = event.data
      return withAlert(facts, id, { rule, severity, subject, triggerEventId, isOpen: true })
    }
    case 'AlertResolved': {
      const alert = facts.alerts[id]
      return alert === undefined ? facts : withAlert(facts, id, { ...alert, isOpen: false })
    }
    case 'PaymentRenewalRequested':
    case 'OrderRefundRequested':
    case 'OrderPartlyRefunded':
    case 'OrderRefundRejected':
    case 'PaymentRequested':
    case 'PaymentCodeIssued':
    case 'PaymentCodeDeleted':
    case 'PaymentFailed':
    case 'PaymentLapsed':
    case 'PaymentCancelAnswered':
    case 'AlertAcknowledged':
    case 'AlertAssigned':
    case 'AlertNoted':
      return facts
    default:
      return impossible(event)
  }
}

/** The types of events that may change the facts. */
export const FACT_TYPES = [
  'OrderPlaced',
  'OrderAwaitingPayment',
  'OrderFailed',
  'OrderCancelled',
  'OrderRefunded',
  'OrderPaid',
  'SurplusPaymentRecorded',
  'PaymentSucceeded',
  'PaymentObserved',
  'PaymentOrphaned',
  'RefundRequested',
  'RefundCompleted',
  'RefundRejected',
  'AlertRaised',
  'AlertResolved',
] as const

const withStatus = (facts: Facts, status: OrderFacts['status']): Facts =>
  facts.order === undefined ? facts : { ...facts, order: { ...facts.order, status } }

const withAttempt = (facts: Facts, id: string, change: Partial<AttemptFacts>): Facts => ({
  ...facts,
  attempts: { ...facts.attempts, [id]: { ...(facts.attempts[id] ?? NO_ATTEMPT), ...change } },
})

const withRefund = (facts: Facts, id: string, refundId: string, refund: RefundFacts): Facts =>
  withAttempt(facts, id, { refunds: { ...facts.attempts[id]?.refunds, [refundId]: refund } })

const refundEnded = (
  facts: Facts,
  id: string,
  refundId: string,
  status: 'completed' | 'rejected',
  ended: NonNullable<RefundFacts['ended']>,
): Facts => {
  const refund = facts.attempts[id]?.refunds[refundId]
  return refund === undefined ? facts : withRefund(facts, id, refundId, { ...refund, status, ended })
}

const withAlert = (facts: Facts, id: string, alert: AlertSeen): Facts => ({
  ...facts,
  alerts: { ...facts.alerts, [id]: alert },
})

/** Only what the provider says after it had taken the money is news here, and only where it takes it back by itself. */
const observed = (facts: Facts, id: string, here: Recorded, status: string, source: string): Facts => {
  const attempt = facts.attempts[id]
  if (attempt?.success === undefined) return facts
  const verdict = verdictOf(status)
  if (verdict === 'failure' || verdict === 'timeout') {
    const isOurs =
      attempt.isCancelled === true ||
      Object.values(attempt.refunds).some((refund) => refund.status !== 'rejected')
    // While it denies it, other words for the same begin nothing new.
    return isOurs || attempt.denial?.isWithdrawn === false
      ? facts
      : withAttempt(facts, id, { denial: { ...here, status, source, isWithdrawn: false } })
  }
  const isBack = verdict === 'success' || verdict === 'refunded'
  return isBack && attempt.denial?.isWithdrawn === false
    ? withAttempt(facts, id, { denial: { ...attempt.denial, isWithdrawn: true } })
    : facts
}

/** The minor units of an attempt that have gone back, of its own currency. */
export const returnedMinor = ({ refunds }: AttemptFacts, { currency }: Money): number =>
  Object.values(refunds)
    .filter(({ status, amount }) => status === 'completed' && amount.currency === currency)
    .reduce((sum, { amount }) => sum + amount.amountMinor, 0)

/** Whether all that an attempt took has gone back. */
export const isReturned = (attempt: AttemptFacts, taken: Money): boolean =>
  returnedMinor(attempt, taken) >= taken.amountMinor
