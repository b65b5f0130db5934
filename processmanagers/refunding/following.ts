import { z } from 'zod'
import { MerchantPaymentId } from '#domain/ids.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import { wayBack } from '#domain/payment/way-back.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import { REFUND_THROTTLED, REFUND_WINDOW_OVER, type PaymentProvider } from '#platform/paypay/port.ts'
import { stepContext } from '../command-context.ts'
import { THROTTLE_MS } from './turns.ts'

export interface RefundingOptions {
  readonly commands: CommandRunner
  readonly provider: PaymentProvider
  readonly clock: Clock
}

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

/** Refusals of this try, not of the refund: the same id may be tried again (reference, tables of errors). */
const PASSING_REFUSALS: ReadonlySet<string> = new Set([REFUND_THROTTLED, 'TRANSACTION_FAILED'])
const FIRST_CHECK_MS = 2_000
const LONGEST_CHECK_MS = 60 * 60_000

/** What takes long is looked at ever more seldom, from two seconds to an hour. */
export const patienceMs = (lastedMs: number): number =>
  Math.min(Math.max(lastedMs / 2, FIRST_CHECK_MS), LONGEST_CHECK_MS)

const context = stepContext('refunding')

/**
 * Asks for the refund, or how it goes, and books what is certain. Answers when to ask again; undefined once nothing of
 * it is owed. The same id answers the earlier result, so asking again and following up are one and the same call.
 */
export const followRefund = async (
  { commands, provider, clock }: RefundingOptions,
  orderId: string,
  { merchantPaymentId: id, refundId, reason, causationId, sinceMs }: Following,
): Promise<number | undefined> => {
  const state = await commands.state(payment, id)
  if (state.status !== 'succeeded') return undefined
  const refund = state.refunds.get(refundId)
  if (refund?.status !== 'requested') return undefined
  const { paymentId, succeededAtMs } = state
  const { amountMinor, currency } = refund.amount
  if (currency !== 'JPY') throw new Error(`PayPay refunds yen, not ${currency}`)
  const nowMs = clock.nowMs()
  const record = (command: PaymentCommand) =>
    commands.run(payment, id, command, context(command.type, refundId, orderId, causationId))

  const isTooLate = wayBack({ outcome: 'captured', succeededAtMs }, nowMs) === 'none'
  const answer = isTooLate
    ? ({ kind: 'refused', code: REFUND_WINDOW_OVER } as const)
    : await provider.refundPayment({
        merchantRefundId: refundId,
        paymentId,
        amountMinor,
        currency,
        requestedAtMs: nowMs,
        reason,
      })
  if (answer.kind === 'refused' && PASSING_REFUSALS.has(answer.code)) return nowMs + THROTTLE_MS
  let isDone = answer.kind === 'ok' && answer.value.status === 'REFUNDED'
  if (answer.kind === 'refused' || (answer.kind === 'ok' && !isDone)) {
    const details = await provider.refundDetails(refundId, paymentId)
    const isUnknownThere = details.kind === 'ok' && details.value.kind === 'not-found'
    // A refusal is of this try alone: an earlier one, whose answer was lost, may have been accepted.
    if (answer.kind === 'refused' && isUnknownThere) {
      await record({ type: 'RejectRefund', refundId, code: answer.code, atMs: nowMs })
      return undefined
    }
    isDone = details.kind === 'ok' && details.value.kind === 'found' && details.value.status === 'REFUNDED'
  }
  if (!isDone) return nowMs + patienceMs(nowMs - sinceMs)
  await record({ type: 'CompleteRefund', refundId, atMs: nowMs })
  return undefined
}
