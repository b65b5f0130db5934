import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Query, ReadStore } from '#platform/readstore/port.ts'
import { spanOf, type Page, type PageRequest } from '../page.ts'
import { PRODUCTS } from './collection.ts'
import type { ListedProduct, ProductDocument, StockLevels } from './document.ts'

export type ProductSort = 'newest' | 'price-asc' | 'price-desc'

export interface ProductsWanted extends PageRequest {
  readonly category?: string
  readonly sort: ProductSort
}

export interface AllProductsWanted extends PageRequest {
  readonly q?: string
  readonly status?: ListedProduct['status']
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
  /** What staff look through: also what is off sale, newest first. `q` is looked for in ids and in all titles. */
  readonly listAll: (wanted: AllProductsWanted) => Promise<Page<ListedProduct>>
  /** Categories that have active products, by name; the first thousand of them. */
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

const LISTED: readonly ListedProduct['status'][] = ['ACTIVE', 'DELISTED']

const READ_AT_ONCE = 1_000
/** One million products, with those that are off sale: past that the catalogue needs another search engine than a process's memory. */
const MOST_READS = 1_000

export const productQueries = (readStore: ReadStore): ProductQueries => {
  const newestFirst = async function* (
    statuses: readonly ListedProduct['status'][],
  ): AsyncIterable<ListedProduct> {
    for (let read = 0; read < MOST_READS; read += 1) {
      const { items } = await readStore.find<ListedProduct>(PRODUCTS.name, {
        where: { status: statuses },
        sort: SORTS.newest,
        offset: read * READ_AT_ONCE,
        limit: READ_AT_ONCE,
        counted: false,
      })
      for (const { body } of items) yield body
      if (items.length < READ_AT_ONCE) return
      // The store may have answered without a turn of the event loop, and others want theirs.
      await nextTurn()
    }
  }
  /** From id to id: by counting, what goes off sale meanwhile would hide as many others behind it. */
  const allActive = async function* (): AsyncIterable<ListedProduct> {
    let after: string | undefined
    for (let read = 0; read < MOST_READS; read += 1) {
      const documents = await readStore.scan<ProductDocument>(PRODUCTS.name, after, READ_AT_ONCE)
      for (const { body } of documents) if (body.status === 'ACTIVE') yield body
      after = documents.at(-1)?.id
      if (after === undefined) return
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
    listAll: async ({ q = '', status, page, size }) => {
      const { offset, limit } = spanOf({ page, size })
      const statuses = status === undefined ? LISTED : [status]
      const wanted = folded(q)
      if (wanted === '') {
        const { items, total } = await readStore.find<ListedProduct>(PRODUCTS.name, {
          where: { status: statuses },
          sort: SORTS.newest,
          offset,
          limit,
        })
        return { items: items.map(({ body }) => body), total, page, size }
      }
      const items: ListedProduct[] = []
      let total = 0
      for await (const product of newestFirst(statuses)) {
        if (!isNamed(product, wanted)) continue
        if (total >= offset && items.length < limit) items.push(product)
        total += 1
      }
      return { items, total, page, size }
    },
    categories: async () => {
      const counts = await readStore.countBy(PRODUCTS.name, { where: { status: 'ACTIVE' } }, 'category')
      return [...counts].map(([category, count]) => ({ category, count }))
    },
    allActive,
    stockOf: async (productId) =>
      (await readStore.get<ProductDocument>(PRODUCTS.name, productId))?.body.stock,
  }
}

/** Wide and narrow, large and small letters are the same to whoever is looking for something. */
const folded = (text: string): string => text.normalize('NFKC').toLowerCase().trim()

const isNamed = ({ productId, title }: ListedProduct, wanted: string): boolean =>
  [productId, title.ja, title.en, title.zh].some(
    (name) => name !== undefined && folded(name).includes(wanted),
  )
