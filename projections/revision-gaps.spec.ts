import { describe, expect, it } from 'vitest'
import { delisted } from '#domain/catalogue/samples.ts'
import { received } from '#domain/stock/samples.ts'
import { startNode } from '#embedded/eventstoredb/node.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { emptyReadStore, PATIENCE_MS } from './empty-read-store.ts'
import type { Logged } from './events.ts'
import { logOf, type Entry } from './given.ts'
import { append, host, startLog } from './hosted.ts'
import { defineProjection } from './projection.ts'
import { eventCount } from './rebuild/testing.ts'
import { revisionGaps } from './revision-gaps.ts'

const stocked = (productId: string, quantity: number): Entry => ({
  stream: `stock-${productId}`,
  event: received(`receipt-${quantity}`, quantity),
})

const LOG = logOf(
  Array.from({ length: 12 }, (_, n) => ({
    stream: `product-${n % 2 === 0 ? 'cup' : 'pot'}`,
    event: delisted,
  })),
)

describe('the revisions of a stream', () => {
  it('are whole when each follows the one before, from wherever it begins, and also when they come again', () => {
    const look = revisionGaps()
    expect(look(LOG.slice(4))).toStrictEqual([])
    expect(look(LOG.slice(2))).toStrictEqual([])
  })

  it('have a gap where one is left out, in a batch or between two, once', () => {
    const look = revisionGaps()
    const [missing, after] = [LOG[4], LOG[6]]
    const gap = {
      stream: 'product-cup',
      expected: missing?.revision,
      found: after?.revision,
      eventId: after?.id,
    }
    expect(look(LOG.filter((event) => event !== missing))).toStrictEqual([gap])
    expect(look(LOG)).toStrictEqual([])
    const other = revisionGaps()
    expect(other(LOG.slice(0, 4))).toStrictEqual([])
    expect(other(LOG.slice(6))).toMatchObject([{ stream: 'product-cup' }, { stream: 'product-pot' }])
  })
})

describe('a revision that the log leaves out', () => {
  it('parks the key of a document made from that stream alone, and of no other', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const alone = { ...eventCount, followsOneStream: true } as const
    const mixed = defineProjection<{ readonly events: number }, Logged>({
      ...eventCount,
      name: 'all-events',
      collection: { name: 'all-events@1', indexes: [] },
    })
    const position = await append(store, [
      stocked('tea-a', 1),
      stocked('tea-b', 1),
      stocked('tea-a', 2),
      stocked('tea-a', 3),
      stocked('tea-b', 2),
    ])
    const leaky: EventStore = {
      ...store,
      async *subscribe(options) {
        for await (const batch of store.subscribe(options))
          yield {
            ...batch,
            events: batch.events.filter(({ stream, revision }) => stream !== 'stock-tea-a' || revision !== 1),
          }
      },
    }
    const hosted = host(leaky, readStore, alone, mixed)
    expect(await hosted.waitFor(position, PATIENCE_MS)).toBe(true)
    expect(hosted.status()).toMatchObject([
      {
        parked: [{ key: 'stock-tea-a', revision: 1, error: 'Revision 1 is missing before revision 2' }],
      },
      { parked: [] },
    ])
    await hosted.stop()
    const again = host(store, readStore, alone, mixed)
    const later = await append(store, [stocked('tea-a', 4)])
    expect(await again.waitFor(later, PATIENCE_MS)).toBe(true)
    expect(again.status()[0]?.parked).toMatchObject([{ key: 'stock-tea-a' }])
    const counted = async (name: string, id: string) => (await readStore.get(name, id))?.body
    expect(await counted(eventCount.collection.name, 'stock-tea-a')).toStrictEqual({ events: 1 })
    expect(await counted(eventCount.collection.name, 'stock-tea-b')).toStrictEqual({ events: 2 })
    expect(await counted('all-events@1', 'stock-tea-a')).toStrictEqual({ events: 3 })
  })
})
