import MiniSearch, { type SearchOptions } from 'minisearch'
import type { Locale } from '#domain/order/events.ts'
import { spanOf } from '../page.ts'
import type { ListedProduct } from '../products/document.ts'
import type { ProductSearch, SearchFilters, SearchSort, Suggestion } from './port.ts'
import { charactersOf, isUnspaced, normalized, spacedWordsIn, termsOfQuery, termsOfText } from './tokens.ts'

/** The index and the two ways to change it. Texts are indexed again only when they changed, not with every sale. */
export interface ProductIndex extends ProductSearch {
  /** Makes the product findable as it is now; one that is not active is taken out. */
  readonly put: (product: ListedProduct) => void
  readonly remove: (productId: string) => void
  readonly productIds: () => Iterable<string>
}

const LOCALES = ['ja', 'en', 'zh'] as const satisfies readonly Locale[]
const TITLES = LOCALES.map((locale) => `title.${locale}`)
const DESCRIPTIONS = LOCALES.map((locale) => `description.${locale}`)

const TITLE_BOOST = 3
const OWN_LANGUAGE_BOOST = 1.5
const LARGEST_SUGGESTION_LIST = 20
/** Longer queries are cut: nobody types them, and each word costs. */
const LONGEST_QUERY = 200
const LARGEST_EDIT_DISTANCE = 2

interface IndexedTexts {
  readonly id: string
  readonly product: ListedProduct
}

export const productIndex = (): ProductIndex => {
  const products = new Map<string, ListedProduct>()
  const texts = new MiniSearch<IndexedTexts>({
    fields: [...TITLES, ...DESCRIPTIONS],
    extractField: ({ id, product }, field) => (field === 'id' ? id : (textIn(product, field) ?? '')),
    tokenize: termsOfText,
    processTerm: (term) => term,
  })

  const matching = (
    q: string,
    locale: Locale,
    options: SearchOptions = {},
  ): ReturnType<typeof texts.search> => {
    const common: SearchOptions = { prefix: asPrefix, fuzzy: tolerance, boost: boosts(locale), ...options }
    const all = texts.search(q, { ...common, tokenize: termsOfQuery, combineWith: 'AND' })
    return all.length > 0 ? all : texts.search(q, { ...common, tokenize: termsOfText, combineWith: 'OR' })
  }

  const correction = (q: string): string | undefined => {
    let corrected = normalized(q)
    let found = false
    for (const word of new Set(spacedWordsIn(q))) {
      if (word.length < 3 || texts.search(word, { prefix: true, tokenize: termsOfQuery }).length > 0) continue
      const nearest = nearestTerm(word)
      if (nearest === undefined) continue
      corrected = corrected.replaceAll(word, nearest)
      found = true
    }
    return found ? corrected.trim() : undefined
  }

  const nearestTerm = (word: string): string | undefined => {
    for (let distance = 1; distance <= LARGEST_EDIT_DISTANCE; distance += 1) {
      const [best] = texts.autoSuggest(word, { fuzzy: distance, prefix: false, tokenize: termsOfQuery })
      if (best !== undefined) return best.suggestion
    }
    return undefined
  }

  return {
    put: (product) => {
      const { productId: id } = product
      const before = products.get(id)
      if (product.status !== 'ACTIVE') {
        if (before !== undefined) texts.discard(id)
        products.delete(id)
        return
      }
      products.set(id, product)
      if (before === undefined) texts.add({ id, product })
      else if (!sameTexts(before, product)) texts.replace({ id, product })
    },
    remove: (productId) => {
      if (products.delete(productId)) texts.discard(productId)
    },
    productIds: () => products.keys(),
    search: (query, { sort, page, size, locale, ...filters }) => {
      const { offset, limit } = spanOf({ page, size })
      const q = query.trim().slice(0, LONGEST_QUERY)
      const ids = q === '' ? products.keys() : matching(q, locale).map(({ id }) => String(id))
      const found = [...ids]
        .flatMap((id) => products.get(id) ?? [])
        .filter((product) => passes(product, filters))
      const didYouMean = q === '' ? undefined : correction(q)
      return {
        items: sorted(found, q === '' && sort === 'relevance' ? 'newest' : sort)
          .slice(offset, offset + limit)
          .map(({ productId }) => productId),
        total: found.length,
        page,
        size,
        ...(didYouMean === undefined ? {} : { didYouMean }),
      }
    },
    suggest: (query, size, locale = 'ja') => {
      const q = query.trim().slice(0, LONGEST_QUERY)
      if (charactersOf(q).length < 2) return []
      return matching(q, locale, { fields: TITLES })
        .slice(0, Math.min(Math.max(size, 0), LARGEST_SUGGESTION_LIST))
        .flatMap(({ id }) => suggestion(products.get(String(id)), locale))
    },
  }
}

const textIn = ({ title, description }: ListedProduct, field: string): string | undefined => {
  const [part, locale] = field.split('.')
  const texts = part === 'title' ? title : description
  return LOCALES.flatMap((known) => (known === locale ? (texts[known] ?? []) : []))[0]
}

const sameTexts = (a: ListedProduct, b: ListedProduct): boolean =>
  [...TITLES, ...DESCRIPTIONS].every((field) => textIn(a, field) === textIn(b, field))

/** Spaced words may be unfinished; of unspaced text only a lone character, as pairs are exact. */
const asPrefix = (term: string): boolean => !isUnspaced(term) || charactersOf(term).length === 1

/** One slip in a word of four letters, two in one of eight or more; numbers are meant as they stand. */
const tolerance = (term: string): number | false => {
  if (isUnspaced(term) || /^\p{N}/u.test(term) || term.length < 4) return false
  return term.length < 8 ? 1 : LARGEST_EDIT_DISTANCE
}

const boosts = (locale: Locale): Record<string, number> =>
  Object.fromEntries(
    LOCALES.flatMap((known) => {
      const own = known === locale ? OWN_LANGUAGE_BOOST : 1
      return [
        [`title.${known}`, TITLE_BOOST * own],
        [`description.${known}`, own],
      ]
    }),
  )

const passes = (
  { category, price, stock }: ListedProduct,
  { category: wanted, minPrice = 0, maxPrice = Infinity, inStock = false }: SearchFilters,
): boolean =>
  (wanted === undefined || category === wanted) &&
  price.amountMinor >= minPrice &&
  price.amountMinor <= maxPrice &&
  (!inStock || stock.available > 0)

const sorted = (products: readonly ListedProduct[], sort: SearchSort): readonly ListedProduct[] => {
  if (sort === 'relevance') return products
  const newer = (a: ListedProduct, b: ListedProduct): number => b.listedAtMs - a.listedAtMs
  const cheaper = (a: ListedProduct, b: ListedProduct): number => a.price.amountMinor - b.price.amountMinor
  const order = {
    newest: newer,
    'price-asc': cheaper,
    'price-desc': (a, b) => cheaper(b, a),
  } satisfies Record<Exclude<SearchSort, 'relevance'>, typeof newer>
  return products.toSorted((a, b) => order[sort](a, b) || (a.productId < b.productId ? -1 : 1))
}

const suggestion = (product: ListedProduct | undefined, locale: Locale): readonly Suggestion[] => {
  if (product === undefined) return []
  return [{ productId: product.productId, title: textIn(product, `title.${locale}`) ?? product.title.ja }]
}
