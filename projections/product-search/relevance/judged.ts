import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { LocalizedText } from '#domain/catalogue/events.ts'
import type { Locale } from '#domain/order/events.ts'
import type { ListedProduct } from '../../products/document.ts'
import { product, yen } from '../../products/samples.ts'
import type { ProductIndex } from '../product-index.ts'
import { gainAt10, recallAt10 } from './measures.ts'

const Goods = z.array(
  z.object({
    productId: z.string(),
    category: z.string(),
    priceMinor: z.int(),
    title: LocalizedText,
    description: LocalizedText,
  }),
)

/** The languages of the judged queries. Products have no field for Russian, so those texts stand where every product has one. */
export const LANGUAGES = ['ja', 'en', 'zh', 'ru'] as const
export type Language = (typeof LANGUAGES)[number]

const Queries = z.array(
  z.object({
    language: z.enum(LANGUAGES),
    q: z.string(),
    /** What is hard about it. */
    about: z.string().optional(),
    grades: z.record(z.string(), z.int().min(1).max(3)),
  }),
)
export type JudgedQuery = z.infer<typeof Queries>[number]

const read = async <T>(file: string, shape: z.ZodType<T>): Promise<T> =>
  shape.parse(JSON.parse(await readFile(new URL(file, import.meta.url), 'utf8')))

/** The demo shop's goods and some that were made to be hard to tell apart. */
export const judgedGoods = async (): Promise<readonly ListedProduct[]> =>
  [...(await read('../../../seed/products.json', Goods)), ...(await read('judged-goods.json', Goods))].map(
    ({ productId, category, priceMinor, title, description }, nth) =>
      product(productId, { category, title, description, listedAtMs: nth, ...yen(priceMinor) }),
  )

export const judgedQueries = (): Promise<readonly JudgedQuery[]> => read('judged-queries.json', Queries)

export interface Relevance {
  readonly language: Language
  readonly queries: number
  /** Means over the queries, 0 to 1. */
  readonly ndcgAt10: number
  readonly recallAt10: number
}

export interface Judged extends JudgedQuery {
  readonly found: readonly string[]
  readonly ndcgAt10: number
  readonly recallAt10: number
}

const localeOf = (language: Language): Locale => (language === 'ru' ? 'ja' : language)

export const judged = (index: ProductIndex, queries: readonly JudgedQuery[]): readonly Judged[] =>
  queries.map((query) => {
    const found = index.search(query.q, {
      sort: 'relevance',
      page: 1,
      size: 10,
      locale: localeOf(query.language),
    }).items
    return {
      ...query,
      found,
      ndcgAt10: gainAt10(found, query.grades),
      recallAt10: recallAt10(found, query.grades),
    }
  })

export const relevanceOf = (results: readonly Judged[]): readonly Relevance[] =>
  LANGUAGES.map((language) => {
    const own = results.filter((result) => result.language === language)
    const mean = (of: (result: Judged) => number): number =>
      own.reduce((sum, result) => sum + of(result), 0) / own.length
    return {
      language,
      queries: own.length,
      ndcgAt10: mean((result) => result.ndcgAt10),
      recallAt10: mean((result) => result.recallAt10),
    }
  })
