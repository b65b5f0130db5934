import { describe, expect, it } from 'vitest'
import type { ListedProduct } from '../products/document.ts'
import { assert, constantFrom, array, record, nat, property } from 'fast-check'
import { product, soldOut, yen } from '../products/samples.ts'
import type { SearchRequest, SearchResult } from './port.ts'
import { productIndex, type ProductIndex } from './product-index.ts'

const SHELF: readonly ListedProduct[] = [
  product('sencha', {
    title: { ja: '八女の煎茶 100g', en: 'Yame Sencha, 100 g', zh: '八女煎茶 100克' },
    description: { ja: '福岡県八女の一番茶。', en: 'First-flush green tea.', zh: '头茬茶叶。' },
    ...yen(1_296),
    listedAtMs: 3,
  }),
  product('hojicha', {
    title: { ja: '和束の茎ほうじ茶 150g', en: 'Wazuka Stem Hojicha, 150 g' },
    description: { ja: '茎を焙煎したお茶。', en: 'Roasted. Try it after a cup of sencha.' },
    ...yen(980),
    ...soldOut,
    listedAtMs: 2,
  }),
  product('kettle', {
    title: { ja: '南部鉄器の鉄瓶', en: 'Nambu Iron Kettle', zh: '南部铁壶' },
    description: { ja: '湯がまろやかになります。', en: 'Made in Iwate.' },
    category: 'kitchen',
    ...yen(12_800),
    listedAtMs: 1,
  }),
  product('coffee', {
    title: { ja: 'コーヒー豆', en: 'Кофе Coffee Beans' },
    description: { ja: '深煎りです。' },
    ...yen(1_800),
    listedAtMs: 4,
  }),
]

const filled = (): ProductIndex => {
  const index = productIndex()
  SHELF.forEach(index.put)
  return index
}

const EVERYTHING: SearchRequest = { sort: 'relevance', page: 1, size: 100, locale: 'ja' }

const search = (q: string, more: Partial<SearchRequest> = {}): SearchResult =>
  filled().search(q, { sort: 'relevance', page: 1, size: 20, locale: 'ja', ...more })

describe('product search', () => {
  it.each([
    ['煎茶', 'sencha'],
    ['ほうじ茶', 'hojicha'],
    ['鉄瓶', 'kettle'],
    ['铁壶', 'kettle'],
    ['ｺｰﾋｰ', 'coffee'],
    ['コーヒ', 'coffee'],
    ['SENCHA', 'sencha'],
    ['ｓｅｎｃｈａ', 'sencha'],
    ['iron kettle', 'kettle'],
    ['hoj', 'hojicha'],
    ['кофе', 'coffee'],
    ['八女 sencha', 'sencha'],
  ])('finds %s', (q, productId) => {
    expect(search(q).items[0]).toBe(productId)
  })

  it('finds a single character wherever it stands in a word', () => {
    expect(search('茶').items.toSorted()).toStrictEqual(['hojicha', 'sencha'])
    expect(search('瓶').items).toStrictEqual(['kettle'])
  })

  it('prefers the title to the description', () => {
    expect(search('sencha', { locale: 'en' }).items).toStrictEqual(['sencha', 'hojicha'])
  })

  it('forgives a slip in a word and says what was probably meant', () => {
    expect(search('ketle')).toMatchObject({ items: ['kettle'], didYouMean: 'kettle' })
    expect(search('Nanbu ketttle')).toMatchObject({ items: ['kettle'], didYouMean: 'nambu kettle' })
    expect(search('кафе')).toMatchObject({ items: ['coffee'], didYouMean: 'кофе' })
  })

  it('takes two letters that changed places for one slip, but not another word for a misspelt one', () => {
    expect(search('sencah').items).toStrictEqual(search('sencha').items)
    expect(search('ektle').total).toBe(0)
    expect(search('bancha').items).toStrictEqual([])
  })

  it('suggests nothing where every word is known, or nothing is near', () => {
    expect(search('kettle')).not.toHaveProperty('didYouMean')
    expect(search('ket')).not.toHaveProperty('didYouMean')
    expect(search('zzzzzzzz')).toStrictEqual({
      items: [],
      total: 0,
      page: 1,
      size: 20,
      facets: { categories: [], prices: [], inStock: 0 },
    })
  })

  it('never suggests what finds nothing', () => {
    const index = filled()
    // Each word is near a known one, but no product has both.
    expect(index.search('ketle coffe', EVERYTHING)).not.toHaveProperty('didYouMean')
    expect(index.search('sencha ketle', EVERYTHING)).not.toHaveProperty('didYouMean')
    index.remove('kettle')
    expect(index.search('ketle', EVERYTHING)).not.toHaveProperty('didYouMean')
    const words = constantFrom(
      'ketle',
      'coffe',
      'sencah',
      'yame',
      'コーヒ',
      'コーピー',
      'кафе',
      '茶',
      'hojcha',
      'iorn',
    )
    assert(
      property(array(words, { minLength: 1, maxLength: 4 }), (typed) => {
        const { didYouMean } = index.search(typed.join(' '), EVERYTHING)
        if (didYouMean === undefined) return
        expect(index.search(didYouMean, EVERYTHING).total).toBeGreaterThan(0)
        expect(index.search(didYouMean, EVERYTHING)).not.toHaveProperty('didYouMean')
      }),
    )
  })

  it.each([
    ['コーピー', 'コーヒー'],
    ['コーヒー頭', undefined],
    ['iron ketle!', 'iron kettle!'],
    ['ket ketle', 'ket kettle'],
    ['hojcha 150', 'hojicha 150'],
    ['hojcha 151', undefined],
  ])('corrects %s to %s, word by word', (q, didYouMean) => {
    expect(search(q).didYouMean).toBe(didYouMean)
  })

  it('filters by category, price and stock', () => {
    expect(search('茶', { inStock: true }).items).toStrictEqual(['sencha'])
    expect(search('茶', { maxPrice: 980 }).items).toStrictEqual(['hojicha'])
    expect(search('茶', { minPrice: 981 }).items).toStrictEqual(['sencha'])
    expect(search('茶', { category: 'kitchen' }).total).toBe(0)
  })

  it('sorts and pages, and finds everything for no words at all', () => {
    expect(search('').items).toStrictEqual(['coffee', 'sencha', 'hojicha', 'kettle'])
    expect(search('', { sort: 'price-asc' }).items).toStrictEqual(['hojicha', 'sencha', 'coffee', 'kettle'])
    expect(search('', { sort: 'price-desc', page: 2, size: 3 })).toMatchObject({
      items: ['hojicha'],
      total: 4,
      page: 2,
      size: 3,
    })
    expect(search('  ...  ').total).toBe(0)
  })

  it('finds only what is on sale, under its present name and price', () => {
    const index = filled()
    const request: SearchRequest = { sort: 'relevance', page: 1, size: 20, locale: 'en' }
    const [sencha] = SHELF
    expect(sencha).toBeDefined()
    if (sencha === undefined) return
    index.put({ ...sencha, title: { ja: '玉露', en: 'Gyokuro' }, ...yen(5) })
    expect(index.search('gyokuro', { ...request, maxPrice: 5 }).items).toStrictEqual(['sencha'])
    expect(index.search('yame', request).total).toBe(0)
    index.put({ ...sencha, status: 'DELISTED' })
    index.remove('kettle')
    expect(index.search('', request).items).toStrictEqual(['coffee', 'hojicha'])
    expect(index.search('kettle', request).total).toBe(0)
    index.put(sencha)
    expect(index.search('yame', request).items).toStrictEqual(['sencha'])
  })
})

describe('facets', () => {
  it('count what each choice of a filter would leave, the other filters as they are', () => {
    expect(search('茶').facets).toStrictEqual({
      categories: [{ category: 'tea', count: 2 }],
      prices: [
        { maxPrice: 999, count: 1 },
        { minPrice: 1_000, count: 1 },
      ],
      inStock: 1,
    })
    const { facets } = search('', { category: 'kitchen', inStock: true })
    expect(facets.categories).toStrictEqual([
      { category: 'tea', count: 2 },
      { category: 'kitchen', count: 1 },
    ])
    expect(facets.prices).toStrictEqual([{ count: 1 }])
    expect(search('', { maxPrice: 1_000 }).facets).toMatchObject({
      categories: [{ category: 'tea', count: 1 }],
      inStock: 0,
    })
  })

  it('promise what the filter then finds, and leave no product out', () => {
    const index = productIndex()
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
    assert(
      property(goods, filters, (shelf, filter) => {
        for (const productId of index.productIds()) index.remove(productId)
        shelf.forEach(({ price, category, isSoldOut }, nth) => {
          index.put(product(`p-${nth}`, { category, ...yen(price), ...(isSoldOut ? soldOut : {}) }))
        })
        const found = (more: Partial<SearchRequest>) =>
          index.search('', { ...EVERYTHING, ...filter, ...more }).total
        const { facets } = index.search('', { ...EVERYTHING, ...filter })
        for (const { category, count } of facets.categories) expect(found({ category })).toBe(count)
        for (const { count, minPrice = 0, maxPrice = Infinity } of facets.prices) {
          expect(count).toBeGreaterThan(0)
          expect(found({ minPrice, maxPrice })).toBe(count)
        }
        expect(facets.prices.length).toBeLessThanOrEqual(5)
        const inAllRanges = facets.prices.reduce((sum, { count }) => sum + count, 0)
        expect(inAllRanges).toBe(found({ minPrice: 0, maxPrice: Infinity }))
        expect(facets.inStock).toBe(found({ inStock: true }))
      }),
      { numRuns: 50 },
    )
  })
})

describe('an index that follows changes', () => {
  const ids = ['a', 'b', 'c', 'd']
  const titles = ['南部鉄瓶', '煎茶', 'Iron Kettle', 'чайник']
  const deed = record({
    id: constantFrom(...ids),
    what: constantFrom('list', 'delist', 'remove', 'sell'),
    title: constantFrom(...titles),
    price: nat({ max: 9 }),
  })

  it('answers as one made anew from what is on sale, and never finds what is not', () => {
    assert(
      property(array(deed, { maxLength: 30 }), (deeds) => {
        const index = productIndex()
        const onSale = new Map<string, ListedProduct>()
        for (const { id, what, title, price } of deeds) {
          const now = product(id, { title: { ja: title }, ...yen(price) })
          if (what === 'remove' || what === 'delist') {
            onSale.delete(id)
            if (what === 'remove') index.remove(id)
            else index.put({ ...now, status: 'DELISTED' })
          } else {
            const product = what === 'sell' ? { ...(onSale.get(id) ?? now), ...soldOut } : now
            onSale.set(id, product)
            index.put(product)
          }
        }
        const anew = productIndex()
        onSale.forEach(anew.put)
        expect(new Set(index.productIds())).toStrictEqual(new Set(onSale.keys()))
        for (const q of ['', '鉄瓶', 'kettle', 'ketle', 'чайники', '茶'])
          for (const sort of ['relevance', 'price-asc'] as const) {
            const [one, other] = [index, anew].map((each) => each.search(q, { ...EVERYTHING, sort }))
            expect({ ...one, items: new Set(one?.items) }).toStrictEqual({
              ...other,
              items: new Set(other?.items),
            })
          }
      }),
    )
  })

  it('holds no more after many changes of the same products than before', async () => {
    const index = productIndex()
    for (let round = 0; round < 500; round += 1)
      for (const id of ids) index.put(product(id, { title: { ja: `round${round}` } }))
    expect(index.size().products).toBe(4)
    // What was replaced is swept up between two turns of the loop.
    await expect.poll(() => index.size(), { timeout: 5_000 }).toMatchObject({ replaced: 0 })
    expect(index.size().terms).toBeLessThan(40)
  })

  it('does not index texts again for a sale', () => {
    const index = filled()
    for (const one of SHELF) index.put({ ...one, ...soldOut })
    expect(index.size().replaced).toBe(0)
    expect(index.search('', { ...EVERYTHING, inStock: true }).total).toBe(0)
  })
})

describe('suggestions', () => {
  it('are titles in the reader’s language whichever was typed, from two characters on', () => {
    const index = filled()
    expect(index.suggest('ket', 5)).toStrictEqual([{ productId: 'kettle', title: '南部鉄器の鉄瓶' }])
    expect(index.suggest('鉄瓶', 5, 'en')).toStrictEqual([
      { productId: 'kettle', title: 'Nambu Iron Kettle' },
    ])
    expect(index.suggest('八女', 5, 'zh')).toStrictEqual([{ productId: 'sencha', title: '八女煎茶 100克' }])
    expect(index.suggest('k', 5)).toStrictEqual([])
  })

  it('come from titles only and are bounded', () => {
    const index = filled()
    expect(index.suggest('iwate', 5)).toStrictEqual([])
    for (let number = 0; number < 40; number += 1)
      index.put(product(`cup-${number}`, { title: { ja: `湯呑み ${number}`, en: `Cup ${number}` } }))
    expect(index.suggest('cup', 8)).toHaveLength(8)
    expect(index.suggest('cup', 1_000)).toHaveLength(20)
  })
})
