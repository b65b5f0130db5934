import { z } from 'zod'
import { MerchantPaymentId, OrderId, RefundId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import type { CompleteOrderRefund, RejectOrderRefund } from '#domain/order/commands.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import { isPaid } from '#domain/order/state.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import { joinCodecs } from '#platform/eventstore/join-codecs.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { stepContext } from '../command-context.ts'
import type { Deadlines, Process } from '../process.ts'
import { Following, followRefund } from './following.ts'
import { Returning, returnUnits } from './returning.ts'
import { turnOf } from './turns.ts'
import type { RefundingOptions } from './way-of-refunding.ts'

const context = stepContext('refunding')

const Alarm = z.discriminatedUnion('step', [Following, Returning])
type Alarm = z.infer<typeof Alarm>

/**
 * Follows every refund until it is done, whoever asked for it. What staff request of an order becomes a refund of the
 * order's payment; what the provider said of that one ends the request; and once the money has gone back, so do the
 * units. All of it stands in the streams: this process remembers nothing but when to look again.
 */
export const refunding = (options: RefundingOptions): Process<OrderEvent | PaymentEvent> => {
  const { commands, clock } = options

  const act = async (orderId: OrderId, alarm: Alarm, deadlines: Deadlines): Promise<void> => {
    const againMs =
      alarm.step === 'follow'
        ? await followRefund(options, orderId, alarm)
        : await returnUnits(options, orderId, alarm)
    if (againMs !== undefined) deadlines.set(JSON.stringify(alarm), againMs)
  }

  /** How a refund of the payment ended is how the order's ended, if staff asked for it there; surplus is not the order's. */
  const endOrders = async (
    orderId: OrderId,
    command: CompleteOrderRefund | RejectOrderRefund,
    causationId: string,
  ): Promise<void> => {
    const state = await commands.state(order, orderId)
    if (!isPaid(state) || !state.refunds.has(command.refundId)) return
    const { type, refundId } = command
    const outcome = await commands.run(order, orderId, command, context(type, refundId, orderId, causationId))
    if (outcome.kind === 'refused')
      throw new Error(`Order ${orderId} refused the end of ${refundId}: ${outcome.refusal}`)
  }

  return {
    name: 'refunding',
    codec: joinCodecs<[OrderEvent, PaymentEvent]>(order.codec, payment.codec),
    handles: [
      'OrderRefundRequested',
      'RefundRequested',
      'RefundCompleted',
      'RefundRejected',
      'OrderPartlyRefunded',
      'OrderRefunded',
    ],
    key: (recorded) => recorded.metadata.correlationId,
    parallelism: 16,

    onEvent: async (event, recorded, deadlines) => {
      const orderId = OrderId.parse(recorded.metadata.correlationId)
      const atMs = clock.nowMs()
      switch (event.type) {
        case 'OrderRefundRequested': {
          const { refundId, merchantPaymentId, amount } = event.data
          const requested = await commands.run(
            payment,
            merchantPaymentId,
            // The staff's note stays with the order; the provider and its books need no more than whose wish it was.
            { type: 'RequestRefund', refundId, amount, reason: 'requested-by-staff', atMs },
            context('RequestRefund', refundId, orderId, recorded.id),
          )
          if (requested.kind === 'refused')
            throw new Error(`Payment ${merchantPaymentId} refused ${refundId}: ${requested.refusal}`)
          return
        }
        case 'RefundRequested': {
          const merchantPaymentId = merchantPaymentIdFrom(recorded)
          const { refundId, reason } = event.data
          const state = await commands.state(payment, merchantPaymentId)
          if (state.status !== 'succeeded' || state.refunds.get(refundId)?.status !== 'requested') return
          const following = { merchantPaymentId, refundId, reason, causationId: recorded.id }
          const alarm: Alarm = { step: 'follow', ...following, sinceMs: recorded.createdAtMs }
          // Only PayPay wants them one after another.
          const isByTurns = state.request.account === undefined
          const turnMs = isByTurns ? turnOf(state.refunds, refundId) : atMs
          deadlines.set(JSON.stringify(alarm), Math.max(atMs, turnMs))
          return
        }
        case 'RefundCompleted': {
          const refundId = RefundId.parse(event.data.refundId)
          return endOrders(orderId, { type: 'CompleteOrderRefund', refundId, atMs }, recorded.id)
        }
        case 'RefundRejected': {
          const refundId = RefundId.parse(event.data.refundId)
          const { code } = event.data
          return endOrders(orderId, { type: 'RejectOrderRefund', refundId, code, atMs }, recorded.id)
        }
        case 'OrderPartlyRefunded':
        case 'OrderRefunded': {
          const { refundId } = event.data
          const sinceMs = recorded.createdAtMs
          return act(orderId, { step: 'return', refundId, causationId: recorded.id, sinceMs }, deadlines)
        }
        default:
          return
      }
    },

    onDeadline: (key, name, deadlines) => act(OrderId.parse(key), Alarm.parse(JSON.parse(name)), deadlines),
  }
}

const merchantPaymentIdFrom = (recorded: RecordedEvent): MerchantPaymentId =>
  MerchantPaymentId.parse(recorded.stream.slice('payment-'.length))
