import { z } from 'zod'
import { impossible } from '#domain/decider.ts'
import {
  ATTEMPT_STATUSES,
  REFUND_STATUSES,
  type CurrentAttempt,
  type OrderRefund,
  type OrderSummary,
} from '#projections/order-summary/document.ts'
import type { Customer } from '../plugins/session-cookies.ts'
import { hasRoleOf, READING_STAFF } from '../staff-roles.ts'
import type { ReadOrder } from './order-reader.ts'

export const ORDER_STATUSES = [
  'PENDING',
  'WAITING_PAYMENT',
  'PAID',
  'FAILED',
  'CANCELLED',
  'REFUNDED',
] as const

/** The short answer for machines: has the money question been settled, and how. */
export const Result = z.enum(['PENDING', 'SUCCESS', 'FAILED', 'TIMEOUT'])
export type Result = z.infer<typeof Result>

export const MoneyView = z.object({ amountMinor: z.int(), currency: z.string() })

export const PaymentView = z.object({
  merchantPaymentId: z.string(),
  attempt: z.int(),
  /** Present only while it can be paid. */
  url: z.string().optional(),
  deeplink: z.string().optional(),
  expiresAt: z.string().optional(),
  status: z.enum(ATTEMPT_STATUSES),
  /** The buyer is in the middle of paying at the provider: nothing is decided, and nothing is to be given up. */
  buyerIsConfirming: z.boolean(),
})
export type PaymentView = z.infer<typeof PaymentView>

/** One way back of money. */
export const RefundView = z.object({
  refundId: z.string(),
  /** Decided by staff and taken from the order's own payment, or of money the order could not take. */
  kind: z.enum(['staff', 'surplus']),
  amount: MoneyView,
  status: z.enum(REFUND_STATUSES),
  requestedAt: z.string(),
  endedAt: z.string().optional(),
  /** Units that go back on sale with it. */
  returning: z.array(z.object({ productId: z.string(), quantity: z.int() })).readonly(),
  /** The provider's word for a rejection. */
  code: z.string().optional(),
  /** For staff alone. */
  note: z.string().optional(),
  /** For staff alone. */
  requestedBy: z.string().optional(),
})
export type RefundView = z.infer<typeof RefundView>

export const OrderView = z.object({
  orderId: z.string(),
  status: z.enum(ORDER_STATUSES),
  result: Result,
  failureReason: z.string().optional(),
  cancelledBy: z.enum(['customer', 'staff']).optional(),
  amount: MoneyView,
  lines: z
    .array(
      z.object({
        productId: z.string(),
        title: z.string(),
        quantity: z.int(),
        unitPrice: MoneyView,
        taxRatePercent: z.int(),
      }),
    )
    .readonly(),
  taxes: z.array(z.object({ ratePercent: z.int(), grossMinor: z.int(), taxMinor: z.int() })).readonly(),
  paymentMethod: z.enum(['PAYPAY', 'WALLET']),
  locale: z.enum(['ja', 'en', 'zh']),
  placedAt: z.string(),
  updatedAt: z.string(),
  paymentWindowEndsAt: z.string(),
  paidAt: z.string().optional(),
  payment: PaymentView.optional(),
  /** Money that came although the order could not take it, and how far its way back is. */
  surplus: z
    .array(
      z.object({
        kind: z.enum(['LATE', 'DOUBLE', 'MISMATCHED']),
        amount: MoneyView,
        refund: z.enum(REFUND_STATUSES).optional(),
      }),
    )
    .readonly(),
  /** How much of the order's own payment has gone back so far. */
  refunded: MoneyView,
  /** Oldest first; money the order could not take is in `surplus` too, with why it could not. */
  refunds: z.array(RefundView).readonly(),
  /** Where in the log this is from: later answers have a higher one. */
  position: z.int(),
  serverTimeMs: z.int(),
})
export type OrderView = z.infer<typeof OrderView>

/** Whether somebody sees what staff leave for each other. */
export interface Viewer {
  readonly isStaff: boolean
}

export const viewerOf = (customer: Pick<Customer, 'roles'>): Viewer => ({
  isStaff: hasRoleOf(customer, READING_STAFF),
})

export const orderView = ({ order, position }: ReadOrder, nowMs: number, viewer: Viewer): OrderView => ({
  orderId: order.orderId,
  status: order.status,
  result: resultOf(order),
  ...(order.failureReason === undefined ? {} : { failureReason: order.failureReason }),
  ...(order.cancelledBy === undefined ? {} : { cancelledBy: order.cancelledBy }),
  amount: order.total,
  lines: order.lines,
  taxes: order.taxes,
  paymentMethod: order.paymentMethod,
  locale: order.locale,
  placedAt: iso(order.placedAtMs),
  updatedAt: iso(order.updatedAtMs),
  paymentWindowEndsAt: iso(order.paymentWindowEndsAtMs),
  ...(order.paidAtMs === undefined ? {} : { paidAt: iso(order.paidAtMs) }),
  ...(order.payment === undefined ? {} : { payment: paymentView(order, order.payment) }),
  surplus: order.surplus.map(({ kind, amount, refund }) => ({
    kind,
    amount,
    ...(refund === undefined ? {} : { refund }),
  })),
  refunded: { amountMinor: order.refundedMinor, currency: order.total.currency },
  refunds: order.refunds.map((refund) => refundView(refund, viewer)),
  position,
  serverTimeMs: nowMs,
})

/** A buyer reads neither the note nor who left it; both stay inside the shop. */
const refundView = (refund: OrderRefund, { isStaff }: Viewer): RefundView => {
  const { refundId, kind, amount, status, requestedAtMs, endedAtMs, returning } = refund
  const { note, requestedBy, code } = refund
  return {
    refundId,
    kind,
    amount,
    status,
    requestedAt: iso(requestedAtMs),
    ...(endedAtMs === undefined ? {} : { endedAt: iso(endedAtMs) }),
    returning,
    ...(code === undefined ? {} : { code }),
    ...(isStaff && note !== undefined ? { note } : {}),
    ...(isStaff && requestedBy !== undefined ? { requestedBy } : {}),
  }
}

/** A code that may no longer be paid is not shown, so that nobody pays for an order that has ended. */
export const paymentView = (order: OrderSummary, payment: CurrentAttempt): PaymentView => {
  const { merchantPaymentId, attempt, url, deeplink, expiresAtMs, status, buyerIsConfirming } = payment
  const isPayable = status === 'OPEN' && !isEnded(order)
  return {
    merchantPaymentId,
    attempt,
    ...(isPayable && url !== undefined ? { url } : {}),
    ...(isPayable && deeplink !== undefined ? { deeplink } : {}),
    ...(expiresAtMs === undefined ? {} : { expiresAt: iso(expiresAtMs) }),
    status,
    buyerIsConfirming,
  }
}

/** Whether it can be paid is decided for good. A paid order may still become REFUNDED. */
export const isEnded = ({ status }: Pick<OrderSummary, 'status'>): boolean =>
  status !== 'PENDING' && status !== 'WAITING_PAYMENT'

export const resultOf = ({ status, failureReason }: OrderSummary): Result => {
  switch (status) {
    case 'PENDING':
    case 'WAITING_PAYMENT':
      return 'PENDING'
    case 'PAID':
    // The payment did succeed; that its money went back later is for the status to say.
    case 'REFUNDED':
      return 'SUCCESS'
    case 'FAILED':
      return failureReason === 'PAYMENT_EXPIRED' ? 'TIMEOUT' : 'FAILED'
    case 'CANCELLED':
      return 'FAILED'
    default:
      return impossible(status)
  }
}

export const isOwner = ({ customerId }: Customer, order: OrderSummary): boolean =>
  order.customerId === customerId

export const iso = (epochMs: number): string => new Date(epochMs).toISOString()
