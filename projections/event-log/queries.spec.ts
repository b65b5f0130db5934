import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as order from '#domain/order/samples.ts'
import * as payment from '#domain/payment/samples.ts'
import * as stock from '#domain/stock/samples.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { emptyReadStore } from '../empty-read-store.ts'
import {
  documentsAfter,
  expectReplayIsHarmless,
  logOf,
  positionOf,
  recordedAtMs,
  type Entry,
} from '../given.ts'
import { ORDER_SUMMARY } from '../order-summary/collection.ts'
import { EVENT_LOG } from './collection.ts'
import type { LoggedEvent } from './document.ts'
import { eventLog } from './projection.ts'
import { eventLogQueries, MOST_ORDERS_OF_CUSTOMER, TooManyOrders, type EventFilter } from './queries.ts'

const of = (stream: string, event: Entry['event'], correlationId: string, actor: string): Entry => ({
  stream,
  event,
  metadata: { correlationId, actor, causationId: `cause of ${event.type}` },
})
const ORDERS = ['order-1', 'order-2', 'order-3']
const ENTRIES: readonly Entry[] = ORDERS.flatMap((id, index) => [
  of(`order-${id}`, order.placed, id, `customer:customer-${index}`),
  of('stock-rice-5kg', stock.reserved(`reservation-${id}`, 1), id, 'process:checkout'),
  of(`payment-${id}`, payment.requested, id, 'process:checkout'),
  of(`order-${id}`, order.cancelled, id, index === 1 ? 'staff:tanaka' : `customer:customer-${index}`),
])
const ALL = ENTRIES.map((_, index) => `event-${index}`)

const filled = async (entries: readonly Entry[] = ENTRIES): Promise<ReadStore> => {
  const readStore = emptyReadStore()
  await readStore.prepare([EVENT_LOG, ORDER_SUMMARY])
  const log = documentsAfter(eventLog, logOf(entries))
  await readStore.commit({
    writes: [
      ...[...log.values()].map((document) => ({
        kind: 'put' as const,
        collection: EVENT_LOG.name,
        ...document,
      })),
      ...ORDERS.map((id, index) => ({
        kind: 'put' as const,
        collection: ORDER_SUMMARY.name,
        id,
        position: 1,
        body: { customerId: `customer-${index % 2}` },
      })),
    ],
  })
  return readStore
}

const found = async (readStore: ReadStore, filter: EventFilter, limit = 1_000): Promise<string[]> => {
  const queries = eventLogQueries(readStore)
  const ids: string[] = []
  let after: number | undefined
  for (let page = 0; page < 100; page += 1) {
    const { items, next } = await queries.page(filter, { after, limit })
    ids.push(...items.map(({ id }) => id))
    if (next === undefined) return ids
    after = next
  }
  throw new Error('The pages did not end')
}

const events = (...numbers: readonly number[]): string[] => numbers.map((number) => `event-${number}`)

describe('the event log', () => {
  it('holds what is known of an event beside its data', async () => {
    const readStore = await filled()
    expect(await readStore.get<LoggedEvent>(EVENT_LOG.name, 'event-3')).toStrictEqual({
      id: 'event-3',
      position: positionOf(3),
      body: {
        position: positionOf(3),
        stream: 'order-order-1',
        revision: 1,
        type: 'OrderCancelled',
        correlationId: 'order-1',
        causationId: 'cause of OrderCancelled',
        actor: 'customer:customer-0',
        atMs: recordedAtMs(3),
      },
    })
  })

  it.each<[string, EventFilter, string[]]>([
    ['everything', {}, ALL],
    ['an order', { orderId: 'order-2' }, events(4, 5, 6, 7)],
    ['a correlation', { correlationId: 'order-3' }, events(8, 9, 10, 11)],
    ['two that contradict each other', { orderId: 'order-1', correlationId: 'order-3' }, []],
    ['a cause', { causationId: 'cause of StockReserved' }, events(1, 5, 9)],
    ['a customer', { customerId: 'customer-0' }, events(0, 1, 2, 3, 8, 9, 10, 11)],
    ['a customer’s own order', { customerId: 'customer-1', orderId: 'order-2' }, events(4, 5, 6, 7)],
    ['an order of somebody else', { customerId: 'customer-1', orderId: 'order-1' }, []],
    ['nobody', { customerId: 'customer-9' }, []],
    ['a type', { type: 'OrderCancelled' }, events(3, 7, 11)],
    ['an actor', { actor: 'staff:tanaka' }, events(7)],
    ['a type of an actor', { type: 'StockReserved', actor: 'process:checkout' }, events(1, 5, 9)],
    ['a time', { fromMs: recordedAtMs(3), toMs: recordedAtMs(5) }, events(3, 4, 5)],
    ['a type in a time', { type: 'OrderPlaced', fromMs: recordedAtMs(1) }, events(4, 8)],
  ])('finds %s, in whatever pages', async (_, filter, expected) => {
    const readStore = await filled()
    expect(await found(readStore, filter)).toStrictEqual(expected)
    expect(await found(readStore, filter, 1)).toStrictEqual(expected)
    expect(await found(readStore, filter, 3)).toStrictEqual(expected)
  })

  it('looks at no more than so many events for one page, and says where to go on', async () => {
    const readStore = emptyReadStore()
    await readStore.prepare([EVENT_LOG])
    // One page and one event more than it looks at; a stand-in for MongoDB takes many times longer for twice as many.
    const COUNT = 4_101
    await readStore.commit({
      writes: Array.from({ length: COUNT }, (_, position) => ({
        kind: 'put',
        collection: EVENT_LOG.name,
        id: `event-${position}`,
        position,
        body: {
          position,
          type: 'OrderPaid',
          actor: position === COUNT - 1 ? 'process:rare' : 'process:checkout',
          atMs: 1,
        },
      })),
    })
    const rare: EventFilter = { type: 'OrderPaid', actor: 'process:rare' }
    const { items, next } = await eventLogQueries(readStore).page(rare, { limit: 1 })
    expect([items, next]).toEqual([[], 3_999])
    expect(await found(readStore, rare, 1)).toStrictEqual(events(COUNT - 1))
  })

  it('finds by time what a clock that was set back recorded', async () => {
    const HOUR = 3_600_000
    const readStore = emptyReadStore()
    await readStore.prepare([EVENT_LOG])
    const at = [0, HOUR, HOUR + 60_000, HOUR - 60_000, 2 * HOUR]
    await readStore.commit({
      writes: at.map((atMs, index) => ({
        kind: 'put',
        collection: EVENT_LOG.name,
        id: `event-${index}`,
        position: index,
        body: { position: index, atMs },
      })),
    })
    expect(await found(readStore, { fromMs: HOUR })).toStrictEqual(events(1, 2, 4))
    expect(await found(readStore, { toMs: HOUR })).toStrictEqual(events(0, 1, 3))
  })

  it('ends where it is told to, so that an export of a living log has an end', async () => {
    const queries = eventLogQueries(await filled())
    expect(await queries.end()).toBe(positionOf(ALL.length - 1))
    const { items } = await queries.page({}, { upTo: positionOf(2), limit: 100 })
    expect(items.map(({ id }) => id)).toStrictEqual(events(0, 1, 2))
    expect(await eventLogQueries(emptyReadStore()).end()).toBeUndefined()
  })

  it('would rather say nothing of a customer than half of it', async () => {
    const readStore = await filled()
    await readStore.commit({
      writes: Array.from({ length: MOST_ORDERS_OF_CUSTOMER + 1 }, (_, index) => ({
        kind: 'put',
        collection: ORDER_SUMMARY.name,
        id: `bulk-${index}`,
        position: 1,
        body: { customerId: 'reseller' },
      })),
    })
    await expect(found(readStore, { customerId: 'reseller' })).rejects.toThrow(TooManyOrders)
  })

  it('is the same after any replay', () => {
    expectReplayIsHarmless(eventLog, fc.array(fc.constantFrom(...ENTRIES), { maxLength: 30 }))
  })
})
