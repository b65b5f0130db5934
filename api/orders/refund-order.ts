import { createHash } from 'node:crypto'
import { z } from 'zod'
import { RefundId, type MerchantPaymentId, type OrderId } from '#domain/ids.ts'
import { MAX_AMOUNT_MINOR, type Money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import { MAX_REFUND_REASON_LENGTH, type ReturnedLine } from '#domain/order/events.ts'
import type { CommandContext } from '#platform/commands/runner.ts'
import type { Position } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { Items } from '../items.ts'
import { Problem } from '../problems.ts'
import { requestHash } from '../request-hash.ts'
import { refusalProblem } from './refusals.ts'
import { refundHistory, type AskedRefund, type RefundHistory } from './refund-history.ts'

/**
 * What staff may ask for. Whose payment it is taken from and in which currency is the order's to say. A member by another
 * name is refused: a misspelt amount would be taken for all that is left.
 */
export const RefundRequest = z.strictObject({
  /** All that is left when absent. */
  amountMinor: z.int().min(1).max(MAX_AMOUNT_MINOR).optional(),
  /** A note for the shop's staff. It stays in the log for good, so it names no person. */
  reason: z.string().trim().min(1).max(MAX_REFUND_REASON_LENGTH),
  /** Units that go back on sale once the money has gone back; `all` is whatever is not coming back already. */
  returning: z.union([z.literal('all'), Items]).optional(),
})
export type RefundRequest = z.infer<typeof RefundRequest>

export interface RefundOrder {
  readonly orderId: OrderId
  /** `staff:{id}`. */
  readonly actor: string
  readonly idempotencyKey: string
  readonly body: RefundRequest
  readonly request: Pick<CommandContext, 'causationId' | 'traceparent'>
}

export interface RequestedRefund {
  readonly refundId: RefundId
  readonly amount: Money
  /** Where `OrderRefundRequested` stands in the log, the same for every repeat. */
  readonly position: Position
}

type RefundingDependencies = Pick<ApiDependencies, 'clock' | 'commands' | 'eventStore'>

/**
 * Asks for a refund, once per order and key: its id is derived from both, and its command's id from the body as well. So
 * a repeat after any crash is the same refund, and the same key with another body is told from it by the log alone.
 * @throws Problem `order-not-found`, `idempotency-key-reused`, or the order's own refusal.
 */
export const orderRefunding =
  ({ clock, commands, eventStore }: RefundingDependencies) =>
  async ({ orderId, actor, idempotencyKey, body, request }: RefundOrder): Promise<RequestedRefund> => {
    const before = await refundHistory(eventStore, orderId)
    if (before === undefined) throw new Problem('order-not-found')
    if (before.paidWith === undefined) throw new Problem('order-not-paid')
    const refundId = refundIdOf(before.paidWith, orderId, idempotencyKey)
    const commandId = derivedId('request-order-refund', refundId, requestHash(body))

    const asked = before.asked.get(refundId)
    if (asked !== undefined) return repeated(refundId, asked, commandId)

    const { amountMinor, reason, returning = [] } = body
    const outcome = await commands.run(
      order,
      orderId,
      {
        type: 'RequestOrderRefund',
        refundId,
        ...(amountMinor === undefined ? {} : { amount: { amountMinor, currency: before.currency } }),
        reason,
        returning: returning === 'all' ? stillWithTheBuyer(before) : returning,
        requestedBy: actor,
        atMs: clock.nowMs(),
      },
      { commandId, correlationId: orderId, actor, ...request },
    )
    if (outcome.kind === 'refused') throw refusalProblem(outcome.refusal)
    // Somebody with the same key may have been first; what stands in the log is the answer to both.
    const recorded = (await refundHistory(eventStore, orderId))?.asked.get(refundId)
    if (recorded === undefined) throw new Error(`order-${orderId} took ${refundId} and does not hold it`)
    return repeated(refundId, recorded, commandId)
  }

const repeated = (refundId: RefundId, asked: AskedRefund, commandId: string): RequestedRefund => {
  if (asked.commandId !== commandId) throw new Problem('idempotency-key-reused')
  return { refundId, amount: asked.amount, position: asked.position }
}

const HASH_LENGTH = 16

/** Fits the provider's 64 characters with the longest attempt id there is. */
const refundIdOf = (paidWith: MerchantPaymentId, orderId: OrderId, key: string): RefundId => {
  const hash = createHash('sha256').update(`${orderId}\u001f${key}`).digest('hex').slice(0, HASH_LENGTH)
  return RefundId.parse(`${paidWith}_s${hash}`)
}

const stillWithTheBuyer = ({ lines, asked }: RefundHistory): ReturnedLine[] => {
  const coming = [...asked.values()].filter(({ isRejected }) => !isRejected).flatMap((one) => one.returning)
  return lines
    .map(({ productId, quantity }) => ({
      productId,
      quantity: coming.reduce(
        (left, line) => (line.productId === productId ? left - line.quantity : left),
        quantity,
      ),
    }))
    .filter(({ quantity }) => quantity > 0)
}
