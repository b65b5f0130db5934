import { describe, expect, it } from 'vitest'
import { startNode } from '#embedded/eventstoredb/node.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { emptyReadStore, PATIENCE_MS } from '../empty-read-store.ts'
import { append, startLog } from '../hosted.ts'
import { orderSummary } from '../order-summary/projection.ts'
import { generationOf } from '../projection.ts'
import { listProjections } from './listing.ts'
import { hashOf, rebuildBench, tradeOf, undisturbed } from './testing.ts'

const bench = async (readStore: ReadStore) => rebuildBench(await startLog(startNode), readStore)

describe('a copy that is rebuilt', () => {
  it('makes its indexes last, says so, and cannot be switched to before they are there', async () => {
    let letGo = (): void => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const slow = emptyReadStore()
    const { store, readStore, projections, operations, isLive, named } = await bench({
      ...slow,
      makeIndexes: async (spec, options) => {
        await held
        await slow.makeIndexes(spec, options)
      },
    })
    await projections.waitFor(await append(store, tradeOf(0, 20)), PATIENCE_MS)
    await operations.rebuild('order-summary', 'host')
    const copy = async () => {
      const listed = await listProjections(readStore, [orderSummary], named('host'))
      return listed[0]?.copies.find(({ generation }) => generation === 2)
    }
    const of = orderSummary.collection.indexes.length
    await expect
      .poll(copy, { timeout: PATIENCE_MS })
      .toMatchObject({ phase: 'indexing', pace: { indexes: { made: 0, of } }, documents: 20 })
    expect(await operations.switchOver('order-summary')).toMatchObject({ refusal: 'not-caught-up' })
    const position = await append(store, tradeOf(20, 30))
    letGo()
    await isLive(orderSummary)
    expect(await projections.waitFor(position, PATIENCE_MS)).toBe(true)
    const second = generationOf(orderSummary, 2)
    expect(await readStore.indexed(second.collection)).toStrictEqual({ made: of, of })
    expect(await hashOf(readStore, second)).toBe(await undisturbed(store, position, orderSummary))
    expect(await operations.switchOver('order-summary')).toMatchObject({ kind: 'done' })
  })

  it('is not switched to where its indexes are gone', async () => {
    const there = emptyReadStore()
    let made: number | undefined
    const { store, projections, operations, isLive } = await bench({
      ...there,
      indexed: async (spec) => {
        const { made: real, of } = await there.indexed(spec)
        return { made: made ?? real, of }
      },
    })
    await projections.waitFor(await append(store, tradeOf(0, 5)), PATIENCE_MS)
    await operations.rebuild('order-summary', 'host')
    await isLive(orderSummary)
    made = 1
    expect(await operations.switchOver('order-summary')).toMatchObject({ refusal: 'not-caught-up' })
    made = undefined
    expect(await operations.switchOver('order-summary')).toMatchObject({ kind: 'done' })
  })

  it('can be cancelled while its indexes are made, and nothing is left', async () => {
    const there = emptyReadStore()
    const { store, projections, operations, copies, readStore } = await bench({
      ...there,
      makeIndexes: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    })
    await projections.waitFor(await append(store, tradeOf(0, 20)), PATIENCE_MS)
    await operations.rebuild('order-summary', 'host')
    const second = generationOf(orderSummary, 2)
    await expect
      .poll(async () => (await readStore.size(second.collection.name)).documents, { timeout: PATIENCE_MS })
      .toBe(20)
    await operations.cancel('order-summary')
    await expect.poll(() => copies(orderSummary), { timeout: PATIENCE_MS }).toMatchObject({ dropped: [] })
    expect(await readStore.size(second.collection.name)).toStrictEqual({ documents: 0, bytes: 0 })
    expect(await readStore.indexed(second.collection)).toMatchObject({ made: 0 })
    expect(await readStore.checkpoint(second.collection.name)).toBeUndefined()
  })
})
