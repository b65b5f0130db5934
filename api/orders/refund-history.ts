import type { MerchantPaymentId, OrderId, RefundId } from '#domain/ids.ts'
import type { Money } from '#domain/money/money.ts'
import { orderCodec } from '#domain/order/codec.ts'
import type { OrderLine, ReturnedLine } from '#domain/order/events.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import type { EventStore, Position } from '#platform/eventstore/port.ts'

/** A refund as its request stands in the log. */
export interface AskedRefund {
  readonly amount: Money
  readonly returning: readonly ReturnedLine[]
  readonly commandId: string
  readonly position: Position
  readonly isRejected: boolean
}

/** What an order's own stream says about its payment and what goes back of it. */
export interface RefundHistory {
  readonly currency: Money['currency']
  readonly lines: readonly Pick<OrderLine, 'productId' | 'quantity'>[]
  /** The attempt that paid the order; absent while none has. */
  readonly paidWith: MerchantPaymentId | undefined
  readonly asked: ReadonlyMap<RefundId, AskedRefund>
}

/** Far more events than one order's stream ever has. */
const LONGEST_STREAM = 10_000

/** Read from the log, not from the read model, which may be behind. Undefined when nothing was placed under this id. */
export const refundHistory = async (
  eventStore: EventStore,
  orderId: OrderId,
): Promise<RefundHistory | undefined> => {
  let placed: Pick<RefundHistory, 'currency' | 'lines'> | undefined
  let paidWith: MerchantPaymentId | undefined
  const asked = new Map<RefundId, AskedRefund>()
  for await (const recorded of eventStore.read(`order-${orderId}`, 0, LONGEST_STREAM)) {
    const event = decodeRecorded(orderCodec, recorded)
    if (event.type === 'OrderPlaced')
      placed = { currency: event.data.total.currency, lines: event.data.lines }
    if (event.type === 'OrderPaid') paidWith = event.data.merchantPaymentId
    if (event.type === 'OrderRefundRequested') {
      const { refundId, amount, returning } = event.data
      const { position, metadata } = recorded
      const { commandId } = metadata
      asked.set(refundId, { amount, returning, commandId, position, isRejected: false })
    }
    if (event.type === 'OrderRefundRejected') {
      const rejected = asked.get(event.data.refundId)
      if (rejected !== undefined) asked.set(event.data.refundId, { ...rejected, isRejected: true })
    }
  }
  return placed === undefined ? undefined : { ...placed, paidWith, asked }
}
