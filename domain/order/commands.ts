import type { EncryptedEnvelope } from '../envelope.ts'
import type { CustomerId, MerchantPaymentId, OrderId, RefundId } from '../ids.ts'
import type { Money } from '../money/money.ts'
import type { FailureReason, Locale, OrderLine, PaymentMethod, ReturnedLine } from './events.ts'

/** A buyer's commitment. Prices come from the catalogue, never from the client; the same request again is unchanged. */
export interface PlaceOrder {
  readonly type: 'PlaceOrder'
  readonly orderId: OrderId
  readonly customerId: CustomerId
  readonly requestHash: string
  readonly lines: readonly OrderLine[]
  readonly paymentMethod: PaymentMethod
  readonly locale: Locale
  readonly contact?: EncryptedEnvelope
  readonly delivery?: EncryptedEnvelope
  readonly placedAtMs: number
  readonly paymentWindowMs: number
}

/** This attempt's code may now be shown. The same attempt again is unchanged. */
export interface AwaitPayment {
  readonly type: 'AwaitPayment'
  readonly merchantPaymentId: MerchantPaymentId
  readonly attempt: number
  readonly codeExpiresAtMs: number
  readonly atMs: number
}

/** Asks for a fresh code instead of the attempt the buyer saw; pressing twice is one renewal. */
export interface RenewPayment {
  readonly type: 'RenewPayment'
  readonly insteadOf: MerchantPaymentId
  readonly requestedAtMs: number
}

/** A verified success of one attempt; the order decides whether it is its payment or surplus. Once per attempt. */
export interface ConfirmPayment {
  readonly type: 'ConfirmPayment'
  readonly merchantPaymentId: MerchantPaymentId
  readonly paymentId: string
  readonly amount: Money
  readonly succeededAtMs: number
  readonly atMs: number
}

export interface FailOrder {
  readonly type: 'FailOrder'
  readonly reason: FailureReason
  readonly atMs: number
}

export interface CancelOrder {
  readonly type: 'CancelOrder'
  readonly by: 'customer' | 'staff'
  readonly atMs: number
}

/**
 * Staff give back some of the order's payment, or all that is left of it when no amount is named. The same id with the
 * same amount, reason and returned units is unchanged, whoever sends it; two ids are two refunds, and their sum decides.
 */
export interface RequestOrderRefund {
  readonly type: 'RequestOrderRefund'
  readonly refundId: RefundId
  readonly amount?: Money
  /** 1 to `MAX_REFUND_REASON_LENGTH` characters, without personal data: it stays in the log. */
  readonly reason: string
  /** Units that go back on sale once the money has gone back; one line per product. */
  readonly returning: readonly ReturnedLine[]
  /** The staff member's id. */
  readonly requestedBy: string
  readonly atMs: number
}

/** The provider gave the refund's money back. The same id again is unchanged. */
export interface CompleteOrderRefund {
  readonly type: 'CompleteOrderRefund'
  readonly refundId: RefundId
  readonly atMs: number
}

/** The provider refused the refund for good. The same id again is unchanged. */
export interface RejectOrderRefund {
  readonly type: 'RejectOrderRefund'
  readonly refundId: RefundId
  readonly code: string
  readonly atMs: number
}

export type OrderCommand =
  | PlaceOrder
  | AwaitPayment
  | RenewPayment
  | ConfirmPayment
  | FailOrder
  | CancelOrder
  | RequestOrderRefund
  | CompleteOrderRefund
  | RejectOrderRefund

/**
 * Why an order command is refused, in order of precedence.
 * - `unknown-order`: nothing was ever placed under this id.
 * - `idempotency-key-reused`: the order exists with another request body.
 * - `no-lines`, `too-many-lines`, `duplicate-product`, `quantity-out-of-range`, `mixed-currencies`,
 *   `total-out-of-range`: what was asked for cannot be an order.
 * - `order-already-paid`, `order-already-failed`, `order-already-cancelled`: the order has ended; one that was given
 *   back was paid.
 * - `no-payment-code`: the order is paid from a wallet, which has no codes.
 * - `payment-not-ready`: no code was ever issued, so there is none to renew.
 * - `payment-window-over`: too late for a fresh code.
 * - `order-not-paid`: the order holds no payment that could go back; surplus money is not its payment.
 * - `refund-differs`: the refund id was used before with another amount, reason or other returned units.
 * - `refund-window-over`: PayPay refunds until day 365 after the payment.
 * - `too-many-refunds`: the order has `MAX_REFUNDS` already, rejected ones included.
 * - `nothing-left-to-refund`: all of the payment has gone back or is on its way.
 * - `refund-amount-out-of-range`: not a whole number of minor units from one on.
 * - `refund-exceeds-payment`: more than is left of the payment, or in another currency.
 * - `return-exceeds-order`: more units of a product than were ordered and are not returned yet, a product twice, or
 *   not a whole number of units from one on.
 * - `unknown-refund`: no refund was requested under this id.
 * - `refund-already-completed`, `refund-already-rejected`: the refund has ended the other way.
 */
export type OrderRefusal =
  | 'unknown-order'
  | 'idempotency-key-reused'
  | 'no-lines'
  | 'too-many-lines'
  | 'duplicate-product'
  | 'quantity-out-of-range'
  | 'mixed-currencies'
  | 'total-out-of-range'
  | 'order-already-paid'
  | 'order-already-failed'
  | 'order-already-cancelled'
  | 'no-payment-code'
  | 'payment-not-ready'
  | 'payment-window-over'
  | 'order-not-paid'
  | 'refund-differs'
  | 'refund-window-over'
  | 'too-many-refunds'
  | 'nothing-left-to-refund'
  | 'refund-amount-out-of-range'
  | 'refund-exceeds-payment'
  | 'return-exceeds-order'
  | 'unknown-refund'
  | 'refund-already-completed'
  | 'refund-already-rejected'

export const MAX_LINES = 50
export const MAX_QUANTITY = 99
/** Bounds the state of an order, and how often somebody may try after a rejection. */
export const MAX_REFUNDS = 50
