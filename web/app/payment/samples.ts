import type { Order } from '../api/types'

export const NOON_MS = Date.parse('2026-11-20T03:00:00.000Z')
const iso = (afterMs: number): string => new Date(NOON_MS + afterMs).toISOString()

export const openPayment = {
  merchantPaymentId: 'attempt-1',
  attempt: 1,
  url: 'https://pay.invalid/1',
  deeplink: 'paypay://1',
  expiresAt: iso(300_000),
  status: 'OPEN',
  buyerIsConfirming: false,
} as const

/** An order that waits to be paid, at noon, for another quarter of an hour. */
export const waitingOrder = (change: Partial<Order> = {}): Order => ({
  orderId: 'order-1',
  status: 'WAITING_PAYMENT',
  result: 'PENDING',
  amount: { amountMinor: 2_480, currency: 'JPY' },
  lines: [],
  taxes: [],
  paymentMethod: 'PAYPAY',
  locale: 'ja',
  placedAt: iso(0),
  updatedAt: iso(0),
  paymentWindowEndsAt: iso(900_000),
  payment: openPayment,
  surplus: [],
  refunded: { amountMinor: 0, currency: 'JPY' },
  refunds: [],
  position: 10,
  serverTimeMs: NOON_MS,
  channelToken: 'token-1',
  ...change,
})

/** What the socket would say of this order. */
export const newsOf = (order: Order, type = 'UPDATE'): string => {
  const { orderId, status, result, failureReason, payment, position, serverTimeMs } = order
  return JSON.stringify({
    type,
    sequence: position,
    orderId,
    status,
    result,
    failureReason,
    payment,
    paymentWindowEndsAtMs: Date.parse(order.paymentWindowEndsAt),
    serverTimeMs,
  })
}
