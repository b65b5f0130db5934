import type { Money, TaxAmount } from '#domain/money/money.ts'
import type { FailureReason, Locale, PaymentMethod } from '#domain/order/events.ts'

export type OrderStatus = 'PENDING' | 'WAITING_PAYMENT' | 'PAID' | 'FAILED' | 'CANCELLED' | 'REFUNDED'

/** How far an attempt came; it only moves towards the end of this list, so a late `LAPSED` hides no success. */
export const ATTEMPT_STATUSES = [
  'REQUESTED',
  'OPEN',
  'LAPSED',
  'ORPHANED',
  'DELETED',
  'FAILED',
  'SUCCEEDED',
] as const
export type AttemptStatus = (typeof ATTEMPT_STATUSES)[number]

export interface OrderSummaryLine {
  readonly productId: string
  /** As the buyer saw it. */
  readonly title: string
  readonly quantity: number
  /** Tax included, as sold. */
  readonly unitPrice: Money
  readonly taxRatePercent: number
}

/** The attempt whose code is shown, which is the one with the highest number. */
export interface CurrentAttempt {
  readonly merchantPaymentId: string
  readonly attempt: number
  /** Present once the provider issued a code; to be shown only while `status` is `OPEN`. */
  readonly url?: string
  readonly deeplink?: string
  readonly codeId?: string
  /** The provider's expiry, not ours. */
  readonly expiresAtMs?: number
  readonly status: AttemptStatus
  /** The provider's last word, as it came. */
  readonly lastObservedStatus?: string
  /** The provider's last word names a payment that is not decided yet: the buyer is in the middle of paying. */
  readonly buyerIsConfirming: boolean
}

/** An attempt that a newer one replaced. It stays watched, so it may still succeed. */
export interface EarlierAttempt {
  readonly attempt: number
  readonly status: AttemptStatus
  readonly lastObservedStatus?: string
}

/** Money the order could not take, and how far its way back is. */
export interface SurplusPayment {
  readonly kind: 'LATE' | 'DOUBLE' | 'MISMATCHED'
  readonly merchantPaymentId: string
  readonly amount: Money
  readonly refund?: RefundStatus
}

/** How far a refund is. */
export const REFUND_STATUSES = ['REQUESTED', 'COMPLETED', 'REJECTED'] as const
export type RefundStatus = (typeof REFUND_STATUSES)[number]

/** Money on its way back to the buyer. */
export interface OrderRefund {
  readonly refundId: string
  /** Decided by staff and taken from the order's own payment, or of money the order could not take. */
  readonly kind: 'staff' | 'surplus'
  readonly merchantPaymentId: string
  readonly amount: Money
  readonly status: RefundStatus
  /** When the log recorded its request and its end. */
  readonly requestedAtMs: number
  readonly endedAtMs?: number
  /** Units that go back on sale with it, once the money has gone back. */
  readonly returning: readonly { readonly productId: string; readonly quantity: number }[]
  /** Only with `staff`: the staff's own note. Never for the buyer. */
  readonly note?: string
  /** Only with `staff`: which member of staff. Never for the buyer. */
  readonly requestedBy?: string
  /** Only with `REJECTED`: the provider's word for it. */
  readonly code?: string
}

/** One order as its buyer and the shop's staff see it now. */
export interface OrderSummary {
  readonly orderId: string
  readonly customerId: string
  readonly status: OrderStatus
  /** Only with `FAILED`. */
  readonly failureReason?: FailureReason
  /** Only with `CANCELLED`. */
  readonly cancelledBy?: 'customer' | 'staff'
  readonly total: Money
  readonly lines: readonly OrderSummaryLine[]
  readonly taxes: readonly TaxAmount[]
  readonly paymentMethod: PaymentMethod
  readonly locale: Locale
  readonly placedAtMs: number
  /** When the log recorded the newest event in here. */
  readonly updatedAtMs: number
  readonly paymentWindowEndsAtMs: number
  /** Only with `PAID` and `REFUNDED`: when the provider took the money. */
  readonly paidAtMs?: number
  readonly payment?: CurrentAttempt
  /** By merchantPaymentId; the current attempt is not among them. */
  readonly attempts: Readonly<Record<string, EarlierAttempt>>
  readonly surplus: readonly SurplusPayment[]
  /** How much of the order's own payment has gone back; surplus money never counts here. */
  readonly refundedMinor: number
  /** Oldest first. */
  readonly refunds: readonly OrderRefund[]
  /** The position of `OrderPlaced`: newer orders have higher ones, which is what lists sort by. */
  readonly placedPosition: number
}
