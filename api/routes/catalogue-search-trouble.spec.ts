import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProductSearch } from '#projections/product-search/port.ts'
import { apiBench, type ApiBench } from '../testing.ts'

const LIMIT_MS = 300
/** A busy machine may take a while more than the limit; that an answer comes at all is the point. */
const PATIENCE_MS = 30_000

const failing: ProductSearch = {
  search: () => Promise.reject(new Error('connect ECONNREFUSED search.internal:9200')),
  suggest: () => Promise.reject(new Error('connect ECONNREFUSED search.internal:9200')),
}

/** Ends only when it is let go, which is too late. */
const endless = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('let go')))
  })
const hanging: ProductSearch = {
  search: (_q, _request, signal) => endless(signal),
  suggest: (_q, _size, _locale, signal) => endless(signal),
}

describe.each([
  { trouble: 'fails', engine: failing },
  { trouble: 'does not answer', engine: hanging },
])('a search engine that $trouble', ({ engine }) => {
  let bench: ApiBench
  beforeAll(async () => {
    bench = await apiBench({ replace: () => ({ productSearch: engine, searchWithinMs: LIMIT_MS }) })
    await bench.offer('sencha')
  })
  afterAll(() => bench.close())

  it.each(['/api/products/search?q=tea', '/api/products/search', '/api/products/suggest?q=te'])(
    'makes %s say so within the limit, and nothing of its inside',
    async (url) => {
      const reply = await bench.app.inject({ url, signal: AbortSignal.timeout(PATIENCE_MS) })
      expect([reply.statusCode, reply.json<object>()]).toMatchObject([
        503,
        { code: 'search-unavailable', type: '/problems/search-unavailable' },
      ])
      expect(reply.headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' })
      expect(reply.body).not.toContain('9200')
    },
  )

  it('is in the log, once for each request', async () => {
    const lines = () =>
      bench
        .logs()
        .split('\n')
        .filter((line) => line.includes('SearchUnavailable')).length
    const before = lines()
    await bench.app.inject('/api/products/search?q=tea')
    await bench.app.inject('/api/products/suggest?q=te')
    expect(lines()).toBe(before + 2)
  })

  it('leaves the rest of the catalogue as it was', async () => {
    for (const url of [
      '/api/products',
      '/api/products?ids=sencha',
      '/api/products/sencha',
      '/api/categories',
    ])
      expect([url, (await bench.app.inject(url)).statusCode]).toEqual([url, 200])
  })

  it('is not asked about a query that is not valid', async () => {
    const reply = await bench.app.inject('/api/products/suggest?q=te&size=1000')
    expect(reply.json()).toMatchObject({ code: 'invalid-query' })
  })
})

describe('an index that breaks', () => {
  it('is a fault of ours, not a search engine that is away', async () => {
    const broken = (): never => {
      throw new TypeError('term is not iterable')
    }
    const bench = await apiBench({
      replace: () => ({ productSearch: { search: broken, suggest: broken } }),
    })
    const reply = await bench.app.inject('/api/products/search?q=tea')
    expect([reply.statusCode, reply.json()]).toMatchObject([500, { code: 'internal-error' }])
    await bench.close()
  })
})
