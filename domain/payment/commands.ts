import type { CustomerId, MerchantPaymentId, OrderId } from '../ids.ts'
import type { Money } from '../money/money.ts'
import type { CancelAnswer, Observation, ObservationSource } from './events.ts'

/** Opens the attempt, before the provider is called. The same attempt again is unchanged. */
export interface RequestPayment {
  readonly type: 'RequestPayment'
  readonly merchantPaymentId: MerchantPaymentId
  readonly orderId: OrderId
  readonly attempt: number
  /** The wallet that pays; by PayPay when absent. */
  readonly account?: CustomerId
  readonly amount: Money
  readonly windowEndsAtMs: number
  readonly requestedAtMs: number
}

export interface IssueCode {
  readonly type: 'IssueCode'
  readonly codeId: string
  readonly url: string
  readonly deeplink: string
  readonly expiresAtMs: number
  readonly atMs: number
}

/** The provider refused to make the attempt, definitely. */
export interface RejectRequest {
  readonly type: 'RejectRequest'
  readonly code: string
  readonly atMs: number
}

export interface RecordCodeDeleted {
  readonly type: 'RecordCodeDeleted'
  readonly atMs: number
}

/**
 * The only way an answer of the provider enters the books, whoever asked. An answer that differs in nothing from the
 * last one is unchanged; a success is booked once.
 */
export interface RecordPaymentObservation {
  readonly type: 'RecordPaymentObservation'
  readonly observation: Observation
  readonly source: ObservationSource
  readonly atMs: number
}

/** The code's life is over and the provider knows of no payment. */
export interface LapseCode {
  readonly type: 'LapseCode'
  readonly atMs: number
}

/** The create answer is lost, so nobody will be shown the code, and it is to be cancelled. */
export interface OrphanAttempt {
  readonly type: 'OrphanAttempt'
  readonly reason: string
  readonly atMs: number
}

/** The provider answered the cancel of an orphaned attempt for good. The same answer again is unchanged. */
export interface RecordCancelAnswer {
  readonly type: 'RecordCancelAnswer'
  readonly answer: CancelAnswer
  readonly atMs: number
}

/** Asks for money back under a client-made id; the same id again is unchanged. */
export interface RequestRefund {
  readonly type: 'RequestRefund'
  readonly refundId: string
  readonly amount: Money
  readonly reason: string
  readonly atMs: number
}

export interface CompleteRefund {
  readonly type: 'CompleteRefund'
  readonly refundId: string
  readonly atMs: number
}

export interface RejectRefund {
  readonly type: 'RejectRefund'
  readonly refundId: string
  readonly code: string
  readonly atMs: number
}

export type PaymentCommand =
  | RequestPayment
  | IssueCode
  | RejectRequest
  | RecordCodeDeleted
  | RecordPaymentObservation
  | LapseCode
  | OrphanAttempt
  | RecordCancelAnswer
  | RequestRefund
  | CompleteRefund
  | RejectRefund

/**
 * Why a payment command is refused, in order of precedence.
 * - `unknown-attempt`: nothing was ever requested under this id.
 * - `attempt-differs`: the attempt exists for another order, number, wallet or amount.
 * - `attempt-closed`: the attempt was orphaned or failed, so no code can be issued for it and it cannot be rejected any more.
 * - `code-already-issued`: the provider did make it, so it can be neither rejected nor orphaned.
 * - `no-code`: there is no code to delete or lapse.
 * - `already-succeeded`: money was taken, so the attempt can no longer lapse, be orphaned, cancelled or rejected.
 * - `not-orphaned`: a cancel is for codes nobody was shown, so there is none of this attempt.
 * - `not-captured`: there is no money to give back, and so no refund to complete or reject either.
 * - `refund-exceeds-capture`: all refunds together would exceed what was captured, or are in another currency. Rejected
 *   refunds do not count; another amount under a known id is judged in place of the first.
 * - `refund-differs`: the refund id was used with another amount.
 * - `unknown-refund`: this refund was never requested.
 * - `refund-already-completed`, `refund-already-rejected`: the refund has ended the other way.
 */
export type PaymentRefusal =
  | 'unknown-attempt'
  | 'attempt-differs'
  | 'attempt-closed'
  | 'code-already-issued'
  | 'no-code'
  | 'already-succeeded'
  | 'not-orphaned'
  | 'not-captured'
  | 'refund-exceeds-capture'
  | 'refund-differs'
  | 'unknown-refund'
  | 'refund-already-completed'
  | 'refund-already-rejected'
