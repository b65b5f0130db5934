import { array, assert, asyncProperty, constantFrom, nat, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { product, soldOut, yen } from '../products/samples.ts'
import type { SearchEngine } from './contract-engine.ts'
import type { SearchRequest } from './port.ts'

/** Few enough to choose from. */
const MOST_RANGES = 5
const FIRST_PAGE: SearchRequest = { sort: 'relevance', page: 1, size: 100, locale: 'ja' }

/** What every engine's facets must be: promises that the filters keep. */
export const searchFacetsContract = (
  name: string,
  open: () => SearchEngine | Promise<SearchEngine>,
): void => {
  describe(`facets by ${name}`, () => {
    it('count what each choice of a filter would leave, the other filters as they are', async () => {
      const engine = await open()
      await engine.put(product('a', { category: 'tea', ...yen(1_296) }))
      await engine.put(product('b', { category: 'tea', ...yen(980), ...soldOut }))
      await engine.put(product('c', { category: 'kitchen', ...yen(12_800) }))
      const facets = async (more: Partial<SearchRequest>) =>
        (await engine.search('', { ...FIRST_PAGE, ...more })).facets
      expect((await facets({ category: 'kitchen' })).categories).toStrictEqual([
        { category: 'tea', count: 2 },
        { category: 'kitchen', count: 1 },
      ])
      expect((await facets({ category: 'kitchen', inStock: true })).prices).toStrictEqual([{ count: 1 }])
      expect(await facets({ maxPrice: 1_000 })).toMatchObject({
        categories: [{ category: 'tea', count: 1 }],
        inStock: 0,
      })
      expect(await facets({ inStock: true })).toMatchObject({ inStock: 2 })
    })

    it('promise what the filter then finds, and leave no product out', async () => {
      const engine = await open()
      const goods = array(
        record({
          price: nat({ max: 60_000 }),
          category: constantFrom('a', 'b', 'c'),
          isSoldOut: constantFrom(true, false),
        }),
        { minLength: 1, maxLength: 40 },
      )
      const filters = constantFrom<Partial<SearchRequest>>(
        {},
        { category: 'a' },
        { inStock: true },
        { minPrice: 1_000, maxPrice: 5_000 },
        { category: 'b', inStock: true, maxPrice: 20_000 },
      )
      let onShelf = 0
      await assert(
        asyncProperty(goods, filters, async (shelf, filter) => {
          for (; onShelf > 0; onShelf -= 1) await engine.remove(`p-${onShelf - 1}`)
          for (const { price, category, isSoldOut } of shelf) {
            await engine.put(
              product(`p-${onShelf}`, { category, ...yen(price), ...(isSoldOut ? soldOut : {}) }),
            )
            onShelf += 1
          }
          const found = async (more: Partial<SearchRequest>): Promise<number> =>
            (await engine.search('', { ...FIRST_PAGE, ...filter, ...more })).total
          const { facets } = await engine.search('', { ...FIRST_PAGE, ...filter })
          for (const { category, count } of facets.categories) expect(await found({ category })).toBe(count)
          for (const { count, minPrice = 0, maxPrice = Infinity } of facets.prices) {
            expect(count).toBeGreaterThan(0)
            expect(await found({ minPrice, maxPrice })).toBe(count)
          }
          expect(facets.prices.length).toBeLessThanOrEqual(MOST_RANGES)
          const inAllRanges = facets.prices.reduce((sum, { count }) => sum + count, 0)
          expect(inAllRanges).toBe(await found({ minPrice: 0, maxPrice: Infinity }))
          // Each begins where the one before it ends.
          for (const [index, { minPrice }] of facets.prices.entries())
            expect(minPrice).toBe(index === 0 ? undefined : (facets.prices[index - 1]?.maxPrice ?? NaN) + 1)
          expect(facets.inStock).toBe(await found({ inStock: true }))
        }),
        { numRuns: 50 },
      )
    })
  })
}
