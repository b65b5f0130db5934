import type { EncryptedEnvelope } from '../envelope.ts'
import type { CustomerId, MerchantPaymentId, OrderId } from '../ids.ts'
import type { Money } from '../money/money.ts'
import type { FailureReason, Locale, OrderLine, PaymentMethod } from './events.ts'

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

export type OrderCommand = PlaceOrder | AwaitPayment | RenewPayment | ConfirmPayment | FailOrder | CancelOrder

/**
 * Why an order command is refused, in order of precedence.
 * - `unknown-order`: nothing was ever placed under this id.
 * - `idempotency-key-reused`: the order exists with another request body.
 * - `no-lines`, `too-many-lines`, `duplicate-product`, `quantity-out-of-range`, `mixed-currencies`,
 *   `total-out-of-range`: what was asked for cannot be an order.
 * - `order-already-paid`, `order-already-failed`, `order-already-cancelled`: the order has ended.
 * - `payment-not-ready`: no code was ever issued, so there is none to renew.
 * - `payment-window-over`: too late for a fresh code.
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
  | 'payment-not-ready'
  | 'payment-window-over'

export const MAX_LINES = 50
export const MAX_QUANTITY = 99
