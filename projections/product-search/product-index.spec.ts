import { describe, expect, it } from 'vitest'
import type { ListedProduct } from '../products/document.ts'
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

  it('suggests nothing where every word is known, or nothing is near', () => {
    expect(search('kettle')).not.toHaveProperty('didYouMean')
    expect(search('ket')).not.toHaveProperty('didYouMean')
    expect(search('zzzzzzzz')).toStrictEqual({ items: [], total: 0, page: 1, size: 20 })
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
    expect(search('', { sort: 'price-desc', page: 2, size: 3 })).toStrictEqual({
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
