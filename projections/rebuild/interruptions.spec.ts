import { describe, expect, it } from 'vitest'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import type { ReadStore, WriteBatch } from '#platform/readstore/port.ts'
import { emptyReadStore } from '../empty-read-store.ts'
import { append, startLog } from '../hosted.ts'
import { orderSummary } from '../order-summary/projection.ts'
import { orderTimeline } from '../order-timeline/projection.ts'
import { products } from '../products/projection.ts'
import { generationOf, type Projection } from '../projection.ts'
import { build } from './build.ts'
import { eventCount, hashOf, tradeOf } from './testing.ts'
import { verify } from './verify.ts'

const COPIES = [orderSummary, orderTimeline, products, eventCount].map((each) => generationOf(each, 2))
/** Many commits, so that there are many points to be interrupted at. */
const PORTION = 5

const built = async (store: Pick<EventStore, 'subscribe'>, readStore: ReadStore): Promise<string[]> => {
  for (const projection of COPIES)
    await build({
      store,
      readStore,
      projection,
      clock: systemClock,
      signal: AbortSignal.timeout(120_000),
      portion: PORTION,
      isDone: (_, { caughtUp }) => caughtUp,
    })
  return Promise.all(COPIES.map((copy) => hashOf(readStore, copy)))
}

const isIndexed = async (readStore: ReadStore, { collection }: Projection): Promise<void> => {
  const of = collection.indexes.length
  expect(await readStore.indexed(collection)).toStrictEqual({ made: of, of })
}

/** A fixed sequence of numbers between 0 and 1 that looks like chance. */
const chance = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const trade = async (): Promise<EventStore> => {
  const store = await startLog(startNode)
  await append(store, tradeOf(0, 40))
  return store
}

describe('a copy that is built', () => {
  it('is the same after a hundred interruptions at any point', async () => {
    const store = await trade()
    const undisturbed = await built(store, emptyReadStore())
    expect(new Set(undisturbed).size).toBe(COPIES.length)
    const readStore = emptyReadStore()
    const random = chance(7)
    let interruptions = 0
    const interrupt = (where: string): void => {
      if (random() > 0.35 || interruptions >= 100) return
      interruptions += 1
      throw new Error(`killed ${where}`)
    }
    const dying: ReadStore = {
      ...readStore,
      load: async (collection, ids) => {
        interrupt('before loading')
        return readStore.load(collection, ids)
      },
      makeIndexes: async (spec, options) => {
        interrupt('before the first index')
        await readStore.makeIndexes(spec, { ...options, onMade: () => interrupt('after an index') })
      },
      commit: async (batch) => {
        interrupt('before a commit')
        await readStore.commit(batch)
        interrupt('after a commit')
      },
    }
    for (const projection of COPIES) {
      let isDone = false
      for (let life = 0; !isDone && life < 200; life += 1)
        isDone = await build({
          store,
          readStore: dying,
          projection,
          clock: systemClock,
          signal: AbortSignal.timeout(120_000),
          portion: PORTION,
          isDone: (_, { caughtUp }) => caughtUp,
        }).catch(() => false)
      expect(isDone).toBe(true)
    }
    expect(interruptions).toBe(100)
    expect(await Promise.all(COPIES.map((copy) => hashOf(readStore, copy)))).toStrictEqual(undisturbed)
    for (const copy of COPIES) await isIndexed(readStore, copy)
  }, 300_000)

  it('has no index before it has come to the end of the log, and all of them after', async () => {
    const store = await trade()
    const readStore = emptyReadStore()
    const [projection] = COPIES
    if (projection === undefined) throw new Error('There is a projection')
    const { indexes } = projection.collection
    const made: (number | undefined)[] = []
    const steps: string[] = []
    const watched: ReadStore = {
      ...readStore,
      commit: async (batch) => {
        steps.push(`commit with ${(await readStore.indexed(projection.collection)).made} indexes`)
        await readStore.commit(batch)
      },
      makeIndexes: async (spec, options) => {
        steps.push('indexes')
        await readStore.makeIndexes(spec, options)
      },
    }
    const isWhole = await build({
      store,
      readStore: watched,
      projection,
      clock: systemClock,
      signal: AbortSignal.timeout(120_000),
      portion: PORTION,
      onProgress: ({ indexes: indexed }) => made.push(indexed?.made),
      isDone: (_, { caughtUp }) => caughtUp,
    })
    expect(isWhole).toBe(true)
    const at = steps.indexOf('indexes')
    expect(at).toBeGreaterThan(0)
    expect(new Set(steps.slice(0, at))).toStrictEqual(new Set(['commit with 0 indexes']))
    expect(made.filter((each) => each !== undefined)).toStrictEqual([0, ...indexes.map((_, nth) => nth + 1)])
    await isIndexed(readStore, projection)
  })

  it('needs no indexes where nobody is to ask it', async () => {
    const store = await trade()
    const readStore = emptyReadStore()
    const projection = generationOf(orderSummary, 2)
    await build({
      store,
      readStore,
      projection,
      clock: systemClock,
      signal: AbortSignal.timeout(120_000),
      portion: PORTION,
      withoutIndexes: true,
      isDone: (_, { caughtUp }) => caughtUp,
    })
    expect((await readStore.indexed(projection.collection)).made).toBe(0)
  })

  it('is the same when every batch comes twice', async () => {
    const store = await trade()
    const twice: Pick<EventStore, 'subscribe'> = {
      async *subscribe(options) {
        for await (const batch of store.subscribe(options)) {
          yield { ...batch, caughtUp: false }
          yield batch
        }
      },
    }
    expect(await built(twice, emptyReadStore())).toStrictEqual(await built(store, emptyReadStore()))
  })

  it('is the same when batches were written and their checkpoint was not', async () => {
    const store = await trade()
    const readStore = emptyReadStore()
    let commits = 0
    const forgetful: ReadStore = {
      ...readStore,
      commit: async (batch) => {
        commits += 1
        if (commits % 3 !== 0) return readStore.commit(batch)
        // As an engine without transactions that is gone in the middle: some documents, and no checkpoint.
        const half: WriteBatch = { writes: batch.writes.slice(0, Math.ceil(batch.writes.length / 2)) }
        await readStore.commit(half)
        throw new Error('gone in the middle')
      },
    }
    for (const projection of COPIES) {
      let isDone = false
      for (let life = 0; !isDone && life < 200; life += 1)
        isDone = await build({
          store,
          readStore: forgetful,
          projection,
          clock: systemClock,
          signal: AbortSignal.timeout(120_000),
          portion: PORTION,
          isDone: (_, { caughtUp }) => caughtUp,
        }).catch(() => false)
      expect(isDone).toBe(true)
    }
    expect(await Promise.all(COPIES.map((copy) => hashOf(readStore, copy)))).toStrictEqual(
      await built(store, emptyReadStore()),
    )
  })
})

describe('verifying', () => {
  const check = (store: EventStore, readStore: ReadStore) =>
    verify({
      store,
      readStore,
      scratch: emptyReadStore(),
      projection: generationOf(orderSummary, 2),
      clock: systemClock,
      signal: AbortSignal.timeout(120_000),
    })
  const { name } = generationOf(orderSummary, 2).collection

  it('finds nothing where the documents are what the log comes to', async () => {
    const store = await trade()
    const readStore = emptyReadStore()
    const [hash] = await built(store, readStore)
    expect(await check(store, readStore)).toStrictEqual({
      documents: 40,
      storedHash: hash,
      freshHash: hash,
      differing: 0,
    })
  })

  it('names the first document and field that differ', async () => {
    const store = await trade()
    const readStore = emptyReadStore()
    await built(store, readStore)
    for (const id of ['7', '31']) {
      const stored = await readStore.get(name, id)
      const body = { ...stored?.body, total: { amountMinor: 1, currency: 'JPY' } }
      await readStore.commit({
        writes: [{ kind: 'put', collection: name, id, position: stored?.position ?? 0, body }],
      })
    }
    const verdict = await check(store, readStore)
    expect(verdict).toMatchObject({
      documents: 40,
      differing: 2,
      first: { id: '31', path: 'total.amountMinor', stored: 1, fresh: expect.any(Number) },
    })
    expect(verdict.storedHash).not.toBe(verdict.freshHash)
  })

  it('waits for a copy that is still on its way instead of calling it wrong', async () => {
    const store = await trade()
    const readStore = emptyReadStore()
    await built(store, readStore)
    const checking = check(store, readStore)
    await append(store, tradeOf(40, 60))
    await built(store, readStore)
    expect(await checking).toMatchObject({ differing: 0 })
  })
})
