import { describe, expect, it } from 'vitest'
import { listed, repriced } from '#domain/catalogue/samples.ts'
import { startNode } from '#embedded/eventstoredb/node.ts'
import type { EventStore, RecordedEvent } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { emptyReadStore, PATIENCE_MS } from './empty-read-store.ts'
import { idIn, type Logged } from './events.ts'
import type { Entry } from './given.ts'
import { append, host, startLog } from './hosted.ts'
import { PARKED_KEYS } from './parked-keys.ts'
import { defineProjection } from './projection.ts'

/** Every price in the order it came, so that anything lost, doubled or out of turn shows. */
const PRICES = { name: 'price-history@1', indexes: [] }
const priceHistory = defineProjection<
  { readonly prices: readonly number[] },
  Logged<'ProductListed' | 'ProductRepriced'>
>({
  name: 'price-history',
  version: 1,
  collection: PRICES,
  handles: ['ProductListed', 'ProductRepriced'],
  key: ({ stream }) => idIn(stream),
  evolve: (document, { data }) => ({ prices: [...(document?.prices ?? []), data.price.amountMinor] }),
})

const offered = (id: string): Entry => ({ stream: `product-${id}`, event: listed })
const priced = (id: string, amountMinor: number): Entry => ({
  stream: `product-${id}`,
  event: repriced(amountMinor),
})
/** As an event of a later version of the shop looks to this one. */
const priceless = (id: string, amountMinor: number): Entry => ({
  stream: `product-${id}`,
  event: JSON.parse(JSON.stringify({ type: 'ProductRepriced', data: { price: `${amountMinor} yen` } })),
})
const unheardOf = (id: string, amountMinor: number): Entry => ({
  stream: `product-${id}`,
  event: JSON.parse(JSON.stringify({ type: 'ProductOnSale', data: { price: `${amountMinor} yen` } })),
})

/** The log as a build reads it that has learned what was unreadable before. */
const understood = (store: EventStore, subscriptions: string[] = []): EventStore => {
  const lifted = (recorded: RecordedEvent): RecordedEvent => {
    const amount = /"price":"(\d+) yen"/.exec(JSON.stringify(recorded.data))?.[1]
    return amount === undefined
      ? recorded
      : { ...recorded, type: 'ProductRepriced', data: repriced(Number(amount)).data }
  }
  return {
    ...store,
    async *read(...range) {
      for await (const recorded of store.read(...range)) yield lifted(recorded)
    },
    async *subscribe(options) {
      subscriptions.push(options.name)
      for await (const batch of store.subscribe(options)) yield { ...batch, events: batch.events.map(lifted) }
    },
  }
}

const pricesOf = async (readStore: ReadStore, id: string): Promise<readonly number[] | undefined> =>
  (await readStore.get<{ readonly prices: readonly number[] }>(PRICES.name, id))?.body.prices
const LISTED_AT = listed.data.price.amountMinor

describe.each([
  ['data of another shape', priceless],
  ['an unknown type in a known stream', unheardOf],
])('a key parked for %s', (_, broken) => {
  const LOG = [
    offered('cup'),
    offered('pot'),
    priced('cup', 1),
    broken('cup', 2),
    priced('cup', 3),
    priced('pot', 1),
  ]

  it('is named with its stream, revision, type and event, and others go on past it', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const hosted = host(store, readStore, priceHistory)
    expect(await hosted.waitFor(await append(store, LOG), PATIENCE_MS)).toBe(true)
    expect(await pricesOf(readStore, 'cup')).toStrictEqual([LISTED_AT, 1])
    expect(await pricesOf(readStore, 'pot')).toStrictEqual([LISTED_AT, 1])
    expect(hosted.status()[0]?.parked).toStrictEqual([
      {
        projection: 'price-history@1',
        key: 'cup',
        position: expect.any(Number),
        stream: 'product-cup',
        revision: 2,
        type: broken('cup', 2).event.type,
        eventId: expect.any(String),
        error: expect.any(String),
      },
    ])
  })

  it('is taken up where it stopped, in order and once, by a build that can read it', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const first = host(store, readStore, priceHistory)
    expect(await first.waitFor(await append(store, LOG), PATIENCE_MS)).toBe(true)
    await first.stop()

    const second = host(understood(store), readStore, priceHistory)
    // While it catches up, the shop goes on.
    let position = -1
    for (let n = 4; n < 40; n += 1) position = await append(store, [priced('cup', n), priced('pot', n)])
    expect(await second.waitFor(position, PATIENCE_MS)).toBe(true)
    await expect.poll(() => second.status()[0]?.parked, { timeout: PATIENCE_MS }).toStrictEqual([])
    const later = Array.from({ length: 36 }, (_, n) => n + 4)
    await expect.poll(() => pricesOf(readStore, 'cup')).toStrictEqual([LISTED_AT, 1, 2, 3, ...later])
    expect(await pricesOf(readStore, 'pot')).toStrictEqual([LISTED_AT, 1, ...later])
    expect((await readStore.find(PARKED_KEYS.name, {})).total).toBe(0)

    const live = await append(store, [priced('cup', 99)])
    expect(await second.waitFor(live, PATIENCE_MS)).toBe(true)
    expect((await pricesOf(readStore, 'cup'))?.at(-1)).toBe(99)
    await second.stop()
    const third = host(store, readStore, priceHistory)
    expect(await third.waitFor(live, PATIENCE_MS)).toBe(true)
    expect(third.status()[0]?.parked).toStrictEqual([])
  })

  it('stays parked while nobody can read it, and costs no reading of the log', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const first = host(store, readStore, priceHistory)
    expect(await first.waitFor(await append(store, LOG), PATIENCE_MS)).toBe(true)
    await first.stop()
    const subscriptions: string[] = []
    const watched: EventStore = {
      ...store,
      subscribe: (options) => {
        subscriptions.push(options.name)
        return store.subscribe(options)
      },
    }
    const written: string[] = []
    const counting: ReadStore = {
      ...readStore,
      commit: async (batch) => {
        written.push(...batch.writes.map(({ collection }) => collection))
        await readStore.commit(batch)
      },
    }
    const second = host(watched, counting, priceHistory)
    expect(await second.waitFor(await append(store, [priced('cup', 4)]), PATIENCE_MS)).toBe(true)
    await second.stop()
    expect(subscriptions).toStrictEqual(['projections'])
    expect(written).toStrictEqual([])
    expect(second.status()[0]?.parked).toMatchObject([{ key: 'cup', revision: 2 }])
    expect(await pricesOf(readStore, 'cup')).toStrictEqual([LISTED_AT, 1])
  })

  it('is parked again further on when a later event cannot be read either', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const first = host(store, readStore, priceHistory)
    const worse: Entry = { stream: 'product-cup', event: JSON.parse('{"type":"ProductRepriced","data":{}}') }
    const position = await append(store, [...LOG, worse, priced('cup', 5)])
    expect(await first.waitFor(position, PATIENCE_MS)).toBe(true)
    await first.stop()
    const second = host(understood(store), readStore, priceHistory)
    await expect
      .poll(() => second.status()[0]?.parked, { timeout: PATIENCE_MS })
      .toMatchObject([{ key: 'cup', revision: 4 }])
    expect(await pricesOf(readStore, 'cup')).toStrictEqual([LISTED_AT, 1, 2, 3])
    await second.stop()
    expect((await readStore.find(PARKED_KEYS.name, {})).items).toMatchObject([{ body: { revision: 4 } }])
  })
})
