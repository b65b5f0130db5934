import { z } from 'zod'
import { impossible } from '#domain/decider.ts'
import { MerchantPaymentId } from '#domain/ids.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import { stepContext } from '../command-context.ts'
import { refundByPayPay } from './paypay-refund.ts'
import { refundToWallet } from './wallet-refund.ts'
import type { RefundingOptions } from './way-of-refunding.ts'

/** One refund that is on its way; it travels in the name of its alarm. */
export const Following = z.object({
  step: z.literal('follow'),
  merchantPaymentId: MerchantPaymentId,
  refundId: z.string(),
  reason: z.string(),
  /** The event that asked for it. */
  causationId: z.string(),
  /** Since when the money is to go back: it is followed up more slowly the longer that takes. */
  sinceMs: z.int(),
})
export type Following = z.infer<typeof Following>

const FIRST_CHECK_MS = 2_000
const LONGEST_CHECK_MS = 60 * 60_000

/** What takes long is looked at ever more seldom, from two seconds to an hour. */
export const patienceMs = (lastedMs: number): number =>
  Math.min(Math.max(lastedMs / 2, FIRST_CHECK_MS), LONGEST_CHECK_MS)

const context = stepContext('refunding')

/**
 * Asks for the refund, or how it goes, and books what is certain. Answers when to ask again; undefined once nothing of
 * it is owed.
 */
export const followRefund = async (
  options: RefundingOptions,
  orderId: string,
  { merchantPaymentId: id, refundId, reason, causationId, sinceMs }: Following,
): Promise<number | undefined> => {
  const { commands, clock } = options
  const state = await commands.state(payment, id)
  if (state.status !== 'succeeded') return undefined
  const refund = state.refunds.get(refundId)
  if (refund?.status !== 'requested') return undefined
  const { amount } = refund
  const nowMs = clock.nowMs()
  const record = (command: PaymentCommand) =>
    commands.run(payment, id, command, context(command.type, refundId, orderId, causationId))

  const giveBack = state.request.account === undefined ? refundByPayPay : refundToWallet
  const due = { orderId, merchantPaymentId: id, payment: state, refundId, amount, reason, causationId }
  const answer = await giveBack(options, due)
  switch (answer.kind) {
    case 'completed':
      await record({ type: 'CompleteRefund', refundId, atMs: nowMs })
      return undefined
    case 'rejected':
      await record({ type: 'RejectRefund', refundId, code: answer.code, atMs: nowMs })
      return undefined
    case 'pending':
      return answer.againAtMs ?? nowMs + patienceMs(nowMs - sinceMs)
    default:
      return impossible(answer)
  }
}
