import { z } from 'zod'
import { FailureReason } from '#domain/order/events.ts'
import type { OrderSummary } from '#projections/order-summary/document.ts'
import { iso, MoneyView } from '../orders/order-view.ts'

/** Something about money that a customer wants to hear of wherever they are in the shop. Nothing in it is personal. */
export const News = z
  .object({
    type: z
      .enum(['ORDER_PAID', 'PAYMENT_FAILED', 'REFUND_DONE'])
      .describe(
        'ORDER_PAID: the money has arrived. PAYMENT_FAILED: the order ended without payment. REFUND_DONE: money has gone back.',
      ),
    id: z.string().describe('The same wherever and whenever it is told: pass over what was shown already.'),
    orderId: z.string(),
    amount: MoneyView.describe('The order’s, or what has gone back.'),
    reason: FailureReason.optional().describe('Only with PAYMENT_FAILED.'),
    isWhole: z.boolean().optional().describe('Only with REFUND_DONE: nothing is left to go back.'),
    at: z.string(),
    isLate: z
      .boolean()
      .describe('It happened before this socket was opened, so another tab may have shown it.'),
  })
  .describe('What happened to one of my orders.')
export type News = Readonly<z.infer<typeof News>>

/** What the server says besides news. */
export const ChannelWord = z
  .object({
    type: z
      .enum(['READY', 'PONG'])
      .describe('READY: from now on nothing is missed. PONG: an answer to a question.'),
    serverTimeMs: z.int(),
  })
  .describe('READY once, when the socket has been opened; PONG to a PING.')
export type ChannelWord = Readonly<z.infer<typeof ChannelWord>>

export type Told = Omit<News, 'isLate'> & { readonly atMs: number }

/**
 * What an order has to tell, from its read model alone, so that whoever follows the log and whoever looks later tell the
 * same. Money that the order could not take is told of when it has gone back.
 */
export const newsOf = (order: OrderSummary): readonly Told[] => {
  const { orderId, total, paidAtMs, status, failureReason } = order
  const told = (
    id: string,
    atMs: number,
    news: Pick<Told, 'type' | 'amount' | 'reason' | 'isWhole'>,
  ): Told => ({
    ...news,
    id,
    orderId,
    at: iso(atMs),
    atMs,
  })
  return [
    ...(paidAtMs === undefined
      ? []
      : [told(`paid-${orderId}`, paidAtMs, { type: 'ORDER_PAID', amount: total })]),
    ...(status === 'FAILED' && failureReason !== undefined
      ? [
          told(`failed-${orderId}`, order.updatedAtMs, {
            type: 'PAYMENT_FAILED',
            amount: total,
            reason: failureReason,
          }),
        ]
      : []),
    ...order.refunds.flatMap(({ refundId, status: how, endedAtMs, kind, amount }) =>
      how === 'COMPLETED' && endedAtMs !== undefined
        ? [
            told(`refund-${refundId}`, endedAtMs, {
              type: 'REFUND_DONE',
              amount,
              isWhole: kind === 'surplus' || order.refundedMinor >= total.amountMinor,
            }),
          ]
        : [],
    ),
  ]
}
