import type { ReadStore, StoredDocument } from '#platform/readstore/port.ts'
import { ORDER_TIMELINE } from './collection.ts'
import type { OrderTimeline } from './document.ts'

export interface OrderTimelineQueries {
  /** Undefined when the order is unknown. Says nothing about who may see it. */
  readonly byId: (orderId: string) => Promise<StoredDocument<OrderTimeline> | undefined>
}

export const orderTimelineQueries = (readStore: ReadStore): OrderTimelineQueries => ({
  byId: (orderId) => readStore.get<OrderTimeline>(ORDER_TIMELINE.name, orderId),
})
