import type { Locale } from '#domain/order/events.ts'
import type { PageRequest } from '../page.ts'

export type SearchSort = 'relevance' | 'newest' | 'price-asc' | 'price-desc'

export interface SearchFilters {
  readonly category?: string
  /** Minor units, inclusive. */
  readonly minPrice?: number
  readonly maxPrice?: number
  /** True leaves out what is sold out. */
  readonly inStock?: boolean
}

export interface SearchRequest extends SearchFilters, PageRequest {
  readonly sort: SearchSort
  /** The language whose texts weigh a little more. */
  readonly locale: Locale
}

/** How many products each choice of a filter would leave, with the other filters as they are. */
export interface SearchFacets {
  /** Those with any, most first. */
  readonly categories: readonly { readonly category: string; readonly count: number }[]
  /** Neighbouring ranges in minor units, ends inclusive, cheapest first; together they hold everything, so the outer ends are open. */
  readonly prices: readonly {
    readonly minPrice?: number
    readonly maxPrice?: number
    readonly count: number
  }[]
  readonly inStock: number
}

export interface SearchResult {
  /** Product ids, in order; texts, prices and stock come from the products read model. */
  readonly items: readonly string[]
  readonly total: number
  readonly page: number
  readonly size: number
  readonly facets: SearchFacets
  /** The query with its unknown words replaced by the nearest known ones; searched for without filters, it finds something. */
  readonly didYouMean?: string
}

/** However many are wanted: more than a reader looks through while typing. */
export const MOST_SUGGESTIONS = 20

export interface Suggestion {
  readonly productId: string
  /** In the reader's language, whichever language matched: it is what the product's page will say. */
  readonly title: string
}

/** The search engine did not answer, or not in time: what there is to find is not known. */
export class SearchUnavailable extends Error {
  override readonly name = 'SearchUnavailable'
}

/**
 * Full-text search over active products. Only these are ever found; an empty query finds all of them. An index in this
 * process answers at once, a search engine with a promise; it rejects when it cannot be asked. When the signal aborts
 * nobody waits any more, and an engine lets go of what it holds for the question. What every engine must do beyond the
 * types is in `contract.ts`.
 */
export interface ProductSearch {
  readonly search: (
    q: string,
    request: SearchRequest,
    signal?: AbortSignal,
  ) => SearchResult | Promise<SearchResult>
  /** Titles for what was typed so far, best first; nothing below two characters. */
  readonly suggest: (
    q: string,
    size: number,
    locale?: Locale,
    signal?: AbortSignal,
  ) => readonly Suggestion[] | Promise<readonly Suggestion[]>
}
