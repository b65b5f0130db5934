import { z } from 'zod'
import { impossible } from '#domain/decider.ts'
import type { Role } from '#platform/identity/port.ts'
import {
  ATTEMPT_STATUSES,
  type CurrentAttempt,
  type OrderSummary,
} from '#projections/order-summary/document.ts'
import type { Customer } from '../plugins/session-cookies.ts'
import type { ReadOrder } from './order-reader.ts'

export const ORDER_STATUSES = ['PENDING', 'WAITING_PAYMENT', 'PAID', 'FAILED', 'CANCELLED'] as const

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
        refund: z.enum(['REQUESTED', 'COMPLETED', 'REJECTED']).optional(),
      }),
    )
    .readonly(),
  /** Where in the log this is from: later answers have a higher one. */
  position: z.int(),
  serverTimeMs: z.int(),
})
export type OrderView = z.infer<typeof OrderView>

export const orderView = ({ order, position }: ReadOrder, nowMs: number): OrderView => ({
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
  position,
  serverTimeMs: nowMs,
})

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

/** PAID, FAILED and CANCELLED absorb: the status never changes again. */
export const isEnded = ({ status }: Pick<OrderSummary, 'status'>): boolean =>
  status === 'PAID' || status === 'FAILED' || status === 'CANCELLED'

export const resultOf = ({ status, failureReason }: OrderSummary): Result => {
  switch (status) {
    case 'PENDING':
    case 'WAITING_PAYMENT':
      return 'PENDING'
    case 'PAID':
      return 'SUCCESS'
    case 'FAILED':
      return failureReason === 'PAYMENT_EXPIRED' ? 'TIMEOUT' : 'FAILED'
    case 'CANCELLED':
      return 'FAILED'
    default:
      return impossible(status)
  }
}

const READING_STAFF: readonly Role[] = ['support', 'operator', 'auditor', 'admin']
const ACTING_STAFF: readonly Role[] = ['support', 'operator', 'admin']

export const isOwner = ({ customerId }: Customer, order: OrderSummary): boolean =>
  order.customerId === customerId

export const mayRead = (customer: Customer, order: OrderSummary): boolean =>
  isOwner(customer, order) || customer.roles.some((role) => READING_STAFF.includes(role))

export const mayAct = (customer: Customer, order: OrderSummary): boolean =>
  isOwner(customer, order) || customer.roles.some((role) => ACTING_STAFF.includes(role))

export const iso = (epochMs: number): string => new Date(epochMs).toISOString()
