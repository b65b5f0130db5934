import type { SearchFacets, SearchFilters } from './port.ts'

/** What filters and facets are about. */
export interface Countable {
  readonly category: string
  readonly amountMinor: number
  readonly isInStock: boolean
}

/** Few enough to take in at a glance. */
const MOST_RANGES = 5

/** Where one range may end and the next begin: 100, 200, 300, 500, 1,000 … , as people think of prices. */
const BOUNDS = Array.from({ length: 8 }, (_, power) =>
  [1, 2, 3, 5].map((digit) => digit * 10 ** (power + 2)),
).flat()

interface Range {
  readonly minPrice?: number
  readonly maxPrice?: number
  readonly count: number
}

const isPricedWithin = (amountMinor: number, { minPrice = 0, maxPrice = Infinity }: SearchFilters): boolean =>
  amountMinor >= minPrice && amountMinor <= maxPrice

export const passes = ({ category, amountMinor, isInStock }: Countable, filters: SearchFilters): boolean =>
  (filters.category === undefined || category === filters.category) &&
  isPricedWithin(amountMinor, filters) &&
  (filters.inStock !== true || isInStock)

/**
 * How many of `found` each filter would leave. A filter is counted as if it were not set while the others are, so that
 * a reader sees what another choice of it would bring.
 */
export const facetsOf = (found: Iterable<Countable>, filters: SearchFilters): SearchFacets => {
  const categories = new Map<string, number>()
  const prices = BOUNDS.map(() => 0)
  prices.push(0)
  let inStock = 0
  for (const { category, amountMinor, isInStock } of found) {
    const inCategory = filters.category === undefined || category === filters.category
    const inPrice = isPricedWithin(amountMinor, filters)
    const inShop = filters.inStock !== true || isInStock
    if (inPrice && inShop) categories.set(category, (categories.get(category) ?? 0) + 1)
    if (inCategory && inShop) {
      const bucket = bucketOf(amountMinor)
      prices[bucket] = (prices[bucket] ?? 0) + 1
    }
    if (inCategory && inPrice && isInStock) inStock += 1
  }
  return {
    categories: [...categories]
      .map(([category, count]) => ({ category, count }))
      .toSorted((a, b) => b.count - a.count || (a.category < b.category ? -1 : 1)),
    prices: rangesOf(prices),
    inStock,
  }
}

const bucketOf = (amountMinor: number): number => {
  let [low, high] = [0, BOUNDS.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (amountMinor < (BOUNDS[middle] ?? Infinity)) high = middle
    else low = middle + 1
  }
  return low
}

/** Neighbours grow together, the smallest sum first, until few enough ranges are left; the outer two are open. */
const rangesOf = (buckets: readonly number[]): readonly Range[] => {
  const first = buckets.findIndex((count) => count > 0)
  const last = buckets.findLastIndex((count) => count > 0)
  if (first < 0) return []
  let ranges = buckets
    .slice(first, last + 1)
    .map((count, index) => ({ from: first + index, upTo: first + index, count }))
  while (ranges.length > 1) {
    const sums = ranges.slice(1).map(({ count }, index) => count + (ranges[index]?.count ?? 0))
    const least = sums.indexOf(Math.min(...sums))
    const [a, b] = [ranges[least], ranges[least + 1]]
    if (a === undefined || b === undefined) break
    // Nothing is to be chosen by a range that holds nothing.
    if (ranges.length <= MOST_RANGES && ranges.every(({ count }) => count > 0)) break
    ranges = ranges.toSpliced(least, 2, { from: a.from, upTo: b.upTo, count: a.count + b.count })
  }
  return ranges.map(({ from, upTo, count }) => {
    const [minPrice, below] = [BOUNDS[from - 1], BOUNDS[upTo]]
    return {
      ...(from === first || minPrice === undefined ? {} : { minPrice }),
      ...(upTo === last || below === undefined ? {} : { maxPrice: below - 1 }),
      count,
    }
  })
}
