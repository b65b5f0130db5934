import { z } from 'zod'
import type { ReadOrder } from '../orders/order-reader.ts'
import { ORDER_STATUSES, paymentView, PaymentView, Result, resultOf } from '../orders/order-view.ts'

/** What the server says about an order; `sequence` never gets smaller on one connection. */
export const OrderMessage = z
  .object({
    type: z
      .enum(['SNAPSHOT', 'UPDATE', 'PONG'])
      .describe(
        'SNAPSHOT: the order as it is, on connecting, when asked, and again when it has ended. UPDATE: it has changed. PONG: an answer to a question.',
      ),
    sequence: z
      .int()
      .describe('The position of the order’s read model; pass over what is below the last one.'),
    orderId: z.string(),
    status: z.enum(ORDER_STATUSES),
    result: Result.describe('Has the money question been settled, and how.'),
    failureReason: z.string().optional(),
    payment: PaymentView.optional().describe('The attempt whose code is shown.'),
    paymentWindowEndsAtMs: z.int(),
    serverTimeMs: z.int().describe('The server’s clock, for countdowns on devices whose own is wrong.'),
  })
  .describe('What the server says about an order.')
export type OrderMessage = Readonly<z.infer<typeof OrderMessage>>

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

/** What a client may ask, besides the bare words. */
export const Question = z
  .object({ type: z.string().regex(/^(ping|status)$/i) })
  .describe(
    'PING or STATUS, in capitals or not, as an object or as a bare word: the answer is a PONG and a SNAPSHOT.',
  )
const BARE_QUESTION = /^"?(ping|status)"?$/i

/** What a client may ask on its own channel. */
export const PingQuestion = z
  .object({ type: z.string().regex(/^ping$/i) })
  .describe('PING, in capitals or not, as an object or as a bare word: the answer is a PONG.')
const BARE_PING = /^"?ping"?$/i

/** Whether a client asks `PING`, as a bare word or as `{"type": "PING"}`. */
export const isPing = (text: string): boolean => {
  if (BARE_PING.test(text.trim())) return true
  try {
    return PingQuestion.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

/** Whether a client asks `PING` or `STATUS`, as a bare word or as `{"type": …}`; anything else is passed over. */
export const isQuestion = (text: string): boolean => {
  if (BARE_QUESTION.test(text.trim())) return true
  try {
    return Question.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}
