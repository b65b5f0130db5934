import { assert, constantFrom, nat, option, property, record, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  filtersSet,
  NO_FILTERS,
  readFilters,
  SORTS,
  withoutFilters,
  withoutSearch,
  writeFilters,
} from './product-filters'

describe('a list without a search', () => {
  it('can be of everything or a category, in any order that needs no words', () => {
    expect(withoutSearch(NO_FILTERS)).toEqual({ sort: 'newest', page: 1 })
    expect(withoutSearch({ ...NO_FILTERS, category: 'table', sort: 'price-asc', page: 3 })).toEqual({
      category: 'table',
      sort: 'price-asc',
      page: 3,
    })
  })

  it.each([
    { q: '急須' },
    { minPrice: 1 },
    { maxPrice: 0 },
    { inStock: true },
    { sort: 'relevance' as const },
  ])('cannot be by %j', (filter) => {
    expect(withoutSearch({ ...NO_FILTERS, ...filter })).toBeUndefined()
  })
})

describe('the filters of a list', () => {
  it('are none for an address without a query', () => {
    expect(readFilters({})).toEqual(NO_FILTERS)
  })

  it('are read from the address', () => {
    expect(
      readFilters({
        q: ' 急須 ',
        category: 'table',
        minPrice: '500',
        maxPrice: '3000',
        inStock: 'true',
        sort: 'price-asc',
        page: '2',
      }),
    ).toEqual({
      q: '急須',
      category: 'table',
      minPrice: 500,
      maxPrice: 3000,
      inStock: true,
      sort: 'price-asc',
      page: 2,
    })
  })

  it.each([
    [{ page: 'abc' }, NO_FILTERS],
    [{ page: '0' }, NO_FILTERS],
    [{ page: '-3' }, NO_FILTERS],
    [{ page: '1e9' }, NO_FILTERS],
    [{ page: '99999999' }, { ...NO_FILTERS, page: 10_000 }],
    [{ minPrice: 'cheap', maxPrice: '-1' }, NO_FILTERS],
    [{ category: '../etc' }, NO_FILTERS],
    [{ sort: 'random' }, NO_FILTERS],
    [{ sort: 'relevance' }, NO_FILTERS],
    [{ inStock: 'perhaps' }, NO_FILTERS],
    [{ q: null, page: undefined }, NO_FILTERS],
    [{ minPrice: '', maxPrice: '' }, NO_FILTERS],
    [{ q: '\0' }, NO_FILTERS],
    [{ q: ['茶', '碗'] }, { ...NO_FILTERS, q: '茶' }],
    [{ minPrice: '３０００' }, { ...NO_FILTERS, minPrice: 3000 }],
    [{ maxPrice: '¥1,200' }, { ...NO_FILTERS, maxPrice: 1200 }],
  ])('fall back where the address makes no sense: %j', (query, filters) => {
    expect(readFilters(query)).toEqual(filters)
  })

  it('put two prices in order', () => {
    expect(readFilters({ minPrice: '900', maxPrice: '100' })).toMatchObject({ minPrice: 100, maxPrice: 900 })
  })

  it('cut words that are longer than the API takes, also where a character takes two units', () => {
    expect(readFilters({ q: `茶${'𠮷'.repeat(300)}` }).q).toBe(`茶${'𠮷'.repeat(99)}`)
  })

  it('are what they were after being written into an address', () => {
    const price = option(nat({ max: 1_000_000 }), { nil: undefined })
    const query = record({
      q: string({ maxLength: 40 }),
      category: constantFrom('', 'table', 'home', '??'),
      minPrice: price.map(String),
      maxPrice: price.map(String),
      inStock: constantFrom('true', 'false', ''),
      sort: constantFrom(...SORTS, ''),
      page: nat({ max: 20_000 }).map(String),
    })
    assert(
      property(query, (typed) => {
        const filters = readFilters(typed)
        expect(readFilters(writeFilters(filters))).toEqual(filters)
      }),
    )
  })

  it('count a price range once', () => {
    const filters = readFilters({ q: '茶', minPrice: '1', maxPrice: '2', inStock: 'true', category: 'table' })
    expect(filtersSet(filters)).toBe(3)
    expect(withoutFilters(filters)).toEqual({ ...NO_FILTERS, q: '茶' })
  })
})
