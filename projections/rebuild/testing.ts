import { expect } from 'vitest'
import { listed, repriced } from '#domain/catalogue/samples.ts'
import { cancelled, placed } from '#domain/order/samples.ts'
import { received, reserved } from '#domain/stock/samples.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { emptyReadStore, PATIENCE_MS } from '../empty-read-store.ts'
import { host, hostAs } from '../hosted.ts'
import { orderSummary } from '../order-summary/projection.ts'
import { products } from '../products/projection.ts'
import { checkpointName, defineProjection, type Projection } from '../projection.ts'
import type { Logged } from '../events.ts'
import type { Entry } from '../given.ts'
import { activeGenerations } from './active-generations.ts'
import { generationsOf, type Generations } from './generations.ts'
import { collectionHash } from './hash.ts'
import type { Holder } from './leases.ts'
import { rebuildOperations } from './operations.ts'

/** Orders, products and stock, with enough addition in it that anything lost or doubled shows. */
export const tradeOf = (from: number, to: number): readonly Entry[] =>
  Array.from({ length: to - from }, (_, index) => from + index).flatMap((n) => {
    const order = { stream: `order-${n}`, metadata: { correlationId: `${n}` } }
    const tea = `tea-${n % 7}`
    return [
      ...(n < 7 ? [{ stream: `product-${tea}`, event: listed }] : []),
      { stream: `stock-${tea}`, event: received(`receipt-${n}`, 10) },
      { ...order, event: placed },
      { stream: `stock-${tea}`, event: reserved(`${n}`, (n % 3) + 1), metadata: order.metadata },
      ...(n % 2 === 0 ? [{ ...order, event: cancelled }] : []),
      ...(n % 5 === 0 ? [{ stream: `product-${tea}`, event: repriced(100 + n) }] : []),
    ]
  })

/** Adds up and guards nothing by itself, so that only the runner keeps it from counting twice. */
export const eventCount = defineProjection<{ readonly events: number }, Logged>({
  name: 'event-count',
  version: 1,
  collection: { name: 'event-count@1', indexes: [['events']] },
  handles: ['OrderPlaced', 'OrderCancelled', 'StockReceived', 'StockReserved', 'ProductRepriced'],
  key: ({ stream }) => stream,
  evolve: (document) => ({ events: (document?.events ?? 0) + 1 }),
})

/** Processes of one spec; those in `gone` were killed. */
export const processes = () => {
  const gone = new Set<string>()
  return {
    gone,
    named: (id: string): Holder => ({ id, isGone: (other) => gone.has(other) }),
  }
}

export const hashOf = async (readStore: ReadStore, projection: Projection): Promise<string> =>
  (await collectionHash(readStore, projection.collection.name)).hash

export const copiesOf = (readStore: ReadStore, projection: Projection): Promise<Generations> =>
  generationsOf(readStore, checkpointName(projection))

export const PROJECTIONS: readonly Projection[] = [orderSummary, products, eventCount]

/** A host of these projections, those who read them, and what may be done with their copies. */
export const rebuildBench = (store: EventStore, readStore: ReadStore) => {
  const { named, gone } = processes()
  const projections = hostAs(named('host'), store, readStore, ...PROJECTIONS)
  const models = activeGenerations({ readStore, projections: PROJECTIONS, clock: systemClock })
  const operations = rebuildOperations({
    readStore,
    projections: PROJECTIONS,
    clock: systemClock,
    holder: named('host'),
    onChange: () => {
      projections.lookAgain()
      models.lookAgain()
    },
  })
  const copies = (projection: Projection) => copiesOf(readStore, projection)
  const isLive = async (projection: Projection): Promise<void> => {
    await expect
      .poll(async () => (await copies(projection)).building?.phase, { timeout: PATIENCE_MS })
      .toBe('live')
  }
  return { store, readStore, projections, models, operations, copies, isLive, named, gone }
}

/** What the whole log comes to where nothing else goes on. */
export const undisturbed = async (
  store: EventStore,
  position: number,
  projection: Projection,
): Promise<string> => {
  const readStore = emptyReadStore()
  expect(await host(store, readStore, projection).waitFor(position, PATIENCE_MS)).toBe(true)
  return hashOf(readStore, projection)
}
