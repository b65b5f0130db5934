import type { OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { surplusRefundId, type Placed, type SurplusReturned, type Told } from './owed.ts'

export interface OrderStory {
  readonly placed: Placed
  /** Oldest first. */
  readonly told: readonly Told<OrderEvent | SurplusReturned>[]
}

/** What happened to an order, its surplus payments included, as the log has it now. Undefined when there is no such order. */
export const orderStory = async (
  store: Pick<EventStore, 'read'>,
  orderId: OrderId,
): Promise<OrderStory | undefined> => {
  const told: Told<OrderEvent | SurplusReturned>[] = []
  for await (const recorded of store.read(`order-${orderId}`)) {
    const { id: eventId, createdAtMs } = recorded
    told.push({ event: decodeRecorded(order.codec, recorded), eventId, createdAtMs })
  }
  const first = told[0]?.event
  if (first?.type !== 'OrderPlaced') return undefined
  const surplus = told.flatMap(({ event }) => (event.type === 'SurplusPaymentRecorded' ? [event.data] : []))
  for (const one of surplus) told.push(...(await returned(store, one)))
  return { placed: first.data, told: told.toSorted((a, b) => a.createdAtMs - b.createdAtMs) }
}

const returned = async (
  store: Pick<EventStore, 'read'>,
  surplus: Extract<OrderEvent, { readonly type: 'SurplusPaymentRecorded' }>['data'],
): Promise<readonly Told<SurplusReturned>[]> => {
  const refundId = surplusRefundId(surplus.merchantPaymentId)
  for await (const recorded of store.read(`payment-${surplus.merchantPaymentId}`)) {
    if (recorded.type !== 'RefundCompleted') continue
    const event = decodeRecorded(payment.codec, recorded)
    if (event.type !== 'RefundCompleted' || event.data.refundId !== refundId) continue
    const data = { ...surplus, refundId, atMs: event.data.atMs }
    return [
      {
        event: { type: 'SurplusReturned', data },
        eventId: recorded.id,
        createdAtMs: recorded.createdAtMs,
      },
    ]
  }
  return []
}
