import type { ReadStore, StoredDocument } from '#platform/readstore/port.ts'
import { spanOf, type Page, type PageRequest } from '../page.ts'
import { ORDER_SUMMARY } from './collection.ts'
import type { OrderStatus, OrderSummary } from './document.ts'

export interface OrdersOfCustomer extends PageRequest {
  readonly customerId: string
  readonly status?: OrderStatus
}

export interface OrderSummaryQueries {
  /** With the document's position, which is the sequence number sockets send. Says nothing about who may see it. */
  readonly byId: (orderId: string) => Promise<StoredDocument<OrderSummary> | undefined>
  /** Newest first. */
  readonly ofCustomer: (wanted: OrdersOfCustomer) => Promise<Page<OrderSummary>>
}

export const orderSummaryQueries = (readStore: ReadStore): OrderSummaryQueries => ({
  byId: (orderId) => readStore.get<OrderSummary>(ORDER_SUMMARY.name, orderId),
  ofCustomer: async ({ customerId, status, page, size }) => {
    const { items, total } = await readStore.find<OrderSummary>(ORDER_SUMMARY.name, {
      where: { customerId, ...(status === undefined ? {} : { status }) },
      sort: { by: 'placedPosition', direction: 'desc' },
      ...spanOf({ page, size }),
    })
    return { items: items.map(({ body }) => body), total, page, size }
  },
})
