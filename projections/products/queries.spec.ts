import { beforeEach, describe, expect, it } from 'vitest'
import type { ReadStore } from '#platform/readstore/port.ts'
import { emptyReadStore } from '../empty-read-store.ts'
import { PRODUCTS } from './collection.ts'
import type { ProductDocument } from './document.ts'
import { productQueries, type ProductSort } from './queries.ts'
import { product, yen } from './samples.ts'

const NO_STOCK = { received: 3, adjusted: 0, available: 3, reserved: 0, sold: 0 }
const SHELF: readonly ProductDocument[] = [
  product('sencha', { ...yen(1_296), listedAtMs: 3 }),
  product('gyokuro', { ...yen(3_240), listedAtMs: 1 }),
  product('bancha', { ...yen(1_296), listedAtMs: 2 }),
  product('kettle', { ...yen(12_800), listedAtMs: 4, category: 'kitchen' }),
  product('gone', { status: 'DELISTED' }),
  { productId: 'unlisted', status: 'UNLISTED', stock: NO_STOCK, revisions: { product: -1, stock: 0 } },
]

describe('products', () => {
  let readStore: ReadStore
  beforeEach(async () => {
    readStore = emptyReadStore()
    await readStore.prepare([PRODUCTS])
    await readStore.commit({
      writes: SHELF.map((body, index) => ({
        kind: 'put',
        collection: PRODUCTS.name,
        id: body.productId,
        position: index,
        body,
      })),
    })
  })

  const listed = async (sort: ProductSort, category?: string): Promise<readonly string[]> => {
    const { items } = await productQueries(readStore).list({
      sort,
      page: 1,
      size: 100,
      ...(category === undefined ? {} : { category }),
    })
    return items.map(({ productId }) => productId)
  }

  it('are found by id once they have been listed, also when no longer on sale', async () => {
    const { byId } = productQueries(readStore)
    expect(await byId('sencha')).toMatchObject({ productId: 'sencha', status: 'ACTIVE' })
    expect(await byId('gone')).toMatchObject({ status: 'DELISTED' })
    expect(await byId('unlisted')).toBeUndefined()
    expect(await byId('none')).toBeUndefined()
  })

  it('are listed while on sale, in a stable order', async () => {
    expect(await listed('newest')).toStrictEqual(['kettle', 'sencha', 'bancha', 'gyokuro'])
    expect(await listed('price-asc')).toStrictEqual(['bancha', 'sencha', 'gyokuro', 'kettle'])
    expect(await listed('price-desc', 'tea')).toStrictEqual(['gyokuro', 'sencha', 'bancha'])
  })

  it('are all given for an index, also while those on an earlier page go off sale', async () => {
    const inSmallSteps: ReadStore = {
      ...readStore,
      find: (collection, query) => readStore.find(collection, { ...query, limit: 2 }),
      scan: (collection, after) => readStore.scan(collection, after, 2),
    }
    const given: string[] = []
    for await (const { productId } of productQueries(inSmallSteps).allActive()) {
      given.push(productId)
      if (productId !== 'gyokuro') continue
      const body = product('bancha', { status: 'DELISTED' })
      await readStore.commit({
        writes: [{ kind: 'put', collection: PRODUCTS.name, id: 'bancha', position: 11, body }],
      })
    }
    expect(given).toStrictEqual(['bancha', 'gyokuro', 'kettle', 'sencha'])
  })

  it('are paged with the total', async () => {
    const page = await productQueries(readStore).list({ category: 'tea', sort: 'newest', page: 2, size: 2 })
    expect(page.items.map(({ productId }) => productId)).toStrictEqual(['gyokuro'])
    expect(page).toMatchObject({ total: 3, page: 2, size: 2 })
  })

  it('are all listed for staff, newest first, by status and by any part of an id or title', async () => {
    const titled = product('mug', {
      title: { ja: 'マグカップ', en: 'Mug' },
      listedAtMs: 5,
      status: 'DELISTED',
    })
    await readStore.commit({
      writes: [{ kind: 'put', collection: PRODUCTS.name, id: 'mug', position: 100, body: titled }],
    })
    const { listAll } = productQueries(readStore)
    const named = async (
      wanted: Omit<Parameters<typeof listAll>[0], 'page' | 'size'>,
      page = 1,
      size = 3,
    ) => {
      const { items, total } = await listAll({ ...wanted, page, size })
      return [total, ...items.map(({ productId }) => productId)]
    }
    expect(await named({})).toStrictEqual([6, 'gone', 'mug', 'kettle'])
    expect(await named({}, 2)).toStrictEqual([6, 'sencha', 'bancha', 'gyokuro'])
    expect(await named({ status: 'DELISTED' })).toStrictEqual([2, 'gone', 'mug'])
    expect(await named({ q: 'CHA' })).toStrictEqual([2, 'sencha', 'bancha'])
    expect(await named({ q: 'cha' }, 2, 1)).toStrictEqual([2, 'bancha'])
    expect(await named({ q: 'ﾏｸﾞ' })).toStrictEqual([1, 'mug'])
    expect(await named({ q: 'mug', status: 'ACTIVE' })).toStrictEqual([0])
  })

  it('are counted by category, those on sale only', async () => {
    expect(await productQueries(readStore).categories()).toStrictEqual([
      { category: 'kitchen', count: 1 },
      { category: 'tea', count: 3 },
    ])
  })

  it('show their stock also before they are listed', async () => {
    const { stockOf } = productQueries(readStore)
    expect(await stockOf('unlisted')).toStrictEqual(NO_STOCK)
    expect(await stockOf('none')).toBeUndefined()
  })

  it('are all handed over for an index, however many', async () => {
    await readStore.commit({
      writes: Array.from({ length: 1_500 }, (_, index) => ({
        kind: 'put',
        collection: PRODUCTS.name,
        id: `more-${index}`,
        position: 100 + index,
        body: product(`more-${index}`),
      })),
    })
    const ids = new Set<string>()
    for await (const { productId } of productQueries(readStore).allActive()) ids.add(productId)
    expect(ids.size).toBe(1_504)
  })
})
