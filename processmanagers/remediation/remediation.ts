import { z } from 'zod'
import { MerchantPaymentId, OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import { REFUND_THROTTLED, type PaymentProvider } from '#platform/paypay/port.ts'
import { stepContext } from '../command-context.ts'
import type { Deadlines, Process } from '../process.ts'

const context = stepContext('remediation')

const THROTTLE_MS = 60_000
/** Refusals of this try, not of the refund: the same id may be tried again (reference, tables of errors). */
const PASSING_REFUSALS: ReadonlySet<string> = new Set([REFUND_THROTTLED, 'TRANSACTION_FAILED'])
const FIRST_CHECK_MS = 2_000
const LONGEST_CHECK_MS = 60 * 60_000

export interface RemediationOptions {
  readonly commands: CommandRunner
  readonly provider: PaymentProvider
  readonly clock: Clock
}

/** What an alarm of this process is about. */
const Refunding = z.object({
  merchantPaymentId: MerchantPaymentId,
  causationId: z.string(),
  /** Since when the money is to go back: it is followed up more slowly the longer that takes. */
  sinceMs: z.int(),
})

/**
 * Money an order could not take goes back by itself: one refund per surplus payment, under an id derived from it, so
 * that a lost answer repeats the same refund. What is owed stands in the payment stream; it is followed until done.
 */
export const remediation = ({ commands, provider, clock }: RemediationOptions): Process<OrderEvent> => {
  const refundIdOf = (id: MerchantPaymentId): string => `${id}_r1`
  const alarmOf = (about: z.infer<typeof Refunding>): string => JSON.stringify(about)

  const record = (orderId: string, id: MerchantPaymentId, command: PaymentCommand, causationId: string) =>
    commands.run(payment, id, command, context(command.type, refundIdOf(id), orderId, causationId))

  return {
    name: 'remediation',
    codec: order.codec,
    handles: ['SurplusPaymentRecorded'],
    key: (recorded) => recorded.metadata.correlationId,
    parallelism: 16,

    onEvent: async (event, recorded, deadlines) => {
      if (event.type !== 'SurplusPaymentRecorded') return
      const orderId = OrderId.parse(recorded.metadata.correlationId)
      const { merchantPaymentId, amount, kind } = event.data
      const requested = await record(
        orderId,
        merchantPaymentId,
        {
          type: 'RequestRefund',
          refundId: refundIdOf(merchantPaymentId),
          amount,
          reason: `surplus-${kind.toLowerCase()}`,
          atMs: clock.nowMs(),
        },
        recorded.id,
      )
      if (requested.kind === 'refused')
        throw new Error(`The refund of ${merchantPaymentId} was refused: ${requested.refusal}`)
      deadlines.set(
        alarmOf({ merchantPaymentId, causationId: recorded.id, sinceMs: recorded.createdAtMs }),
        clock.nowMs(),
      )
    },

    onDeadline: async (key, name, deadlines: Deadlines) => {
      const about = Refunding.parse(JSON.parse(name))
      const { merchantPaymentId: id, causationId, sinceMs } = about
      const state = await commands.state(payment, id)
      if (state.status !== 'succeeded') return
      const refundId = refundIdOf(id)
      const refund = state.refunds.get(refundId)
      if (refund?.status !== 'requested') return
      if (refund.amount.currency !== 'JPY')
        throw new Error(`PayPay refunds yen, not ${refund.amount.currency}`)
      const nowMs = clock.nowMs()
      // The same id answers the earlier result, so asking again and following up are one and the same call.
      const answer = await provider.refundPayment({
        merchantRefundId: refundId,
        paymentId: state.paymentId,
        amountMinor: refund.amount.amountMinor,
        currency: 'JPY',
        requestedAtMs: nowMs,
        reason: 'surplus payment',
      })
      if (answer.kind === 'refused' && PASSING_REFUSALS.has(answer.code)) {
        deadlines.set(name, nowMs + THROTTLE_MS)
        return
      }
      let done = answer.kind === 'ok' && answer.value.status === 'REFUNDED'
      if (answer.kind === 'refused' || (answer.kind === 'ok' && !done)) {
        const details = await provider.refundDetails(refundId, state.paymentId)
        const isUnknownThere = details.kind === 'ok' && details.value.kind === 'not-found'
        // A refusal is of this try alone: an earlier one, whose answer was lost, may have been accepted.
        if (answer.kind === 'refused' && isUnknownThere) {
          await record(
            key,
            id,
            { type: 'RejectRefund', refundId, code: answer.code, atMs: nowMs },
            causationId,
          )
          return
        }
        done = details.kind === 'ok' && details.value.kind === 'found' && details.value.status === 'REFUNDED'
      }
      if (done) {
        await record(key, id, { type: 'CompleteRefund', refundId, atMs: nowMs }, causationId)
        return
      }
      const waitMs = Math.min(Math.max((nowMs - sinceMs) / 2, FIRST_CHECK_MS), LONGEST_CHECK_MS)
      deadlines.set(name, nowMs + waitMs)
    },
  }
}
