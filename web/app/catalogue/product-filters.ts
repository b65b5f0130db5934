/** How a list is put in order; `relevance` needs words to be relevant to. */
export const SORTS = ['relevance', 'newest', 'price-asc', 'price-desc'] as const
export type ProductSort = (typeof SORTS)[number]

/** What a list shows, as its address says. Prices are in the currency's smallest unit; yen have no smaller one. */
export interface ProductFilters {
  readonly q: string
  readonly category?: string | undefined
  readonly minPrice?: number | undefined
  readonly maxPrice?: number | undefined
  readonly inStock: boolean
  /** Absent: whatever is natural for the list. */
  readonly sort?: ProductSort | undefined
  readonly page: number
}

/** The bounds the API sets; what is outside it would refuse. */
const LONGEST_QUERY = 200
const LAST_PAGE = 10_000
const CATEGORY = /^[a-z0-9-]{1,40}$/

export const NO_FILTERS: ProductFilters = { q: '', inStock: false, page: 1 }

/**
 * Reads an address or a sent form. Whatever somebody typed into the address bar becomes filters the API accepts: a value
 * that makes no sense is passed over, a doubled one counts once, and prices in the wrong order change places.
 */
export const readFilters = (query: Readonly<Record<string, unknown>>): ProductFilters => {
  const text = (name: string): string => {
    const value = query[name]
    const first: unknown = Array.isArray(value) ? value[0] : value
    return typeof first === 'string' ? first.replaceAll(/\p{Cc}/gu, ' ').trim() : ''
  }
  const category = text('category')
  const prices = [price(text('minPrice')), price(text('maxPrice'))] as const
  const [minPrice, maxPrice] =
    prices[0] !== undefined && prices[1] !== undefined && prices[0] > prices[1]
      ? [prices[1], prices[0]]
      : prices
  const q = cut(text('q'))
  const sort = SORTS.find((known) => known === text('sort'))
  return {
    q,
    inStock: ['true', '1', 'on'].includes(text('inStock')),
    page: Math.min(Math.max(wholeNumber(text('page')) ?? 1, 1), LAST_PAGE),
    ...(CATEGORY.test(category) ? { category } : {}),
    ...(minPrice === undefined ? {} : { minPrice }),
    ...(maxPrice === undefined ? {} : { maxPrice }),
    ...(sort === undefined || (sort === 'relevance' && q === '') ? {} : { sort }),
  }
}

/** The shortest address that says the same; `readFilters` gives the filters back. */
export const writeFilters = (filters: ProductFilters): Record<string, string> => ({
  ...(filters.q === '' ? {} : { q: filters.q }),
  ...(filters.category === undefined ? {} : { category: filters.category }),
  ...(filters.minPrice === undefined ? {} : { minPrice: String(filters.minPrice) }),
  ...(filters.maxPrice === undefined ? {} : { maxPrice: String(filters.maxPrice) }),
  ...(filters.inStock ? { inStock: 'true' } : {}),
  ...(filters.sort === undefined ? {} : { sort: filters.sort }),
  ...(filters.page === 1 ? {} : { page: String(filters.page) }),
})

/** How many of the filters a reader can take away are set. */
export const filtersSet = ({ category, minPrice, maxPrice, inStock }: ProductFilters): number =>
  [category !== undefined, minPrice !== undefined || maxPrice !== undefined, inStock].filter(Boolean).length

/** The same search without its filters, from the first page. */
export const withoutFilters = ({ q, sort }: ProductFilters): ProductFilters => ({
  ...NO_FILTERS,
  q,
  ...(sort === undefined ? {} : { sort }),
})

/** What the catalogue itself can list; undefined for words, prices and stock, which only the search goes by. */
export const withoutSearch = ({
  q,
  category,
  minPrice,
  maxPrice,
  inStock,
  sort = 'newest',
  page,
}: ProductFilters):
  | { readonly category?: string; readonly sort: Exclude<ProductSort, 'relevance'>; readonly page: number }
  | undefined =>
  q !== '' || minPrice !== undefined || maxPrice !== undefined || inStock || sort === 'relevance'
    ? undefined
    : { sort, page, ...(category === undefined ? {} : { category }) }

/** Not in the middle of a character that takes two units. */
const cut = (words: string): string =>
  words
    .slice(0, LONGEST_QUERY)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim()

const wholeNumber = (text: string): number | undefined => {
  if (!/^\d{1,12}$/.test(half(text))) return undefined
  return Number(half(text))
}

/** Japanese keyboards type full-width digits as readily as half-width ones. */
const half = (text: string): string => text.normalize('NFKC')

/** `¥1,200` and `1200円` are what people copy. */
const price = (text: string): number | undefined => wholeNumber(half(text).replaceAll(/[¥円,\s]/g, ''))
