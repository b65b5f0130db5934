/**
 * The narrow port through which the application speaks to PayPay.
 *
 * Every call settles within its time-out, repetitions and queueing included, and rejects only for a programming error
 * (a malformed id or amount).
 * Which provider stands behind it — PayPay, the simulator, a scripted one in a simulation — is not visible here.
 */

/** Why nothing is known about what the provider did. None of these may change the state of a payment. */
export type UnknownReason =
  /** No complete answer within the call's time-out. */
  | 'timed-out'
  /** No connection: refused, unresolvable, TLS failure. */
  | 'unreachable'
  /** The connection was reset or ended in the middle of an answer. */
  | 'connection-lost'
  /** 429. Back off with jitter. */
  | 'rate-limited'
  /** 401 or 403: our key, our clock, our merchant id or our contract. Someone must look; nothing about the payment is known. */
  | 'unauthorized'
  /** 5xx other than TRANSACTION_FAILED, including a maintenance page. */
  | 'provider-error'
  /** Not JSON, not the documented shape, or an answer about something other than what was asked. */
  | 'unreadable-answer'
  /** Never sent: the circuit breaker is open, the provider asked for a pause, or our own budget of requests is spent. */
  | 'held-back'

/**
 * Who wants to know: `now` a buyer, a webhook or an operator, `soon` a page being watched, `whenever` a look in
 * passing. When requests have to queue, the hottest goes first.
 */
export type Urgency = 'now' | 'soon' | 'whenever'

/**
 * The three answers, never merged.
 *
 * - `ok`: the provider said yes, or said definitely what it knows.
 * - `refused`: a definite no to this request, which therefore had no effect. `code` is PayPay's `resultInfo.code`.
 *   One refusal is worth repeating: `REFUND_THROTTLED`, after a minute, with the same merchantRefundId.
 * - `unknown`: it may or may not have happened. Ask again or cancel; never read it as a failure.
 *
 * `requestId` is the X-REQUEST-ID of the answer, which PayPay's support asks for.
 */
export type ProviderOutcome<T> =
  | { kind: 'ok'; value: T; requestId?: string }
  | {
      kind: 'refused'
      code: string
      codeId?: string
      httpStatus: number
      message: string
      requestId?: string
    }
  | { kind: 'unknown'; reason: UnknownReason; httpStatus?: number; requestId?: string }

/** `createCode` met a merchantPaymentId that PayPay already knows: the earlier request did arrive. */
export const DUPLICATE_CODE = 'DUPLICATE_DYNAMIC_QR_REQUEST'

/** A second refund of one payment within a minute; the same request may be repeated after that minute. */
export const REFUND_THROTTLED = 'THROTTLED_MULTIPLE_REFUND_REJECTED'

/** The day's cancel window (00:14:59 JST the day after) has closed; a refund is the way now. */
export const NOT_REVERSIBLE = 'ORDER_NOT_REVERSIBLE'

/** The payment's 365 days are over; no call returns this money any more, so a person has to. */
export const REFUND_WINDOW_OVER = 'REFUND_WINDOW_EXCEED'

export interface CodeRequest {
  /** Unique per merchant for ever, at most 64 of `[A-Za-z0-9_-]`. */
  merchantPaymentId: string
  /** Whole yen, at least 1. */
  amountMinor: number
  currency: 'JPY'
  /** Shown to the buyer; cut to 255 characters. */
  description?: string
  requestedAtMs: number
  /** Where the buyer's browser goes afterwards. Coming back proves nothing. */
  redirectUrl?: string
  /** The buyer's full User-Agent, which helps PayPay return to the same mobile browser. */
  userAgent?: string
}

export interface IssuedCode {
  /** PayPay's own name for the code; needed to delete it. */
  codeId: string
  /** To be shown as a QR code or opened. */
  url: string
  deeplink: string
  /** About five minutes after the request; not settable. */
  expiresAtMs: number
}

export interface RefundRecord {
  merchantRefundId: string
  amountMinor: number
  status: string
}

export type PaymentDetails =
  /** The code is gone and no payment exists. */
  | { kind: 'not-found' }
  | {
      kind: 'found'
      /**
       * CREATED, AUTHORIZED, REAUTHORIZING, COMPLETED, REFUNDED, FAILED, CANCELED, EXPIRED, or one not known yet.
       * An unpaid code answers CREATED even long after it lapsed; CREATED with a paymentId is a buyer in mid-authorisation.
       */
      status: string
      /** Twenty decimal digits, never to be read as a number. Always there with COMPLETED, AUTHORIZED and REFUNDED. */
      paymentId?: string
      /** Always there with COMPLETED, AUTHORIZED and REFUNDED. */
      amountMinor?: number
      currency?: string
      /** When the money moved, to the second. */
      acceptedAtMs?: number
      /** Sum these; REFUNDED alone does not say how much. */
      refunds: readonly RefundRecord[]
    }

export interface RefundRequest {
  /** The idempotency key together with the paymentId: a repeat answers the earlier result. */
  merchantRefundId: string
  paymentId: string
  amountMinor: number
  currency: 'JPY'
  requestedAtMs: number
  reason: string
}

export type RefundStatus = 'CREATED' | 'REFUNDED'

export type RefundDetails =
  { kind: 'not-found' } | { kind: 'found'; status: RefundStatus; amountMinor: number }

export interface PaymentProvider {
  /**
   * Mints a code. Not replayable: after `unknown` ask for the details or cancel, and mint under a new id.
   * A repeated id is `refused` with `DUPLICATE_CODE`.
   */
  createCode(request: CodeRequest): Promise<ProviderOutcome<IssuedCode>>
  /** Makes a code unpayable. `not-found` covers a code deleted before; after `already-paid` ask for the details. */
  deleteCode(codeId: string): Promise<ProviderOutcome<'deleted' | 'not-found' | 'already-paid'>>
  /**
   * The only authority on whether a payment happened. `patienceMs` shortens the call's time-out for whoever would
   * rather ask again.
   */
  paymentDetails(
    merchantPaymentId: string,
    urgency?: Urgency,
    patienceMs?: number,
  ): Promise<ProviderOutcome<PaymentDetails>>
  /**
   * Asks PayPay to return the money of a payment whose outcome is unknown, even one not yet paid, which is then
   * reversed the moment it is paid. Safe to repeat until accepted. Refused with `NOT_REVERSIBLE` outside the window.
   */
  cancelPayment(merchantPaymentId: string): Promise<ProviderOutcome<'accepted'>>
  /** Both statuses mean accepted. After `unknown` repeat with the same merchantRefundId. */
  refundPayment(request: RefundRequest): Promise<ProviderOutcome<{ status: RefundStatus }>>
  /** There is no refund webhook: this is polled until REFUNDED. */
  refundDetails(merchantRefundId: string, paymentId: string): Promise<ProviderOutcome<RefundDetails>>
}
