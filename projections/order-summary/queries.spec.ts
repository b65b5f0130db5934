import { beforeEach, describe, expect, it } from 'vitest'
import * as order from '#domain/order/samples.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { givenEvents, type Entry } from '../given.ts'
import { emptyReadStore } from '../empty-read-store.ts'
import { ORDER_SUMMARY } from './collection.ts'
import type { OrderStatus } from './document.ts'
import { orderSummary } from './projection.ts'
import { orderSummaryQueries } from './queries.ts'

const entry: Entry = {
  stream: `order-${order.orderId}`,
  event: order.placed,
  metadata: { correlationId: order.orderId },
}

describe('order summaries', () => {
  let readStore: ReadStore
  const put = async (
    orderId: string,
    customerId: string,
    status: OrderStatus,
    position: number,
  ): Promise<void> => {
    const { document } = givenEvents(orderSummary, entry)
    const body = { ...document, orderId, customerId, status, placedPosition: position }
    await readStore.commit({
      writes: [{ kind: 'put', collection: ORDER_SUMMARY.name, id: orderId, position: position + 1, body }],
    })
  }

  beforeEach(async () => {
    readStore = emptyReadStore()
    await readStore.prepare([ORDER_SUMMARY])
    await put('z', 'customer-1', 'PAID', 100)
    await put('y', 'customer-1', 'FAILED', 300)
    await put('x', 'customer-2', 'PAID', 400)
    await put('w', 'customer-1', 'PAID', 20)
    await put('v', 'customer-1', 'PENDING', 1_000)
  })

  it('are found by id, with the position that sockets count by', async () => {
    const queries = orderSummaryQueries(readStore)
    expect(await queries.byId('y')).toMatchObject({ id: 'y', position: 301, body: { status: 'FAILED' } })
    expect(await queries.byId('none')).toBeUndefined()
  })

  it('are listed for their buyer alone, newest first, by page, with the total', async () => {
    const queries = orderSummaryQueries(readStore)
    const first = await queries.ofCustomer({ customerId: 'customer-1', page: 1, size: 3 })
    const second = await queries.ofCustomer({ customerId: 'customer-1', page: 2, size: 3 })
    expect(first.items.map(({ orderId }) => orderId)).toStrictEqual(['v', 'y', 'z'])
    expect(second.items.map(({ orderId }) => orderId)).toStrictEqual(['w'])
    expect(second).toMatchObject({ total: 4, page: 2, size: 3 })
  })

  it('can be narrowed to a status', async () => {
    const paid = await orderSummaryQueries(readStore).ofCustomer({
      customerId: 'customer-1',
      status: 'PAID',
      page: 1,
      size: 20,
    })
    expect(paid.items.map(({ orderId }) => orderId)).toStrictEqual(['z', 'w'])
    expect(paid.total).toBe(2)
  })
})
