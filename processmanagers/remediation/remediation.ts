import { OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import { stepContext } from '../command-context.ts'
import type { Process } from '../process.ts'

const context = stepContext('remediation')

export interface RemediationOptions {
  readonly commands: CommandRunner
  readonly clock: Clock
}

/**
 * Money an order could not take is to go back by itself: one refund per surplus payment, under an id derived from it, so
 * that however often this is repeated it is the same refund. `refunding` follows it until it is done.
 */
export const remediation = ({ commands, clock }: RemediationOptions): Process<OrderEvent> => ({
  name: 'remediation',
  codec: order.codec,
  handles: ['SurplusPaymentRecorded'],
  key: (recorded) => recorded.metadata.correlationId,
  parallelism: 16,

  onEvent: async (event, recorded) => {
    if (event.type !== 'SurplusPaymentRecorded') return
    const orderId = OrderId.parse(recorded.metadata.correlationId)
    const { merchantPaymentId, amount, kind } = event.data
    const refundId = `${merchantPaymentId}_r1`
    const reason = `surplus-${kind.toLowerCase()}`
    const requested = await commands.run(
      payment,
      merchantPaymentId,
      { type: 'RequestRefund', refundId, amount, reason, atMs: clock.nowMs() },
      context('RequestRefund', refundId, orderId, recorded.id),
    )
    if (requested.kind === 'refused')
      throw new Error(`The refund of ${merchantPaymentId} was refused: ${requested.refusal}`)
  },

  // It sets no alarms. Those an earlier build left in a store are spent on nothing: the refund they were about stands
  // in the log, and `refunding` reads that from its beginning.
  onDeadline: () => Promise.resolve(),
})
