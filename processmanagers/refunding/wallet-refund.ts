import { account as accounts } from '#domain/account/aggregate.ts'
import { RefundId } from '#domain/ids.ts'
import { stepContext } from '../command-context.ts'
import type { RefundAnswer, RefundDue, RefundingOptions } from './way-of-refunding.ts'

const context = stepContext('refunding')

/**
 * Puts the money back into the wallet that paid it, once per refund id: a life that died before the books said so finds
 * it there. A wallet never refuses what is its own; if it does, the books are wrong, and the key is parked for a person.
 */
export const refundToWallet = async (
  { commands, clock }: Pick<RefundingOptions, 'commands' | 'clock'>,
  { orderId, merchantPaymentId: debitId, payment: { request }, refundId, amount, causationId }: RefundDue,
): Promise<RefundAnswer> => {
  const { account } = request
  if (account === undefined) throw new Error(`${debitId} was not paid from a wallet`)
  const credited = await commands.run(
    accounts,
    account,
    { type: 'RefundFunds', refundId: RefundId.parse(refundId), debitId, amount, atMs: clock.nowMs() },
    context('credit', refundId, orderId, causationId),
  )
  if (credited.kind === 'refused')
    throw new Error(`The wallet refused ${refundId} of ${debitId}: ${credited.refusal}`)
  return { kind: 'completed' }
}
