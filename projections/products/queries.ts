import type { Query, ReadStore } from '#platform/readstore/port.ts'
import { spanOf, type Page, type PageRequest } from '../page.ts'
import { PRODUCTS } from './collection.ts'
import type { ListedProduct, ProductDocument, StockLevels } from './document.ts'

export type ProductSort = 'newest' | 'price-asc' | 'price-desc'

export interface ProductsWanted extends PageRequest {
  readonly category?: string
  readonly sort: ProductSort
}

export interface CategoryCount {
  readonly category: string
  /** Active products in it. */
  readonly count: number
}

export interface ProductQueries {
  /** A product that is or was on sale; whether it still is, `status` says. */
  readonly byId: (productId: string) => Promise<ListedProduct | undefined>
  /** Active products only. */
  readonly list: (wanted: ProductsWanted) => Promise<Page<ListedProduct>>
  /** Categories that have active products, by name. */
  readonly categories: () => Promise<readonly CategoryCount[]>
  /** Every active product, page by page, for an index. */
  readonly allActive: () => AsyncIterable<ListedProduct>
  /** Levels also of goods that were never listed; undefined when the product is unknown altogether. */
  readonly stockOf: (productId: string) => Promise<StockLevels | undefined>
}

const SORTS: Readonly<Record<ProductSort, NonNullable<Query['sort']>>> = {
  newest: { by: 'listedAtMs', direction: 'desc' },
  'price-asc': { by: 'price.amountMinor', direction: 'asc' },
  'price-desc': { by: 'price.amountMinor', direction: 'desc' },
}

const READ_AT_ONCE = 1_000
/** One million products: past that the catalogue needs another search engine than a process's memory. */
const MOST_READS = 1_000

export const productQueries = (readStore: ReadStore): ProductQueries => {
  const allActive = async function* (): AsyncIterable<ListedProduct> {
    for (let read = 0; read < MOST_READS; read += 1) {
      const { items } = await readStore.find<ListedProduct>(PRODUCTS.name, {
        where: { status: 'ACTIVE' },
        offset: read * READ_AT_ONCE,
        limit: READ_AT_ONCE,
      })
      for (const { body } of items) yield body
      if (items.length < READ_AT_ONCE) return
    }
  }

  return {
    byId: async (productId) => {
      const document = await readStore.get<ProductDocument>(PRODUCTS.name, productId)
      return document === undefined || document.body.status === 'UNLISTED' ? undefined : document.body
    },
    list: async ({ category, sort, page, size }) => {
      const { items, total } = await readStore.find<ListedProduct>(PRODUCTS.name, {
        where: { status: 'ACTIVE', ...(category === undefined ? {} : { category }) },
        sort: SORTS[sort],
        ...spanOf({ page, size }),
      })
      return { items: items.map(({ body }) => body), total, page, size }
    },
    categories: async () => {
      const counts = new Map<string, number>()
      for await (const { category } of allActive()) counts.set(category, (counts.get(category) ?? 0) + 1)
      return [...counts]
        .map(([category, count]) => ({ category, count }))
        .sort((a, b) => (a.category < b.category ? -1 : 1))
    },
    allActive,
    stockOf: async (productId) =>
      (await readStore.get<ProductDocument>(PRODUCTS.name, productId))?.body.stock,
  }
}
