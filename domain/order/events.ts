import { z } from 'zod'
import type { Event } from '../event.ts'
import { EncryptedEnvelope } from '../envelope.ts'
import { CustomerId, MerchantPaymentId, OrderId, ProductId, RefundId } from '../ids.ts'
import { Money, ROUNDING, TaxAmount, TaxRatePercent } from '../money/money.ts'

export const PaymentMethod = z.enum(['PAYPAY', 'WALLET'])
export type PaymentMethod = z.infer<typeof PaymentMethod>

export const Locale = z.enum(['ja', 'en', 'zh'])
export type Locale = z.infer<typeof Locale>

export const OrderLine = z.object({
  productId: ProductId,
  /** The title the buyer saw, as sold. */
  title: z.string().min(1),
  quantity: z.int().positive(),
  /** Tax included, as sold. */
  unitPrice: Money,
  taxRatePercent: TaxRatePercent,
})
export type OrderLine = z.infer<typeof OrderLine>

/** Why an order failed for good. `USER_CANCEL` is the reason of a cancellation, which is its own event. */
export const FailureReason = z.enum([
  'PAYMENT_FAILED',
  'PAYMENT_EXPIRED',
  'INVENTORY_SHORTAGE',
  'INSUFFICIENT_FUNDS',
  'PROVIDER_ERROR',
])
export type FailureReason = z.infer<typeof FailureReason>

/**
 * A buyer committed to these lines at these prices. Written once per order by the shop's API; says nothing about
 * stock or money yet. Contact and delivery are personal and therefore encrypted.
 */
export const OrderPlaced = z.object({
  orderId: OrderId,
  customerId: CustomerId,
  /** Fingerprint of the request body: the same Idempotency-Key with another body is refused. */
  requestHash: z.string().min(1),
  lines: z.array(OrderLine).min(1),
  taxes: z.array(TaxAmount),
  rounding: z.literal(ROUNDING),
  total: Money,
  paymentMethod: PaymentMethod,
  locale: Locale,
  contact: EncryptedEnvelope.optional(),
  delivery: EncryptedEnvelope.optional(),
  placedAtMs: z.int(),
  /** The payment window: until then a lapsed code may be renewed; afterwards the order fails. */
  paymentWindowEndsAtMs: z.int(),
})

/**
 * A payment attempt can now be paid by the buyer. Written by checkout, once per attempt; the latest one is the
 * attempt whose code is shown. Does not mean that the buyer has seen it.
 */
export const OrderAwaitingPayment = z.object({
  merchantPaymentId: MerchantPaymentId,
  attempt: z.int().positive(),
  codeExpiresAtMs: z.int(),
  atMs: z.int(),
})

/**
 * The buyer asked for a fresh code inside the payment window. Written through the shop's API; checkout asks about and
 * deletes the old code before it mints this attempt. Not a new order, and not yet a new code.
 */
export const PaymentRenewalRequested = z.object({
  attempt: z.int().positive(),
  requestedAtMs: z.int(),
})

/**
 * The order took this success as its one payment. Written by checkout after the provider confirmed it; decided here,
 * against the order's revision, so that a cancel, an expiry and a success that race have exactly one winner.
 */
export const OrderPaid = z.object({
  merchantPaymentId: MerchantPaymentId,
  paymentId: z.string().min(1),
  amount: Money,
  /** When the provider took the money. */
  succeededAtMs: z.int(),
  atMs: z.int(),
})

/**
 * The provider holds money the order cannot take: it came after the order ended (LATE), after another payment
 * (DOUBLE), or with another amount (MISMATCHED). Written by checkout; the order's status stays; remediation refunds it.
 */
export const SurplusPaymentRecorded = z.object({
  kind: z.enum(['LATE', 'DOUBLE', 'MISMATCHED']),
  merchantPaymentId: MerchantPaymentId,
  paymentId: z.string().min(1),
  amount: Money,
  succeededAtMs: z.int(),
  atMs: z.int(),
})

/** The order ended without payment, for good. Written by checkout; stock is released only after this. */
export const OrderFailed = z.object({
  reason: FailureReason,
  atMs: z.int(),
})

/** The buyer (or staff for them) called the unpaid order off. Written through the API; a later success is refunded. */
export const OrderCancelled = z.object({
  by: z.enum(['customer', 'staff']),
  atMs: z.int(),
})

export const MAX_REFUND_REASON_LENGTH = 200

export const ReturnedLine = z.object({
  productId: ProductId,
  quantity: z.int().positive(),
})
export type ReturnedLine = z.infer<typeof ReturnedLine>

/**
 * Staff decided that this much of the order's payment goes back. Written through the API, once per refund id; from here
 * on the amount and the returned units count as used. Does not mean that the provider knows of it, nor that goods came back.
 */
export const OrderRefundRequested = z.object({
  refundId: RefundId,
  /** The order's own payment, which the refund is taken from; never one that was surplus. */
  merchantPaymentId: MerchantPaymentId,
  amount: Money,
  /** A staff note. It stays in the log for good and cannot be forgotten, so it holds no personal data. */
  reason: z.string().min(1).max(MAX_REFUND_REASON_LENGTH),
  /** Units that go back on sale once the money has gone back; empty when none do. */
  returning: z.array(ReturnedLine),
  /** The staff member's id, never a name. */
  requestedBy: z.string().min(1),
  atMs: z.int(),
})

/** The provider gave this refund's money back and some of the payment is left. Written by refunding; the order stays PAID. */
export const OrderPartlyRefunded = z.object({
  refundId: RefundId,
  amount: Money,
  /** All completed refunds of the order, this one included. */
  refundedInTotal: Money,
  atMs: z.int(),
})

/** The provider gave this refund's money back and with it the whole total has gone back. Written by refunding; ends the order. */
export const OrderRefunded = z.object({
  refundId: RefundId,
  amount: Money,
  /** All completed refunds of the order, this one included: its total. */
  refundedInTotal: Money,
  atMs: z.int(),
})

/** The provider refused this refund definitely. Written by refunding; its amount and its units are free for another refund. */
export const OrderRefundRejected = z.object({
  refundId: RefundId,
  /** The provider's word for it. */
  code: z.string().min(1),
  atMs: z.int(),
})

export type OrderEvent =
  | Event<'OrderPlaced', typeof OrderPlaced>
  | Event<'OrderAwaitingPayment', typeof OrderAwaitingPayment>
  | Event<'PaymentRenewalRequested', typeof PaymentRenewalRequested>
  | Event<'OrderPaid', typeof OrderPaid>
  | Event<'SurplusPaymentRecorded', typeof SurplusPaymentRecorded>
  | Event<'OrderFailed', typeof OrderFailed>
  | Event<'OrderCancelled', typeof OrderCancelled>
  | Event<'OrderRefundRequested', typeof OrderRefundRequested>
  | Event<'OrderPartlyRefunded', typeof OrderPartlyRefunded>
  | Event<'OrderRefunded', typeof OrderRefunded>
  | Event<'OrderRefundRejected', typeof OrderRefundRejected>
