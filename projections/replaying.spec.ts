import { describe, expect, it } from 'vitest'
import { listed, repriced } from '#domain/catalogue/samples.ts'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { EventStore, RecordedEvent } from '#platform/eventstore/port.ts'
import { emptyReadStore } from './empty-read-store.ts'
import { idIn, type Logged } from './events.ts'
import type { Entry } from './given.ts'
import { append, hostAs, startLog } from './hosted.ts'
import { PARKED_KEYS, type ParkedKey } from './parked-keys.ts'
import { askedAt, askReplay, isReplayable, PARKED_REPLAYS } from './parked-replays.ts'
import { defineProjection } from './projection.ts'

/** How long a spec waits for what must come, also on a busy machine. */
const PATIENCE_MS = 15_000
const TIMEOUT_MS = 60_000

/** Every price in the order it came, so that anything lost, doubled or out of turn shows. */
const PRICES = { name: 'price-story@1', indexes: [] }
const priceStory = defineProjection<
  { readonly prices: readonly number[] },
  Logged<'ProductListed' | 'ProductRepriced'>
>({
  name: 'price-story',
  version: 1,
  collection: PRICES,
  handles: ['ProductListed', 'ProductRepriced'],
  key: ({ stream }) => idIn(stream),
  evolve: (document, { data }) => ({ prices: [...(document?.prices ?? []), data.price.amountMinor] }),
})
const LISTED_AT = listed.data.price.amountMinor

const offered = (id: string): Entry => ({ stream: `product-${id}`, event: listed })
const priced = (id: string, amountMinor: number): Entry => ({
  stream: `product-${id}`,
  event: repriced(amountMinor),
})
const broken = (id: string): Entry => ({
  stream: `product-${id}`,
  event: JSON.parse('{"type":"ProductRepriced","data":{"price":"2 yen"}}'),
})

/** A running host that meets two broken events, whose cause can be mended while it runs. */
const parkedShelf = async () => {
  const log = await startLog(startNode)
  let isMended = false
  const lifted = (recorded: RecordedEvent): RecordedEvent =>
    isMended && JSON.stringify(recorded.data).includes('2 yen')
      ? { ...recorded, data: repriced(2).data }
      : recorded
  const store: EventStore = {
    ...log,
    async *read(...range) {
      for await (const recorded of log.read(...range)) yield lifted(recorded)
    },
    async *subscribe(options) {
      for await (const batch of log.subscribe(options)) yield { ...batch, events: batch.events.map(lifted) }
    },
  }
  const readStore = emptyReadStore()
  const hosted = hostAs({ id: 'host', isGone: () => false }, store, readStore, priceStory)
  const position = await append(log, [
    offered('cup'),
    offered('pot'),
    priced('cup', 1),
    broken('cup'),
    broken('pot'),
    priced('cup', 3),
  ])
  expect(await hosted.waitFor(position, PATIENCE_MS)).toBe(true)
  const parked = (): readonly ParkedKey[] => hosted.status()[0]?.parked ?? []
  const named = (key: string): ParkedKey => {
    const found = parked().find((each) => each.key === key)
    if (found === undefined) throw new Error(`${key} is not parked`)
    return found
  }
  return {
    log,
    readStore,
    hosted,
    parked,
    named,
    mend: () => {
      isMended = true
    },
    ask: (key: string) => askReplay(readStore, named(key), systemClock.nowMs()),
    isAnswered: async (key: string) => {
      const requests = await readStore.find(PARKED_REPLAYS.name, { where: { key } })
      return requests.items.length === 0
    },
    prices: async (id: string) =>
      (await readStore.get<{ readonly prices: readonly number[] }>(PRICES.name, id))?.body.prices,
  }
}

describe('a replay of a parked document that somebody asks for', () => {
  it(
    'takes it up where it stopped, in order and once, beside the live reading, and no other',
    async () => {
      const { log, readStore, hosted, parked, mend, ask, isAnswered, prices } = await parkedShelf()
      mend()
      expect(await ask('cup')).toBe(true)
      await append(log, [priced('cup', 4)])
      await expect.poll(() => parked().map(({ key }) => key), { timeout: PATIENCE_MS }).toStrictEqual(['pot'])
      await expect.poll(() => isAnswered('cup'), { timeout: PATIENCE_MS }).toBe(true)
      const position = await append(log, [priced('cup', 5)])
      expect(await hosted.waitFor(position, PATIENCE_MS)).toBe(true)
      expect(await prices('cup')).toStrictEqual([LISTED_AT, 1, 2, 3, 4, 5])
      expect(await prices('pot')).toStrictEqual([LISTED_AT])
      expect((await readStore.find(PARKED_KEYS.name, {})).items.map(({ id }) => id)).toStrictEqual([
        'price-story@1/pot',
      ])
    },
    TIMEOUT_MS,
  )

  it(
    'keeps it parked where it fails again, with the time of the try, and can be asked for anew',
    async () => {
      const { log, readStore, hosted, named, mend, ask, isAnswered, prices } = await parkedShelf()
      expect(await ask('cup')).toBe(true)
      await expect.poll(() => named('cup').triedAtMs, { timeout: PATIENCE_MS }).toEqual(expect.any(Number))
      await expect.poll(() => isAnswered('cup'), { timeout: PATIENCE_MS }).toBe(true)
      const tried = named('cup')
      expect(tried).toMatchObject({ revision: 2, error: expect.stringContaining('price') })
      expect((await readStore.get<ParkedKey>(PARKED_KEYS.name, 'price-story@1/cup'))?.body).toStrictEqual(
        tried,
      )
      mend()
      expect(await ask('cup')).toBe(true)
      await expect.poll(() => isAnswered('cup'), { timeout: PATIENCE_MS }).toBe(true)
      const position = await append(log, [priced('cup', 4)])
      expect(await hosted.waitFor(position, PATIENCE_MS)).toBe(true)
      expect(await prices('cup')).toStrictEqual([LISTED_AT, 1, 2, 3, 4])
    },
    TIMEOUT_MS,
  )

  it('is one request, however many ask, until it is done', async () => {
    const readStore = emptyReadStore()
    await readStore.prepare([PARKED_REPLAYS])
    const key = { projection: 'price-story@1', key: 'cup', position: 7 }
    expect(await Promise.all([askReplay(readStore, key, 1), askReplay(readStore, key, 2)])).toContain(false)
    expect(await askReplay(readStore, key, 3)).toBe(false)
    const at = await askedAt(readStore, [key])
    expect([1, 2]).toContain(at(key))
    expect(at({ ...key, key: 'pot' })).toBeUndefined()
  })

  it('cannot help where a revision is missing, or nobody knows whose the event is', () => {
    const parked: ParkedKey = {
      projection: 'price-story@1',
      key: 'cup',
      position: 7,
      stream: 'product-cup',
      revision: 2,
      type: 'ProductRepriced',
      eventId: 'e',
      error: 'x',
    }
    expect(isReplayable(parked)).toBe(true)
    expect(isReplayable({ ...parked, eventId: '' })).toBe(false)
    expect(isReplayable({ ...parked, key: 'product-cup' })).toBe(false)
  })
})
