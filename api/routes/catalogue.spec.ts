import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiBench, until, type ApiBench } from '../testing.ts'

describe('the catalogue', () => {
  let bench: ApiBench
  beforeAll(async () => {
    bench = await apiBench()
    await bench.offer('sencha', 1_200, 7)
    await bench.offer('hojicha', 800)
    await bench.offer('gyokuro', 3_000)
    await bench.offer('bancha', 500)
    await bench.delist('bancha')
    await until('the delisting is known', async () => (await ask('/api/products/bancha')).statusCode === 404)
  })
  afterAll(() => bench.close())

  const ask = (url: string, headers: Record<string, string> = {}) => bench.app.inject({ url, headers })
  const idsOf = (reply: { json: () => { items: { productId: string }[] } }) =>
    reply.json().items.map(({ productId }) => productId)

  it('lists categories with names and counts of what is on sale', async () => {
    const reply = await ask('/api/categories?lang=en')
    expect(reply.json()).toEqual({
      items: [{ categoryId: 'tea', name: 'Tea', count: 3, imageUrl: '/images/category-tea.svg' }],
      total: 1,
      page: 1,
      size: 1,
    })
  })

  it('shows a product with everything the contract names', async () => {
    const reply = await ask('/api/products/sencha?lang=ja')
    expect(reply.json()).toEqual({
      productId: 'sencha',
      title: 'お茶 sencha',
      description: 'おいしいお茶です',
      category: 'tea',
      priceMinor: 1_200,
      currency: 'JPY',
      taxRatePercent: 8,
      imageUrl: '/images/sencha.svg',
      thumbnailUrl: '/images/sencha.svg',
      available: 7,
    })
  })

  it('speaks the browser’s language, and Japanese where it knows no better', async () => {
    const titleFor = async (language: string) =>
      (await ask('/api/products/sencha', { 'accept-language': language })).json<{ title: string }>().title
    expect(await titleFor('en-GB,en;q=0.9')).toBe('Tea sencha')
    expect(await titleFor('fr-FR, zh;q=0.5')).toBe('お茶 sencha')
    expect(await titleFor('')).toBe('お茶 sencha')
  })

  it('pages with real totals in a stable order', async () => {
    const pages = await Promise.all(
      [1, 2, 3].map((page) => ask(`/api/products?sort=price-asc&size=1&page=${page}`)),
    )
    expect(pages.flatMap(idsOf)).toEqual(['hojicha', 'sencha', 'gyokuro'])
    expect(pages.map((reply) => reply.json<{ total: number }>().total)).toEqual([3, 3, 3])
    expect((await ask('/api/products?page=9')).json()).toMatchObject({ items: [], total: 3, page: 9 })
    expect(idsOf(await ask('/api/products?category=nothing'))).toEqual([])
  })

  it('answers products by id, in the order given, and only those on sale', async () => {
    const reply = await ask(
      '/api/products?ids=sencha,nothing,gyokuro,UPPER,bancha,%20hojicha,,sencha&lang=en',
    )
    expect(idsOf(reply)).toEqual(['sencha', 'gyokuro', 'hojicha'])
    expect(reply.json()).toMatchObject({
      total: 3,
      page: 1,
      size: 3,
      items: [{ title: 'Tea sencha' }, {}, {}],
    })
    expect(reply.headers['cache-control']).toBe('no-cache')
    // What lists are told by is passed over.
    expect(
      idsOf(await ask('/api/products?ids=sencha,hojicha&size=1&page=7&sort=price-asc&category=x')),
    ).toEqual(['sencha', 'hojicha'])
    for (const none of ['', 'nothing', '../../etc'])
      expect((await ask(`/api/products?ids=${none}`)).json()).toEqual({
        items: [],
        total: 0,
        page: 1,
        size: 0,
      })
  })

  it('looks up as many products at once as an order can have lines', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `product-${index}`)
    expect((await ask(`/api/products?ids=${[...ids.slice(1), 'sencha'].join(',')}`)).json()).toMatchObject({
      total: 1,
    })
    const tooMany = await ask(`/api/products?ids=${[...ids, 'sencha'].join(',')}`)
    expect([tooMany.statusCode, tooMany.json<object>()]).toMatchObject([
      400,
      { code: 'invalid-query', errors: [{ path: 'ids' }] },
    ])
  })

  it('searches with filters and suggests', async () => {
    expect(idsOf(await ask('/api/products/search?q=sencha'))).toEqual(['sencha'])
    expect(idsOf(await ask('/api/products/search?q=tea&lang=en&minPrice=900&sort=price-desc'))).toEqual([
      'gyokuro',
      'sencha',
    ])
    expect((await ask('/api/products/suggest?q=senc')).json()).toMatchObject({
      items: [{ productId: 'sencha' }],
    })
  })

  it('counts what each filter would leave', async () => {
    expect((await ask('/api/products/search?q=tea&lang=en&minPrice=900')).json()).toMatchObject({
      total: 2,
      facets: {
        categories: [{ categoryId: 'tea', name: 'Tea', count: 2 }],
        prices: [
          { maxPrice: 999, count: 1 },
          { minPrice: 1_000, maxPrice: 2_999, count: 1 },
          { minPrice: 3_000, count: 1 },
        ],
      },
    })
    const { facets } = (await ask('/api/products/search?q=bancha')).json<{ facets: object }>()
    expect(facets).toEqual({ categories: [], prices: [], inStock: 0 })
  })

  it('never finds or suggests what is no longer on sale', async () => {
    for (const url of ['/api/products/search?q=bancha', '/api/products/suggest?q=bancha'])
      expect(idsOf(await ask(url))).not.toContain('bancha')
    expect(idsOf(await ask('/api/products/search?size=100'))).not.toContain('bancha')
  })

  it.each([
    '/api/products?page=0',
    '/api/products?page=-1',
    '/api/products?page=1.5',
    '/api/products?page=abc',
    '/api/products?size=0',
    '/api/products?size=101',
    '/api/products?size=1e9',
    '/api/products?sort=sideways',
    '/api/products?category=../../etc',
    '/api/products/search?q=tea&minPrice=-1',
    '/api/products/search?q=tea&maxPrice=',
    '/api/products/search?q=tea&maxPrice=1e3',
    '/api/products/search?q=tea&minPrice=10&maxPrice=5',
    `/api/products/search?q=${'x'.repeat(201)}`,
    '/api/products/suggest?q=te&size=1000',
    '/api/products?page=1&page=2',
    '/api/products?ids=a&ids=b',
    `/api/products?ids=${'x'.repeat(5_001)}`,
  ])('refuses %s', async (url) => {
    const reply = await ask(url)
    expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([400, 'invalid-query'])
    expect(reply.json<{ errors: unknown[] }>().errors.length).toBeGreaterThan(0)
  })

  it.each(['nothing', 'UPPER', '%2e%2e%2fetc', 'x'.repeat(150)])('has no product %s', async (id) => {
    const reply = await ask(`/api/products/${id}`)
    expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([404, 'product-not-found'])
  })
})
