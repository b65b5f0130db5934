import type { RecordedEvent } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { decode, type Logged } from '#projections/events.ts'
import { ORDER_SUMMARY } from '#projections/order-summary/collection.ts'
import type { OrderSummary } from '#projections/order-summary/document.ts'
import { orderSummary } from '#projections/order-summary/projection.ts'
import type { Violation } from './violation.ts'

type Summarized = Parameters<typeof orderSummary.evolve>[1]

const isSummarized = (event: Logged): event is Summarized =>
  orderSummary.handles.some((type) => type === event.type)

/** I9: the stored documents are what the log comes to when it is folded once, from its start. */
export const readModelDiffers = async (
  events: readonly RecordedEvent[],
  readStore: ReadStore,
): Promise<readonly Omit<Violation, 'atMs'>[]> => {
  const folded = new Map<string, OrderSummary>()
  const handled = new Set<string>(orderSummary.handles)
  for (const recorded of events) {
    if (!handled.has(recorded.type)) continue
    const event = decode(recorded)
    if (!isSummarized(event)) continue
    const key = orderSummary.key(event)
    const document = orderSummary.evolve(folded.get(key), event)
    if (document !== undefined && document !== 'delete') folded.set(key, document)
  }
  const stored = await readStore.load<OrderSummary>(ORDER_SUMMARY.name, [...folded.keys()])
  return [...folded]
    .filter(([orderId, document]) => JSON.stringify(stored.get(orderId)?.body) !== JSON.stringify(document))
    .map(([orderId, document]) => ({
      rule: 'I9',
      message: 'A document is not what its events come to',
      orderId,
      facts: { stored: String(stored.get(orderId)?.body.status), folded: document.status },
    }))
}
