import { describe, expect, it } from 'vitest'
import type { ListedProduct } from '../products/document.ts'
import { assert, constantFrom, array, record, nat, property } from 'fast-check'
import { product, soldOut, yen } from '../products/samples.ts'
import { EVERYTHING, productSearchContract, SHELF } from './contract.ts'
import type { SearchRequest, SearchResult } from './port.ts'
import { productIndex, type ProductIndex } from './product-index.ts'

const filled = (): ProductIndex => {
  const index = productIndex()
  SHELF.forEach(index.put)
  return index
}

const search = (q: string, more: Partial<SearchRequest> = {}): SearchResult =>
  filled().search(q, { sort: 'relevance', page: 1, size: 20, locale: 'ja', ...more })

productSearchContract('the index in this process', productIndex)

describe('product search by its own rules', () => {
  it('finds a katakana word that is not finished', () => {
    expect(search('コーヒ').items).toStrictEqual(['coffee'])
  })

  it('finds a single character wherever it stands in a word', () => {
    expect(search('茶').items.toSorted()).toStrictEqual(['hojicha', 'sencha'])
    expect(search('瓶').items).toStrictEqual(['kettle'])
  })

  it('takes a lone letter beside other words for that letter, or for a word that is only begun', () => {
    const index = filled()
    index.put(product('lamp-c', { title: { ja: 'ランプ C', en: 'Lamp C' } }))
    index.put(product('lamp-d', { title: { ja: 'ランプ D', en: 'Lamp D' } }))
    expect(index.search('lamp c', EVERYTHING).items).toStrictEqual(['lamp-c'])
    expect(index.suggest('kettle n', 5, 'en').map(({ productId }) => productId)).toStrictEqual(['kettle'])
    expect(index.search('kettle q', EVERYTHING)).toMatchObject({ items: ['kettle'] })
    expect(index.search('kettle q', EVERYTHING)).not.toHaveProperty('didYouMean')
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
    expect(search('zzzzzzzz')).not.toHaveProperty('didYouMean')
  })

  it('never suggests what finds nothing', () => {
    const index = filled()
    // Each word is near a known one, but no product has both.
    expect(index.search('ketle coffe', EVERYTHING)).not.toHaveProperty('didYouMean')
    expect(index.search('sencha ketle', EVERYTHING)).not.toHaveProperty('didYouMean')
    index.remove('kettle')
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
})

describe('facets', () => {
  it('have the ranges in which people think of prices', () => {
    expect(search('茶').facets).toStrictEqual({
      categories: [{ category: 'tea', count: 2 }],
      prices: [
        { maxPrice: 999, count: 1 },
        { minPrice: 1_000, count: 1 },
      ],
      inStock: 1,
    })
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
    await expect.poll(() => index.size()).toMatchObject({ replaced: 0 })
    expect(index.size().terms).toBeLessThan(40)
  })

  it('does not index texts again for a sale', () => {
    const index = filled()
    for (const one of SHELF) index.put({ ...one, ...soldOut })
    expect(index.size().replaced).toBe(0)
    expect(index.search('', { ...EVERYTHING, inStock: true }).total).toBe(0)
  })
})
