import { z } from 'zod'
import type { ReadOrder } from '../orders/order-reader.ts'
import { paymentView, resultOf, type PaymentView, type Result } from '../orders/order-view.ts'

/** What the server says about an order; `sequence` never gets smaller on one connection. */
export interface OrderMessage {
  readonly type: 'SNAPSHOT' | 'UPDATE' | 'PONG'
  /** The position of the order's read model. */
  readonly sequence: number
  readonly orderId: string
  readonly status: string
  readonly result: Result
  readonly failureReason?: string
  readonly payment?: PaymentView
  readonly paymentWindowEndsAtMs: number
  readonly serverTimeMs: number
}

export const orderMessage = (
  type: OrderMessage['type'],
  { order, position }: ReadOrder,
  serverTimeMs: number,
): OrderMessage => ({
  type,
  sequence: position,
  orderId: order.orderId,
  status: order.status,
  result: resultOf(order),
  ...(order.failureReason === undefined ? {} : { failureReason: order.failureReason }),
  ...(order.payment === undefined ? {} : { payment: paymentView(order, order.payment) }),
  paymentWindowEndsAtMs: order.paymentWindowEndsAtMs,
  serverTimeMs,
})

const Question = z.object({ type: z.string().regex(/^(ping|status)$/i) })
const BARE_QUESTION = /^"?(ping|status)"?$/i

/** Whether a client asks `PING` or `STATUS`, as a bare word or as `{"type": …}`; anything else is passed over. */
export const isQuestion = (text: string): boolean => {
  if (BARE_QUESTION.test(text.trim())) return true
  try {
    return Question.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}
