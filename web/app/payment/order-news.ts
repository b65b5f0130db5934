import type { Order } from '../api/types'
import { isOnItsWayBack } from './refund-story.ts'

const STATUSES = ['PENDING', 'WAITING_PAYMENT', 'PAID', 'FAILED', 'CANCELLED', 'REFUNDED'] as const
const RESULTS = ['PENDING', 'SUCCESS', 'FAILED', 'TIMEOUT'] as const

/** What the order's socket says; a snapshot or an update of everything but lines, times of the past and refunds. */
export interface OrderNews extends Pick<
  Order,
  'orderId' | 'status' | 'result' | 'failureReason' | 'payment'
> {
  /** Comparable with an order's `position`: whatever is lower is from before. */
  readonly sequence: number
  readonly paymentWindowEndsAtMs: number
  readonly serverTimeMs: number
}

const isOneOf = <T extends string>(known: readonly T[], word: unknown): word is T =>
  (known as readonly unknown[]).includes(word)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isPayment = (value: unknown): value is NonNullable<Order['payment']> =>
  isRecord(value) &&
  typeof value.merchantPaymentId === 'string' &&
  typeof value.attempt === 'number' &&
  typeof value.status === 'string' &&
  typeof value.buyerIsConfirming === 'boolean'

/** A message of the socket, or undefined for what is not one: a broken message is less than none. */
export const readNews = (text: string, orderId: string): OrderNews | undefined => {
  let told: unknown
  try {
    told = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(told) || told.orderId !== orderId) return undefined
  const { sequence, status, result, failureReason, payment, paymentWindowEndsAtMs, serverTimeMs } = told
  if (
    typeof sequence !== 'number' ||
    typeof serverTimeMs !== 'number' ||
    typeof paymentWindowEndsAtMs !== 'number'
  )
    return undefined
  if (!isOneOf(STATUSES, status) || !isOneOf(RESULTS, result)) return undefined
  if (payment !== undefined && !isPayment(payment)) return undefined
  return {
    orderId,
    sequence,
    status,
    result,
    paymentWindowEndsAtMs,
    serverTimeMs,
    ...(typeof failureReason === 'string' ? { failureReason } : {}),
    ...(payment === undefined ? {} : { payment }),
  }
}

/** The order with the news in it; what the news does not speak of stays as it was. */
export const withNews = (
  { failureReason: _reason, payment: _payment, ...order }: Order,
  { sequence, paymentWindowEndsAtMs, ...news }: OrderNews,
): Order => ({
  ...order,
  ...news,
  position: sequence,
  paymentWindowEndsAt: new Date(paymentWindowEndsAtMs).toISOString(),
})

/** Whether it is paid is decided for good. */
export const hasEnded = ({ status }: Pick<Order, 'status'>): boolean =>
  status !== 'PENDING' && status !== 'WAITING_PAYMENT'

/** Nothing of this order is on its way any more, refunds included. Money may still come late for an unpaid one. */
export const isAtRest = (order: Pick<Order, 'status' | 'surplus' | 'refunds'>): boolean => {
  const areRefundsDone = !isOnItsWayBack(order)
  return order.status === 'PAID' || order.status === 'REFUNDED'
    ? areRefundsDone
    : hasEnded(order) && areRefundsDone && order.surplus.length > 0
}
