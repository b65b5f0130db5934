import { z } from 'zod'
import { RefundId, type OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import { isPaid } from '#domain/order/state.ts'
import { stock } from '#domain/stock/aggregate.ts'
import { stepContext } from '../command-context.ts'
import { patienceMs } from './following.ts'
import type { RefundingOptions } from './way-of-refunding.ts'

/** Units of one refund that are to go back on sale; they travel in the name of their alarm. */
export const Returning = z.object({
  step: z.literal('return'),
  refundId: RefundId,
  /** The event that says the money has gone back. */
  causationId: z.string(),
  sinceMs: z.int(),
})
export type Returning = z.infer<typeof Returning>

const context = stepContext('refunding')

/**
 * Puts the units of a completed refund back on sale, each line once. Answers when to try again, because the sale itself
 * may not be booked yet: checkout follows the order on its own. Undefined once all units are back.
 */
export const returnUnits = async (
  { commands, clock }: Pick<RefundingOptions, 'commands' | 'clock'>,
  orderId: OrderId,
  { refundId, causationId, sinceMs }: Returning,
): Promise<number | undefined> => {
  const state = await commands.state(order, orderId)
  const refund = isPaid(state) ? state.refunds.get(refundId) : undefined
  if (refund?.status !== 'completed') return undefined
  const nowMs = clock.nowMs()
  let isOwed = false
  for (const { productId, quantity } of refund.returning) {
    const returnId = `${refundId}:${productId}`
    const outcome = await commands.run(
      stock,
      productId,
      { type: 'ReturnStock', returnId, reservationId: orderId, orderId, quantity, atMs: nowMs },
      context('return', returnId, orderId, causationId),
    )
    if (outcome.kind !== 'refused') continue
    if (outcome.refusal !== 'return-exceeds-sold')
      throw new Error(`Stock of ${productId} refused the return ${returnId}: ${outcome.refusal}`)
    isOwed = true
  }
  return isOwed ? nowMs + patienceMs(nowMs - sinceMs) : undefined
}
