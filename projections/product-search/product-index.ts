import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import MiniSearch, { type SearchOptions } from 'minisearch'
import type { LocalizedText } from '#domain/catalogue/events.ts'
import type { Locale } from '#domain/order/events.ts'
import { spanOf } from '../page.ts'
import type { ListedProduct } from '../products/document.ts'
import { correctionOf } from './did-you-mean.ts'
import { facetsOf, passes, type Countable } from './facets.ts'
import { matchingIn, type Matches } from './matching.ts'
import {
  MOST_SUGGESTIONS,
  type ProductSearch,
  type SearchRequest,
  type SearchResult,
  type SearchSort,
  type Suggestion,
} from './port.ts'
import { charactersOf, cutting, type Cutting } from './tokens.ts'

/** The index and the two ways to change it. Texts are indexed again only when they changed, not with every sale. */
export interface ProductIndex extends ProductSearch {
  readonly search: (q: string, request: SearchRequest) => SearchResult
  readonly suggest: (q: string, size: number, locale?: Locale) => readonly Suggestion[]
  /** Makes the product findable as it is now; one that is not active is taken out. */
  readonly put: (product: ListedProduct) => void
  readonly remove: (productId: string) => void
  readonly productIds: () => Iterable<string>
  /** How many terms and replaced texts are held; the latter are swept up from time to time. */
  readonly size: () => { readonly products: number; readonly terms: number; readonly replaced: number }
}

const LOCALES = ['ja', 'en', 'zh'] as const satisfies readonly Locale[]
const TITLES = LOCALES.map((locale) => `title.${locale}`)
const DESCRIPTIONS = LOCALES.map((locale) => `description.${locale}`)

const TITLE_BOOST = 3
const OWN_LANGUAGE_BOOST = 1.5
/** Longer queries are cut: nobody types them, and each word costs. */
const LONGEST_QUERY = 200
/** Words that differ from their terms; beyond so many a suggestion may read like a stem. */
const MOST_SURFACES = 50_000

/** What is kept of a product beside its terms: enough to filter, sort and suggest, so not its descriptions. */
interface Entry extends Countable {
  readonly productId: string
  readonly listedAtMs: number
  readonly title: LocalizedText
  /** Tells whether the texts changed without keeping them. */
  readonly textsHash: string
}

/** @param cuts How texts are cut; another way than the usual one only to compare. */
export const productIndex = (cuts: Cutting = cutting()): ProductIndex => {
  const entries = new Map<string, Entry>()
  /** The ids of everything in these orders; forgotten when they may have changed, which a sale does not do. */
  const orders = new Map<SearchSort, readonly string[]>()
  const surfaces = new LRUCache<string, string>({ max: MOST_SURFACES })
  const learn = (term: string, word: string): void => {
    if (!surfaces.has(term)) surfaces.set(term, word)
  }
  const texts = new MiniSearch<ListedProduct>({
    idField: 'productId',
    fields: [...TITLES, ...DESCRIPTIONS],
    extractField: (product, field) =>
      field === 'productId' ? product.productId : (textIn(product, field) ?? ''),
    tokenize: (text, field) =>
      field?.startsWith('title') === true ? cuts.ofTitle(text, learn) : cuts.ofDescription(text, learn),
    processTerm: (term) => term,
  })
  const { matches } = matchingIn(texts, cuts)
  const finds = (q: string): boolean => matches(q, {}, 'all').ids.length > 0

  const everything = (sort: SearchSort): readonly string[] => {
    const natural = sort === 'relevance' ? 'newest' : sort
    const known = orders.get(natural)
    if (known !== undefined) return known
    const order = sorted([...entries.values()], natural).map(({ productId }) => productId)
    orders.set(natural, order)
    return order
  }

  const remove = (productId: string): void => {
    if (!entries.delete(productId)) return
    orders.clear()
    texts.discard(productId)
  }

  return {
    put: (product) => {
      const { productId } = product
      if (product.status !== 'ACTIVE') {
        remove(productId)
        return
      }
      const before = entries.get(productId)
      const entry = entryOf(product)
      entries.set(productId, entry)
      if (before === undefined) texts.add(product)
      else if (before.textsHash !== entry.textsHash) texts.replace(product)
      if (before?.amountMinor !== entry.amountMinor || before.listedAtMs !== entry.listedAtMs) orders.clear()
    },
    remove,
    productIds: () => entries.keys(),
    size: () => ({ products: entries.size, terms: texts.termCount, replaced: texts.dirtCount }),
    search: (query, { sort, page, size, locale, ...filters }) => {
      const { offset, limit } = spanOf({ page, size })
      const q = query.trim().slice(0, LONGEST_QUERY)
      const { ids, strictness }: Matches =
        q === '' ? { ids: everything(sort), strictness: 'all' } : matches(q, weights(locale))
      const matched = ids.flatMap((id) => entries.get(id) ?? [])
      const found = matched.filter((entry) => passes(entry, filters))
      const isInOrder = q === '' || sort === 'relevance'
      const areAllKnown = q === '' || (strictness === 'all' && ids.length > 0)
      const didYouMean = areAllKnown
        ? undefined
        : correctionOf(q, { texts, finds, surfaceOf: (term) => surfaces.get(term) })
      return {
        items: (isInOrder ? found : sorted(found, sort))
          .slice(offset, offset + limit)
          .map(({ productId }) => productId),
        total: found.length,
        page,
        size,
        facets: facetsOf(matched, filters),
        ...(didYouMean === undefined ? {} : { didYouMean }),
      }
    },
    suggest: (query, size, locale = 'ja') => {
      const q = query.trim().slice(0, LONGEST_QUERY)
      if (charactersOf(q).length < 2) return []
      return matches(q, { ...weights(locale), fields: TITLES }, 'all-nearly')
        .ids.slice(0, Math.min(Math.max(size, 0), MOST_SUGGESTIONS))
        .flatMap((id) => {
          const entry = entries.get(id)
          return entry === undefined ? [] : [{ productId: id, title: entry.title[locale] ?? entry.title.ja }]
        })
    },
  }
}

const textIn = ({ title, description }: ListedProduct, field: string): string | undefined => {
  const [part, locale] = field.split('.')
  const texts = part === 'title' ? title : description
  return LOCALES.flatMap((known) => (known === locale ? (texts[known] ?? []) : []))[0]
}

const entryOf = (product: ListedProduct): Entry => {
  const { productId, category, title, price, listedAtMs, stock } = product
  const all = [...TITLES, ...DESCRIPTIONS].map((field) => textIn(product, field) ?? null)
  return {
    productId,
    category,
    title,
    amountMinor: price.amountMinor,
    isInStock: stock.available > 0,
    listedAtMs,
    textsHash: hash('sha256', JSON.stringify(all), 'base64url'),
  }
}

const weights = (locale: Locale): SearchOptions => ({
  boost: Object.fromEntries(
    LOCALES.flatMap((known) => {
      const own = known === locale ? OWN_LANGUAGE_BOOST : 1
      return [
        [`title.${known}`, TITLE_BOOST * own],
        [`description.${known}`, own],
      ]
    }),
  ),
})

const newer = (a: Entry, b: Entry): number => b.listedAtMs - a.listedAtMs
const cheaper = (a: Entry, b: Entry): number => a.amountMinor - b.amountMinor
const ORDERS = {
  newest: newer,
  'price-asc': cheaper,
  'price-desc': (a, b) => cheaper(b, a),
} satisfies Record<Exclude<SearchSort, 'relevance'>, typeof newer>

const sorted = (entries: readonly Entry[], order: Exclude<SearchSort, 'relevance'>): readonly Entry[] =>
  entries.toSorted((a, b) => ORDERS[order](a, b) || (a.productId < b.productId ? -1 : 1))
