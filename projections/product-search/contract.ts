import { beforeEach, describe, expect, it } from 'vitest'
import type { ListedProduct } from '../products/document.ts'
import { product, soldOut, yen } from '../products/samples.ts'
import type { SearchEngine } from './contract-engine.ts'
import { searchFacetsContract } from './contract-facets.ts'
import { MOST_SUGGESTIONS, type SearchRequest, type SearchResult } from './port.ts'

const SENCHA = product('sencha', {
  title: { ja: '八女の煎茶 100g', en: 'Yame Sencha, 100 g', zh: '八女煎茶 100克' },
  description: { ja: '福岡県八女の一番茶。', en: 'First-flush green tea.', zh: '头茬茶叶。' },
  ...yen(1_296),
  listedAtMs: 3,
})
const KETTLE = product('kettle', {
  title: { ja: '南部鉄器の鉄瓶', en: 'Nambu Iron Kettle', zh: '南部铁壶' },
  description: { ja: '湯がまろやかになります。', en: 'Made in Iwate.' },
  category: 'kitchen',
  ...yen(12_800),
  listedAtMs: 1,
})
/** A shelf on which every question of this contract has one answer. */
export const SHELF: readonly ListedProduct[] = [
  SENCHA,
  product('hojicha', {
    title: { ja: '和束の茎ほうじ茶 150g', en: 'Wazuka Stem Hojicha, 150 g' },
    description: { ja: '茎を焙煎したお茶。', en: 'Roasted. Try it after a cup of sencha.' },
    ...yen(980),
    ...soldOut,
    listedAtMs: 2,
  }),
  KETTLE,
  product('coffee', {
    title: { ja: 'コーヒー豆', en: 'Кофе Coffee Beans' },
    description: { ja: '深煎りです。' },
    ...yen(1_800),
    listedAtMs: 4,
  }),
]

export const EVERYTHING: SearchRequest = { sort: 'relevance', page: 1, size: 100, locale: 'ja' }

/** What every search engine must do, whatever its ways of cutting and ranking. `open` answers one that is empty. */
export const productSearchContract = (
  name: string,
  open: () => SearchEngine | Promise<SearchEngine>,
): void => {
  describe(`product search by ${name}`, () => {
    let engine: SearchEngine
    beforeEach(async () => {
      engine = await open()
      for (const one of SHELF) await engine.put(one)
    })
    const search = async (q: string, more: Partial<SearchRequest> = {}): Promise<SearchResult> =>
      engine.search(q, { ...EVERYTHING, ...more })
    const found = async (q: string, more?: Partial<SearchRequest>): Promise<readonly string[]> =>
      (await search(q, more)).items

    it.each([
      ['煎茶', 'sencha'],
      ['ほうじ茶', 'hojicha'],
      ['鉄瓶', 'kettle'],
      ['铁壶', 'kettle'],
      ['ｺｰﾋｰ', 'coffee'],
      ['SENCHA', 'sencha'],
      ['ｓｅｎｃｈａ', 'sencha'],
      ['iron kettle', 'kettle'],
      ['кофе', 'coffee'],
      ['八女 sencha', 'sencha'],
      ['hoj', 'hojicha'],
      ['ketle', 'kettle'],
    ])('finds by %s, in any language and width, unfinished or with a slip', async (q, productId) => {
      expect((await found(q))[0]).toBe(productId)
    })

    it('prefers the title to the description', async () => {
      expect(await found('sencha', { locale: 'en' })).toStrictEqual(['sencha', 'hojicha'])
    })

    it('finds everything for no words at all, and nothing for words that nothing has', async () => {
      expect(await search('')).toMatchObject({ total: 4, page: 1, size: 100 })
      expect(await found('  ')).toHaveLength(4)
      expect(await search('zzzzzzzz')).toStrictEqual({
        items: [],
        total: 0,
        page: 1,
        size: 100,
        facets: { categories: [], prices: [], inStock: 0 },
      })
    })

    it.each(['"', 'AND', '*', 'title:sencha OR', '\\', '(', '茶'.repeat(200), 'a '.repeat(100)])(
      'takes %j for words and for nothing else',
      async (q) => {
        expect((await search(q)).total).toBeLessThanOrEqual(SHELF.length)
      },
    )

    it('filters by category, price and stock, and by all of them', async () => {
      expect(await found('茶', { inStock: true })).toStrictEqual(['sencha'])
      expect(await found('茶', { maxPrice: 980 })).toStrictEqual(['hojicha'])
      expect(await found('茶', { minPrice: 981 })).toStrictEqual(['sencha'])
      expect(await search('茶', { category: 'kitchen' })).toMatchObject({ items: [], total: 0 })
      expect(await found('', { category: 'tea', inStock: true, maxPrice: 1_296 })).toStrictEqual(['sencha'])
      expect((await found('', { inStock: false })).length).toBe(4)
    })

    it('sorts, the newest first where there are no words to go by', async () => {
      expect(await found('')).toStrictEqual(['coffee', 'sencha', 'hojicha', 'kettle'])
      expect(await found('', { sort: 'newest' })).toStrictEqual(['coffee', 'sencha', 'hojicha', 'kettle'])
      expect(await found('', { sort: 'price-asc' })).toStrictEqual(['hojicha', 'sencha', 'coffee', 'kettle'])
      expect(await found('茶', { sort: 'price-desc' })).toStrictEqual(['sencha', 'hojicha'])
      expect(await found('茶', { sort: 'newest' })).toStrictEqual(['sencha', 'hojicha'])
    })

    it.each(['relevance', 'newest', 'price-asc', 'price-desc'] as const)(
      'pages by %s hold each product once, with the same total, and nothing after the last',
      async (sort) => {
        for (let nth = 0; nth < 6; nth += 1) await engine.put({ ...KETTLE, productId: `kettle-${nth}` })
        const pages = await Promise.all([1, 2, 3, 4].map((page) => search('鉄瓶', { sort, page, size: 3 })))
        expect(pages.map(({ items }) => items.length)).toStrictEqual([3, 3, 1, 0])
        expect(new Set(pages.flatMap(({ items }) => items)).size).toBe(7)
        expect(pages.map(({ total, page, size }) => [total, page, size])).toStrictEqual(
          [1, 2, 3, 4].map((page) => [7, page, 3]),
        )
      },
    )

    it.each([{ size: 0 }, { size: 101 }, { size: 1.5 }, { page: 0 }, { page: 10_001 }])(
      'refuses a page beyond the bounds: %j',
      async (beyond) => {
        // It may throw at once or reject.
        await expect((async () => search('', beyond))()).rejects.toThrow(RangeError)
      },
    )

    it('finds only what is on sale, under its present name, price and stock', async () => {
      await engine.put({ ...SENCHA, title: { ja: '玉露', en: 'Gyokuro' }, ...yen(5), ...soldOut })
      expect(await found('gyokuro', { maxPrice: 5 })).toStrictEqual(['sencha'])
      expect(await found('gyokuro', { inStock: true })).toStrictEqual([])
      expect(await found('yame')).toStrictEqual([])
      await engine.put({ ...SENCHA, status: 'DELISTED' })
      await engine.remove('kettle')
      await engine.remove('never-there')
      expect(await found('')).toStrictEqual(['coffee', 'hojicha'])
      expect(await found('gyokuro')).toStrictEqual([])
      expect(await engine.suggest('kettle', 5)).toStrictEqual([])
      await engine.put(SENCHA)
      expect(await found('yame')).toStrictEqual(['sencha'])
    })

    it('does not find what was put in when it was off sale already', async () => {
      await engine.put(product('bancha', { status: 'DELISTED', title: { ja: '番茶' } }))
      expect((await search('')).total).toBe(4)
    })

    it.each(['ketle', 'Nanbu ketttle', 'кафе', 'sencha ketle', 'ketle coffe', 'kettle', 'zzzzzzzz'])(
      'suggests for %s only what finds something',
      async (q) => {
        const { didYouMean } = await search(q, { category: 'nothing-in-it' })
        if (didYouMean === undefined) return
        expect((await search(didYouMean)).total).toBeGreaterThan(0)
        expect(await search(didYouMean)).not.toHaveProperty('didYouMean')
      },
    )

    it('says what was probably meant, and nothing where every word is known', async () => {
      expect((await search('ketle')).didYouMean).toBe('kettle')
      expect(await search('kettle')).not.toHaveProperty('didYouMean')
      await engine.remove('kettle')
      expect(await search('ketle')).not.toHaveProperty('didYouMean')
    })

    it('suggests titles in the reader’s language whichever was typed, from two characters on', async () => {
      expect(await engine.suggest('ket', 5)).toStrictEqual([{ productId: 'kettle', title: '南部鉄器の鉄瓶' }])
      expect(await engine.suggest('鉄瓶', 5, 'en')).toStrictEqual([
        { productId: 'kettle', title: 'Nambu Iron Kettle' },
      ])
      expect(await engine.suggest('八女', 5, 'zh')).toStrictEqual([
        { productId: 'sencha', title: '八女煎茶 100克' },
      ])
      // Without a title in that language there is always the Japanese one.
      expect(await engine.suggest('hoj', 5, 'zh')).toStrictEqual([
        { productId: 'hojicha', title: '和束の茎ほうじ茶 150g' },
      ])
      for (const q of ['k', ' k ', '鉄', '', '  ']) expect(await engine.suggest(q, 5)).toStrictEqual([])
    })

    it('suggests by titles only, and no more than wanted nor than a list may hold', async () => {
      expect(await engine.suggest('iwate', 5)).toStrictEqual([])
      for (let number = 0; number < MOST_SUGGESTIONS + 5; number += 1)
        await engine.put(product(`cup-${number}`, { title: { ja: `湯呑み ${number}`, en: `Cup ${number}` } }))
      expect(await engine.suggest('cup', 8)).toHaveLength(8)
      expect(await engine.suggest('cup', 1_000)).toHaveLength(MOST_SUGGESTIONS)
    })
  })
  searchFacetsContract(name, open)
}
