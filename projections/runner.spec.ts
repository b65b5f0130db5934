import { describe, expect, it } from 'vitest'
import { listed, repriced } from '#domain/catalogue/samples.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import { cancelled, placed } from '#domain/order/samples.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import { observed, saying } from '#domain/payment/samples.ts'
import { received, reserved } from '#domain/stock/samples.ts'
import { startNode } from '#embedded/eventstoredb/node.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import type { ReadStore, StoredDocument } from '#platform/readstore/port.ts'
import type { Change } from './batch.ts'
import { orderOf, type Logged } from './events.ts'
import type { Entry } from './given.ts'
import { emptyReadStore, PATIENCE_MS } from './empty-read-store.ts'
import { append, host, startLog } from './hosted.ts'
import { ORDER_SUMMARY } from './order-summary/collection.ts'
import { orderSummary } from './order-summary/projection.ts'
import { orderTimeline } from './order-timeline/projection.ts'
import { PARKED_KEYS } from './parked-keys.ts'
import { PRODUCTS } from './products/collection.ts'
import { products } from './products/projection.ts'
import { defineProjection } from './projection.ts'
import { shopProjections } from './shop-projections.ts'

const ofOrder = (orderId: string, event: OrderEvent): Entry => ({
  stream: `order-${orderId}`,
  event,
  metadata: { correlationId: orderId },
})
const ofProduct = (productId: string): Entry => ({ stream: `product-${productId}`, event: listed })
const ofStock = (productId: string, quantity: number): Entry => ({
  stream: `stock-${productId}`,
  event: received(`receipt-${quantity}`, quantity),
})
const poison = (orderId: string): Entry =>
  ofOrder(orderId, { type: 'OrderFailed', data: JSON.parse('{"reason":"A_REASON_NOBODY_KNOWS","atMs":0}') })

/** Three products and three orders, with enough addition in it that anything applied twice shows. */
const SHOP: readonly Entry[] = ['a', 'b', 'c'].flatMap((name, index) => [
  ofProduct(`tea-${name}`),
  ofStock(`tea-${name}`, 10),
  ofOrder(name, placed),
  { stream: `stock-tea-${name}`, event: reserved(`${name}-1`, index + 1), metadata: { correlationId: name } },
  ofStock(`tea-${name}`, 5),
  ofOrder(name, cancelled),
])

/** Adds up and guards nothing by itself, so that only the runner keeps it from counting twice. */
const COUNTS = { name: 'event-count@1', indexes: [] }
const eventCount = defineProjection<{ readonly events: number }, Logged>({
  name: 'event-count',
  version: 1,
  collection: COUNTS,
  handles: ['OrderPlaced', 'OrderCancelled', 'StockReceived', 'StockReserved'],
  key: ({ stream }) => stream,
  evolve: (document) => ({ events: (document?.events ?? 0) + 1 }),
})

/** Drops documents. */
const OPEN_ORDERS = { name: 'open-orders@1', indexes: [] }
const openOrders = defineProjection<object, Logged<'OrderPlaced' | 'OrderCancelled'>>({
  name: 'open-orders',
  version: 1,
  collection: OPEN_ORDERS,
  handles: ['OrderPlaced', 'OrderCancelled'],
  key: orderOf,
  evolve: (_, { type }) => (type === 'OrderPlaced' ? {} : 'delete'),
})

const everyProjection = [...shopProjections, eventCount]

const documentsOf = async (readStore: ReadStore): Promise<readonly StoredDocument[]> => {
  const found = await Promise.all(
    everyProjection.map(({ collection }) => readStore.find(collection.name, { limit: 1_000 })),
  )
  return found.flatMap(({ items }) => items)
}

/** What the whole log folds to where nothing goes wrong. */
const undisturbed = async (store: EventStore, position: number): Promise<readonly StoredDocument[]> => {
  const readStore = emptyReadStore()
  expect(await host(store, readStore, ...everyProjection).waitFor(position, PATIENCE_MS)).toBe(true)
  return documentsOf(readStore)
}

describe('the projections', () => {
  it('fold what is in the log, tell listeners of each document, and say they have caught up', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const position = await append(store, SHOP)
    const hosted = host(store, readStore, ...shopProjections)
    const changes: Change[] = []
    hosted.onChange((change) => changes.push(change))

    expect(await hosted.waitFor(position, PATIENCE_MS)).toBe(true)
    // Nine, one more of each order for the auditors and one for alerting, and one of each event.
    expect((await documentsOf(readStore)).length).toBe(9 + 3 + 3 + SHOP.length)
    expect((await readStore.get(PRODUCTS.name, 'tea-c'))?.body).toMatchObject({
      stock: { received: 15, adjusted: 0, available: 12, reserved: 3, sold: 0 },
    })
    expect(changes).toContainEqual({ collection: PRODUCTS.name, id: 'tea-a', position: expect.any(Number) })

    const live = await append(store, [{ stream: 'product-tea-a', event: repriced(500) }])
    expect(await hosted.waitFor(live, PATIENCE_MS)).toBe(true)
    expect(changes.at(-1)).toStrictEqual({ collection: PRODUCTS.name, id: 'tea-a', position: live })
    expect((await readStore.get(PRODUCTS.name, 'tea-a'))?.position).toBe(live)
    await expect.poll(() => hosted.status().every(({ caughtUp }) => caughtUp)).toBe(true)
    expect(hosted.status().map(({ name, lagMs, parked }) => ({ name, lagMs, parked }))).toStrictEqual(
      shopProjections.map(({ collection }) => ({ name: collection.name, lagMs: 0, parked: [] })),
    )
  })

  it('keep listeners apart: one that throws stops neither the others nor the projections', async () => {
    const store = await startLog(startNode)
    const hosted = host(store, emptyReadStore(), products)
    let told = 0
    hosted.onChange(() => {
      throw new Error('a bug in a listener')
    })
    const stopListening = hosted.onChange(() => {
      told += 1
    })
    expect(await hosted.waitFor(await append(store, [ofProduct('tea-a')]), PATIENCE_MS)).toBe(true)
    expect(told).toBe(1)
    stopListening()
    expect(await hosted.waitFor(await append(store, [ofProduct('tea-b')]), PATIENCE_MS)).toBe(true)
    expect(told).toBe(1)
  })

  it('advance the checkpoint past events that concern nobody', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const hosted = host(store, readStore, products)
    const position = await append(store, [ofOrder('a', placed), ofOrder('a', cancelled)])
    expect(await hosted.waitFor(position, PATIENCE_MS)).toBe(true)
    expect(await readStore.checkpoint('products@1')).toBeGreaterThanOrEqual(position)
  })

  it('answer a wait and tell listeners only once the documents are stored', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const commits: (() => void)[] = []
    const slow: ReadStore = {
      ...readStore,
      commit: async (batch) => {
        if (batch.writes.length > 0) await new Promise<void>((resolve) => commits.push(resolve))
        await readStore.commit(batch)
      },
    }
    const hosted = host(store, slow, products)
    const changes: Change[] = []
    hosted.onChange((change) => changes.push(change))
    const position = await append(store, [ofProduct('tea-a')])
    await expect.poll(() => commits.length).toBe(1)
    expect(await hosted.waitFor(position, 5)).toBe(false)
    expect(changes).toStrictEqual([])
    commits[0]?.()
    expect(await hosted.waitFor(position, PATIENCE_MS)).toBe(true)
    expect(changes).toHaveLength(1)
  })

  it('answer a wait with false when its time is up, and every wait when they stop', async () => {
    const hosted = host(await startLog(startNode), emptyReadStore(), products)
    expect(await hosted.waitFor(1_000_000, 5)).toBe(false)
    const waiting = hosted.waitFor(1_000_000, PATIENCE_MS * 10)
    await hosted.stop()
    expect(await waiting).toBe(false)
    expect(await hosted.waitFor(1_000_000, PATIENCE_MS * 10)).toBe(false)
  })
})

describe('after a crash the projections', () => {
  it('go on from the checkpoint', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const first = host(store, readStore, ...everyProjection)
    expect(await first.waitFor(await append(store, SHOP.slice(0, 8)), PATIENCE_MS)).toBe(true)
    await first.stop()
    const position = await append(store, SHOP.slice(8))
    expect(await host(store, readStore, ...everyProjection).waitFor(position, PATIENCE_MS)).toBe(true)
    expect(await documentsOf(readStore)).toStrictEqual(await undisturbed(store, position))
  })

  it('change nothing when they start from an older checkpoint than the documents', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const early = await append(store, SHOP.slice(0, 5))
    const position = await append(store, SHOP.slice(5))
    const first = host(store, readStore, ...everyProjection)
    expect(await first.waitFor(position, PATIENCE_MS)).toBe(true)
    await first.stop()
    const before = await documentsOf(readStore)

    const again = host(store, { ...readStore, checkpoint: async () => early }, ...everyProjection)
    const changes: Change[] = []
    again.onChange((change) => changes.push(change))
    expect(await again.waitFor(position, PATIENCE_MS)).toBe(true)
    expect(changes).toStrictEqual([])
    expect(await documentsOf(readStore)).toStrictEqual(before)
  })
})

describe('when the read store fails the projections', () => {
  const failing = (
    readStore: ReadStore,
    when: 'before' | 'after',
    isBad: (call: number) => boolean,
  ): ReadStore => {
    let call = 0
    return {
      ...readStore,
      commit: async (batch) => {
        const bad = isBad((call += 1))
        if (bad && when === 'before') throw new Error('the disk is full')
        await readStore.commit(batch)
        if (bad) throw new Error('the connection was lost')
      },
    }
  }

  it.each(['before', 'after'] as const)('lose and double nothing if it does so %s writing', async (when) => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const flaky = failing(readStore, when, (call) => call === 1 || call === 3)
    const hosted = host(store, flaky, ...everyProjection)
    let position = -1
    for (const entry of SHOP) {
      position = await append(store, [entry])
      expect(await hosted.waitFor(position, PATIENCE_MS)).toBe(true)
    }
    expect(await documentsOf(readStore)).toStrictEqual(await undisturbed(store, position))
  })

  it('start by themselves once it can be reached', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    let down = true
    const unreachable: ReadStore = {
      ...readStore,
      checkpoint: (name) => (down ? Promise.reject(new Error('unreachable')) : readStore.checkpoint(name)),
    }
    const hosted = host(store, unreachable, products)
    const position = await append(store, [ofProduct('tea-a')])
    expect(await hosted.waitFor(position, 20)).toBe(false)
    expect(hosted.status()).toMatchObject([{ position: undefined, caughtUp: false }])
    down = false
    expect(await hosted.waitFor(position, PATIENCE_MS)).toBe(true)
  })
})

describe('a poison event', () => {
  it('parks its key where it is handled, and everything else goes on', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const hosted = host(store, readStore, ...shopProjections)
    const bad = await append(store, [ofOrder('a', placed), ofOrder('b', placed), poison('a')])
    const position = await append(store, [
      ofOrder('a', cancelled),
      ofOrder('b', cancelled),
      ofProduct('tea-a'),
    ])
    expect(await hosted.waitFor(position, PATIENCE_MS)).toBe(true)

    expect((await readStore.get(ORDER_SUMMARY.name, 'a'))?.body).toMatchObject({ status: 'PENDING' })
    expect((await readStore.get(ORDER_SUMMARY.name, 'b'))?.body).toMatchObject({ status: 'CANCELLED' })
    expect(await readStore.get(PRODUCTS.name, 'tea-a')).toBeDefined()
    const parked = { key: 'a', position: bad, error: expect.stringContaining('reason') }
    expect(hosted.status()).toMatchObject([
      { name: 'order-summary@3', parked: [{ projection: 'order-summary@3', ...parked }] },
      { name: 'order-timeline@2', parked: [{ projection: 'order-timeline@2', ...parked }] },
      { name: 'order-audit@1', parked: [{ projection: 'order-audit@1', ...parked }] },
      { name: 'event-log@1', parked: [{ projection: 'event-log@1', ...parked, key: expect.any(String) }] },
      { name: 'payment-latency@1', parked: [] },
      { name: 'inconsistency@1', parked: [{ projection: 'inconsistency@1', ...parked }] },
      { name: 'products@1', parked: [] },
      { name: 'alerts@1', parked: [] },
      { name: 'wallet@1', parked: [] },
      { name: 'wallet-entries@1', parked: [] },
    ])
  })

  it('stays parked over a restart', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const first = host(store, readStore, orderSummary)
    expect(await first.waitFor(await append(store, [ofOrder('a', placed), poison('a')]), PATIENCE_MS)).toBe(
      true,
    )
    await first.stop()
    const second = host(store, readStore, orderSummary)
    expect(await second.waitFor(await append(store, [ofOrder('a', cancelled)]), PATIENCE_MS)).toBe(true)
    expect((await readStore.get(ORDER_SUMMARY.name, 'a'))?.body).toMatchObject({ status: 'PENDING' })
    expect(second.status()).toMatchObject([{ parked: [{ key: 'a' }] }])
    expect((await readStore.find(PARKED_KEYS.name, {})).total).toBe(1)
  })

  it('is also one that the projection finds impossible', async () => {
    const store = await startLog(startNode)
    const hosted = host(store, emptyReadStore(), orderSummary)
    const position = await append(store, [ofOrder('a', cancelled), ofOrder('b', placed)])
    expect(await hosted.waitFor(position, PATIENCE_MS)).toBe(true)
    expect(hosted.status()).toMatchObject([
      { parked: [{ key: 'a', error: expect.stringContaining('never placed') }] },
    ])
  })

  it('is also one that belongs to nobody: its stream is parked', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const hosted = host(store, readStore, orderTimeline)
    const orphan: PaymentEvent = observed(saying('FAILED'))
    const position = await append(store, [
      { stream: 'payment-x', event: orphan, metadata: { correlationId: '' } },
      { stream: 'payment-x', event: orphan, metadata: { correlationId: '' } },
      ofOrder('b', placed),
    ])
    expect(await hosted.waitFor(position, PATIENCE_MS)).toBe(true)
    expect(hosted.status()).toMatchObject([{ parked: [{ key: 'payment-x' }] }])
    expect(await readStore.get(orderTimeline.collection.name, 'b')).toBeDefined()

    // What comes after it in that stream says whose it is, and would be told without what went before.
    const before = await readStore.get(orderTimeline.collection.name, 'b')
    const later = await append(store, [
      { stream: 'payment-x', event: orphan, metadata: { correlationId: 'b' } },
    ])
    expect(await hosted.waitFor(later, PATIENCE_MS)).toBe(true)
    expect(await readStore.get(orderTimeline.collection.name, 'b')).toStrictEqual(before)
  })
})

describe('two projections at different checkpoints', () => {
  it('share one subscription: the one behind catches up and the one ahead is left alone', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const half = await append(store, SHOP.slice(0, 8))
    const others = everyProjection.filter((projection) => projection !== products)
    const behind = host(store, readStore, ...others)
    expect(await behind.waitFor(half, PATIENCE_MS)).toBe(true)
    await behind.stop()
    const position = await append(store, SHOP.slice(8))
    const ahead = host(store, readStore, products)
    expect(await ahead.waitFor(position, PATIENCE_MS)).toBe(true)
    await ahead.stop()

    const both = host(store, readStore, products, ...others)
    const changes: Change[] = []
    both.onChange((change) => changes.push(change))
    expect(await both.waitFor(position, PATIENCE_MS)).toBe(true)
    expect(changes.filter(({ collection }) => collection === PRODUCTS.name)).toStrictEqual([])
    expect(await documentsOf(readStore)).toStrictEqual(await undisturbed(store, position))
  })

  it('do not bring back what the one ahead has dropped', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const position = await append(store, [
      ofOrder('a', placed),
      ofOrder('a', cancelled),
      ofOrder('b', placed),
    ])
    const alone = host(store, readStore, openOrders)
    expect(await alone.waitFor(position, PATIENCE_MS)).toBe(true)
    expect((await readStore.find(OPEN_ORDERS.name, {})).items.map(({ id }) => id)).toStrictEqual(['b'])
    await alone.stop()

    const both = host(store, readStore, openOrders, orderSummary)
    const changes: Change[] = []
    both.onChange((change) => changes.push(change))
    expect(await both.waitFor(position, PATIENCE_MS)).toBe(true)
    expect(changes.filter(({ collection }) => collection === OPEN_ORDERS.name)).toStrictEqual([])
  })
})
