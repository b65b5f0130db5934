import { describe, expect, it } from 'vitest'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import type { Change } from '../batch.ts'
import { emptyReadStore, PATIENCE_MS } from '../empty-read-store.ts'
import { append, hostAs, startLog } from '../hosted.ts'
import { orderSummary } from '../order-summary/projection.ts'
import { products } from '../products/projection.ts'
import { checkpointName, generationOf, type Projection } from '../projection.ts'
import { KEPT_FOR_MS } from './operations.ts'
import { collectionHash } from './hash.ts'
import { eventCount, hashOf, processes, PROJECTIONS, rebuildBench, tradeOf, undisturbed } from './testing.ts'

const bench = async () => rebuildBench(await startLog(startNode), emptyReadStore())

describe('a rebuild', () => {
  it('makes a second copy beside the live one, which both follow the log until the switch', async () => {
    const { store, readStore, projections, models, operations, copies, isLive } = await bench()
    await projections.waitFor(await append(store, tradeOf(0, 30)), PATIENCE_MS)
    const asked = await operations.rebuild('order-summary', 'host')
    expect(asked).toMatchObject({ kind: 'done', generations: { active: 1, building: { generation: 2 } } })
    await append(store, tradeOf(30, 40))
    await isLive(orderSummary)
    const position = await append(store, tradeOf(40, 50))
    expect(await projections.waitFor(position, PATIENCE_MS)).toBe(true)

    const second = generationOf(orderSummary, 2)
    const hash = await undisturbed(store, position, orderSummary)
    expect(await hashOf(readStore, orderSummary)).toBe(hash)
    expect(await hashOf(readStore, second)).toBe(hash)
    expect(await readStore.checkpoint(checkpointName(second))).toBe(
      await readStore.checkpoint(checkpointName(orderSummary)),
    )

    const switched: string[] = []
    projections.onSwitch((name) => switched.push(name))
    expect(await operations.switchOver('order-summary')).toMatchObject({
      kind: 'done',
      generations: { active: 2, kept: { generation: 1 }, dropped: [] },
    })
    await expect.poll(() => switched).toStrictEqual([checkpointName(orderSummary)])
    const later = await append(store, tradeOf(50, 55))
    expect(await projections.waitFor(later, PATIENCE_MS)).toBe(true)
    const after = await undisturbed(store, later, orderSummary)
    expect((await collectionHash(models.readStore, orderSummary.collection.name)).hash).toBe(after)
    // The copy that was read before is fed as long as it is kept.
    expect(await hashOf(readStore, orderSummary)).toBe(after)
    expect(await copies(orderSummary)).toMatchObject({ active: 2, newest: 2 })
  })

  it('is switched without any reader missing a document or reading an older one', async () => {
    const { store, projections, models, operations, isLive } = await bench()
    const changes: Change[] = []
    projections.onChange((change) => changes.push(change))
    await projections.waitFor(await append(store, tradeOf(0, 20)), PATIENCE_MS)
    const newest = new Map<string, number>()
    let reads = 0
    const ending = new AbortController()
    const reading = (async () => {
      while (!ending.signal.aborted) {
        const known = [...newest]
        const ids = known.map(([id]) => id)
        const found = await models.readStore.load(orderSummary.collection.name, ids)
        for (const [id, position] of known) {
          expect(found.get(id)?.position ?? -1).toBeGreaterThanOrEqual(position)
          newest.set(id, found.get(id)?.position ?? -1)
        }
        reads += 1
        await systemClock.sleep(1)
      }
    })()
    const trade = async (from: number, to: number): Promise<void> => {
      for (let n = from; n < to; n += 1) {
        const position = await append(store, tradeOf(n, n + 1))
        expect(await projections.waitFor(position, PATIENCE_MS)).toBe(true)
        newest.set(`${n}`, 0)
      }
    }
    await operations.rebuild('order-summary', 'host')
    await trade(20, 28)
    await isLive(orderSummary)
    const switching = operations.switchOver('order-summary')
    await trade(28, 36)
    await operations.rollBack('order-summary')
    await trade(36, 44)
    expect((await switching).kind).toBe('done')
    ending.abort()
    await reading
    expect(reads).toBeGreaterThan(24)
    expect(new Set(changes.map(({ collection }) => collection))).toStrictEqual(
      new Set(PROJECTIONS.map(({ collection }) => collection.name)),
    )
    const told = changes.filter(({ collection }) => collection === orderSummary.collection.name)
    expect(new Set(told.map(({ id, position }) => `${id}@${position}`)).size).toBe(told.length)
  }, 300_000)

  it('can be gone back from, and forward again, and each may be asked twice', async () => {
    const { store, readStore, projections, operations, isLive } = await bench()
    await projections.waitFor(await append(store, tradeOf(0, 20)), PATIENCE_MS)
    expect(await operations.switchOver('products')).toStrictEqual({
      kind: 'refused',
      refusal: 'nothing-building',
    })
    expect(await operations.rollBack('products')).toStrictEqual({ kind: 'refused', refusal: 'nothing-kept' })
    expect(await operations.cancel('products')).toStrictEqual({
      kind: 'refused',
      refusal: 'nothing-building',
    })
    expect(await operations.drop('products')).toStrictEqual({ kind: 'refused', refusal: 'nothing-kept' })
    expect(await operations.rebuild('teas', 'host')).toStrictEqual({
      kind: 'refused',
      refusal: 'unknown-projection',
    })

    await operations.rebuild('products', 'host')
    expect(await operations.rebuild('products', 'command')).toMatchObject({
      kind: 'unchanged',
      generations: { building: { generation: 2, by: 'host' } },
    })
    await isLive(products)
    const there = { active: 2, kept: { generation: 1, untilMs: expect.any(Number) } }
    const back = { active: 1, kept: { generation: 2, untilMs: expect.any(Number) } }
    for (const kind of ['done', 'unchanged'])
      expect(await operations.switchOver('products')).toMatchObject({ kind, generations: there })
    for (const kind of ['done', 'unchanged'])
      expect(await operations.rollBack('products')).toMatchObject({ kind, generations: back })
    const position = await append(store, tradeOf(20, 30))
    expect(await projections.waitFor(position, PATIENCE_MS)).toBe(true)
    expect(await operations.switchOver('products')).toMatchObject({ kind: 'done', generations: there })
    const hash = await undisturbed(store, position, products)
    expect(await hashOf(readStore, generationOf(products, 2))).toBe(hash)
    expect(await hashOf(readStore, products)).toBe(hash)
  })

  it('can be cancelled and dropped: nothing of the copy is left, and its number is not used again', async () => {
    const { store, readStore, projections, operations, copies, isLive } = await bench()
    await projections.waitFor(await append(store, tradeOf(0, 20)), PATIENCE_MS)
    const second = generationOf(eventCount, 2)
    const isGone = async (): Promise<void> => {
      await expect.poll(() => copies(eventCount), { timeout: PATIENCE_MS }).toMatchObject({ dropped: [] })
      expect(await readStore.size(second.collection.name)).toStrictEqual({ documents: 0, bytes: 0 })
      expect(await readStore.checkpoint(checkpointName(second))).toBeUndefined()
    }
    await operations.rebuild('event-count', 'host')
    await isLive(eventCount)
    expect(await operations.cancel('event-count')).toMatchObject({ kind: 'done' })
    await isGone()
    expect(await operations.rebuild('event-count', 'host')).toMatchObject({
      generations: { building: { generation: 3 } },
    })
    await isLive(eventCount)
    await operations.switchOver('event-count')
    expect(await operations.drop('event-count')).toMatchObject({ kind: 'done', generations: { active: 3 } })
    await expect.poll(() => copies(eventCount), { timeout: PATIENCE_MS }).toMatchObject({ dropped: [] })
    expect((await readStore.size(eventCount.collection.name)).documents).toBe(0)
    const position = await append(store, tradeOf(20, 30))
    expect(await projections.waitFor(position, PATIENCE_MS)).toBe(true)
    expect((await readStore.size(eventCount.collection.name)).documents).toBe(0)
    expect(await hashOf(readStore, generationOf(eventCount, 3))).toBe(
      await undisturbed(store, position, eventCount),
    )
  })

  it('gives up the kept copy when its time is over', async () => {
    const { store, readStore, projections, operations, isLive, copies, named } = await bench()
    await projections.waitFor(await append(store, tradeOf(0, 10)), PATIENCE_MS)
    await operations.rebuild('products', 'host')
    await isLive(products)
    await operations.switchOver('products')
    await projections.stop()
    const tomorrow = { ...systemClock, nowMs: () => systemClock.nowMs() + KEPT_FOR_MS + 1_000 }
    hostAs({ ...named('next'), clock: tomorrow }, store, readStore, ...PROJECTIONS)
    await expect
      .poll(() => copies(products), { timeout: PATIENCE_MS })
      .toStrictEqual({
        active: 2,
        newest: 2,
        dropped: [],
      })
    expect((await readStore.size(products.collection.name)).documents).toBe(0)
  })
})

describe('a new version of one projection', () => {
  it('is folded by itself, and keeps the others from nothing', async () => {
    const { store, readStore, projections, named } = await bench()
    await projections.waitFor(await append(store, tradeOf(0, 30)), PATIENCE_MS)
    await projections.stop()
    const raised: Projection = {
      ...eventCount,
      version: 2,
      collection: { ...eventCount.collection, name: 'event-count@2' },
    }
    const subscribed: (number | 'start' | 'end')[] = []
    const watched: EventStore = {
      ...store,
      subscribe: (wanted) => {
        if (wanted.name === 'projections') subscribed.push(wanted.after)
        return store.subscribe(wanted)
      },
    }
    const next = hostAs(named('next'), watched, readStore, orderSummary, products, raised)
    const position = await append(store, tradeOf(30, 35))
    expect(await next.waitFor(position, PATIENCE_MS)).toBe(true)
    expect(subscribed).toStrictEqual([expect.any(Number)])
    expect(await hashOf(readStore, raised)).toBe(await undisturbed(store, position, raised))
    await expect.poll(() => next.status().every(({ caughtUp }) => caughtUp)).toBe(true)
  })
})

describe('a key that was parked', () => {
  it('is taken up again at the next start, beside a new version that comes up by itself', async () => {
    const { store, readStore, projections, named } = await bench()
    const poison = {
      ...eventCount,
      evolve: () => {
        throw new Error('a bug')
      },
    }
    await projections.stop()
    const broken = hostAs(named('broken'), store, readStore, orderSummary, poison)
    await broken.waitFor(await append(store, tradeOf(0, 5)), PATIENCE_MS)
    expect(broken.status()[1]?.parked.length).toBeGreaterThan(5)
    await broken.stop()
    const mended = hostAs(named('mended'), store, readStore, orderSummary, products, eventCount)
    // Before it has loaded anything, it knows neither a position nor parked keys.
    await expect
      .poll(() => mended.status().find(({ name }) => name === 'event-count@1'), { timeout: PATIENCE_MS })
      .toMatchObject({ position: expect.any(Number), parked: [] })
    const position = await append(store, tradeOf(5, 8))
    expect(await mended.waitFor(position, PATIENCE_MS)).toBe(true)
    expect(await hashOf(readStore, eventCount)).toBe(await undisturbed(store, position, eventCount))
    expect(await hashOf(readStore, products)).toBe(await undisturbed(store, position, products))
  })
})

describe('several hosts of the same projections', () => {
  const pair = async (readStore: ReadStore = emptyReadStore()) => {
    const store = await startLog(startNode)
    const { named, gone } = processes()
    const commits: string[] = []
    const counted = (id: string): ReadStore => ({
      ...readStore,
      commit: async (batch) => {
        await readStore.commit(batch)
        commits.push(id)
      },
    })
    const start = (id: string) => hostAs(named(id), store, counted(id), ...PROJECTIONS)
    return { store, readStore, gone, commits, start }
  }

  it('write once: one feeds them, and the other tells its listeners what was stored', async () => {
    const { store, readStore, commits, start } = await pair()
    const first = start('a')
    await first.waitFor(await append(store, tradeOf(0, 5)), PATIENCE_MS)
    const second = start('b')
    await expect.poll(() => second.status().every(({ isElsewhere }) => isElsewhere)).toBe(true)
    const changes: Change[] = []
    second.onChange((change) => changes.push(change))
    await expect.poll(() => second.status().every(({ caughtUp }) => caughtUp)).toBe(true)
    const position = await append(store, tradeOf(5, 10))
    expect(await second.waitFor(position, PATIENCE_MS)).toBe(true)
    await expect
      .poll(() =>
        changes.some(({ id, collection }) => id === '9' && collection === orderSummary.collection.name),
      )
      .toBe(true)
    expect(new Set(commits)).toStrictEqual(new Set(['a']))
    expect(await hashOf(readStore, eventCount)).toBe(await undisturbed(store, position, eventCount))
  })

  it('hand over when one stops, and when one is killed, without losing or doubling anything', async () => {
    const { store, readStore, gone, commits, start } = await pair()
    const [a, b, c] = [start('a'), start('b'), start('c')]
    let position = await append(store, tradeOf(0, 10))
    for (const each of [a, b, c]) expect(await each.waitFor(position, PATIENCE_MS)).toBe(true)
    await a.stop()
    position = await append(store, tradeOf(10, 20))
    for (const each of [b, c]) expect(await each.waitFor(position, PATIENCE_MS)).toBe(true)
    const leader = commits.at(-1) ?? ''
    gone.add(leader)
    const rest = leader === 'b' ? c : b
    await expect
      .poll(() => rest.status().some(({ isElsewhere }) => isElsewhere), { timeout: PATIENCE_MS })
      .toBe(false)
    position = await append(store, tradeOf(20, 30))
    expect(await rest.waitFor(position, PATIENCE_MS)).toBe(true)
    expect(commits.at(-1)).not.toBe(leader)
    expect(await hashOf(readStore, eventCount)).toBe(await undisturbed(store, position, eventCount))
  })
})
