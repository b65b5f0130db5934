import type { Order } from '../api/types'
import { hasEnded } from './order-news.ts'

/** How an order ended, in the words there are sentences for. */
export const OUTCOMES = [
  'paid',
  'refunded',
  'waiting',
  'cancelled',
  'cancelled-by-shop',
  'payment-failed',
  'payment-expired',
  'shortage',
  'funds',
  'provider',
] as const
export type Outcome = (typeof OUTCOMES)[number]

const FAILURES: Readonly<Record<string, Outcome>> = {
  PAYMENT_FAILED: 'payment-failed',
  PAYMENT_EXPIRED: 'payment-expired',
  INVENTORY_SHORTAGE: 'shortage',
  INSUFFICIENT_FUNDS: 'funds',
  USER_CANCEL: 'cancelled',
  PROVIDER_ERROR: 'provider',
}

/** A reason nobody here has heard of is told as a payment that did not come about. */
export const outcomeOf = (order: Pick<Order, 'status' | 'failureReason' | 'cancelledBy'>): Outcome => {
  if (!hasEnded(order)) return 'waiting'
  if (order.status === 'PAID') return 'paid'
  if (order.status === 'REFUNDED') return 'refunded'
  if (order.status === 'CANCELLED') return order.cancelledBy === 'staff' ? 'cancelled-by-shop' : 'cancelled'
  return FAILURES[order.failureReason ?? ''] ?? 'payment-failed'
}

export type Surplus = Order['surplus'][number]
export type RefundState = 'none' | NonNullable<Surplus['refund']>

export const refundState = ({ refund }: Surplus): RefundState => refund ?? 'none'

/** Who has paid may have that in writing, also when the money went back. */
export const hasReceipt = ({ status }: Pick<Order, 'status'>): boolean =>
  status === 'PAID' || status === 'REFUNDED'
