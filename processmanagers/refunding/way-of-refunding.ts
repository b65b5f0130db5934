import type { MerchantPaymentId } from '#domain/ids.ts'
import type { Money } from '#domain/money/money.ts'
import type { PaymentState } from '#domain/payment/decider.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import type { PaymentProvider } from '#platform/paypay/port.ts'

export interface RefundingOptions {
  readonly commands: CommandRunner
  readonly provider: PaymentProvider
  readonly clock: Clock
}

/** One refund of money that was taken, as whoever holds the money is asked for it. */
export interface RefundDue {
  readonly orderId: string
  readonly merchantPaymentId: MerchantPaymentId
  readonly payment: Extract<PaymentState, { status: 'succeeded' }>
  readonly refundId: string
  readonly amount: Money
  readonly reason: string
  readonly causationId: string
}

/**
 * What asking came to: the money is back, will never be, or is on its way. The same id answers the earlier result, so
 * asking again and following up are one and the same call. `againAtMs` is when at the earliest; the usual time unless told.
 */
export type RefundAnswer =
  | { readonly kind: 'completed' }
  | { readonly kind: 'rejected'; readonly code: string }
  | { readonly kind: 'pending'; readonly againAtMs?: number }
