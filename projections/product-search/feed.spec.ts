import { describe, expect, it, onTestFinished } from 'vitest'
import { delisted, listed } from '#domain/catalogue/samples.ts'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { emptyReadStore, PATIENCE_MS } from '../empty-read-store.ts'
import { append, host, startLog } from '../hosted.ts'
import { products } from '../products/projection.ts'
import { productQueries } from '../products/queries.ts'
import { product } from '../products/samples.ts'
import { startProductSearch, type ProductSearchOptions, type RunningProductSearch } from './feed.ts'

const start = (options: Pick<ProductSearchOptions, 'products' | 'onChange'>): RunningProductSearch => {
  const ending = new AbortController()
  onTestFinished(() => {
    ending.abort()
  })
  return startProductSearch({ clock: systemClock, signal: ending.signal, ...options })
}

const found = (search: RunningProductSearch, q: string): readonly string[] =>
  search.search(q, { sort: 'relevance', page: 1, size: 20, locale: 'ja' }).items

describe('the search index', () => {
  it('holds what the read model holds at the start and follows its changes', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const hosted = host(store, readStore, products)
    const first = await append(store, [{ stream: 'product-kettle', event: listed }])
    expect(await hosted.waitFor(first, PATIENCE_MS)).toBe(true)

    const search = start({ products: productQueries(readStore), onChange: hosted.onChange })
    await search.ready
    expect(found(search, '鉄瓶')).toStrictEqual(['kettle'])

    await append(store, [{ stream: 'product-other-kettle', event: listed }])
    await expect.poll(() => found(search, '鉄瓶').toSorted()).toStrictEqual(['kettle', 'other-kettle'])
    await append(store, [{ stream: 'product-kettle', event: delisted }])
    await expect.poll(() => found(search, '鉄瓶')).toStrictEqual(['other-kettle'])
  })

  it('can be read again as a whole, where nobody tells it of changes', async () => {
    const readStore = emptyReadStore()
    const queries = productQueries(readStore)
    const search = start({ products: queries })
    await search.ready
    const put = (productId: string, position: number, status: 'ACTIVE' | 'DELISTED'): Promise<void> =>
      readStore.commit({
        writes: [
          {
            kind: 'put',
            collection: products.collection.name,
            id: productId,
            position,
            body: product(productId, { status, title: { ja: '鉄瓶' } }),
          },
        ],
      })
    await put('a', 1, 'ACTIVE')
    await put('b', 2, 'ACTIVE')
    expect(found(search, '鉄瓶')).toStrictEqual([])
    await search.refresh()
    expect(found(search, '鉄瓶').toSorted()).toStrictEqual(['a', 'b'])
    await put('a', 3, 'DELISTED')
    await search.refresh()
    expect(found(search, '鉄瓶')).toStrictEqual(['b'])
  })

  it('lets others have a turn while it is made, and answers from what it has', async () => {
    const search = start({
      products: {
        ...productQueries(emptyReadStore()),
        allActive: async function* () {
          for (let nth = 0; nth < 1_000; nth += 1) yield product(`kettle-${nth}`, { title: { ja: '鉄瓶' } })
        },
      },
    })
    const total = (): number =>
      search.search('鉄瓶', { sort: 'relevance', page: 1, size: 1, locale: 'ja' }).total
    const seen = new Set<number>()
    await expect
      .poll(
        () => {
          seen.add(total())
          return total()
        },
        { interval: 1, timeout: PATIENCE_MS },
      )
      .toBe(1_000)
    await search.ready
    expect(seen.size).toBeGreaterThan(3)
  })

  it('does not bring back what was delisted while it is made', async () => {
    const kettle = product('kettle', { title: { ja: '鉄瓶' } })
    const tell: ((id: string) => void)[] = []
    const search = start({
      products: {
        ...productQueries(emptyReadStore()),
        byId: () => Promise.resolve({ ...kettle, status: 'DELISTED' }),
        allActive: async function* () {
          // As a page that was read before the change and is handed over after it.
          for (const listener of tell) listener('kettle')
          await new Promise((resolve) => setImmediate(resolve))
          yield kettle
        },
      },
      onChange: (listener) => {
        tell.push((id) => listener({ collection: products.collection.name, id, position: 1 }))
        return () => undefined
      },
    })
    await search.ready
    await search.refresh()
    expect(found(search, '鉄瓶')).toStrictEqual([])
  })

  it('holds after a restart what is on sale now, and nothing else', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const hosted = host(store, readStore, products)
    await append(store, [
      { stream: 'product-kettle', event: listed },
      { stream: 'product-other-kettle', event: listed },
    ])
    const last = await append(store, [{ stream: 'product-kettle', event: delisted }])
    expect(await hosted.waitFor(last, PATIENCE_MS)).toBe(true)
    const search = start({ products: productQueries(readStore), onChange: hosted.onChange })
    await search.ready
    expect(found(search, '鉄瓶')).toStrictEqual(['other-kettle'])
    expect(search.suggest('鉄瓶', 5).map(({ productId }) => productId)).toStrictEqual(['other-kettle'])
  })

  it('fills itself once the read store can be asked', async () => {
    let calls = 0
    const search = start({
      products: {
        ...productQueries(emptyReadStore()),
        allActive: async function* () {
          calls += 1
          if (calls === 1) throw new Error('unreachable')
          yield product('a', { title: { ja: '鉄瓶' } })
        },
      },
    })
    await search.ready
    expect(found(search, '鉄瓶')).toStrictEqual(['a'])
  })
})
