import { describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { inTime } from './in-time.ts'
import { SearchUnavailable, type ProductSearch, type SearchRequest, type SearchResult } from './port.ts'

const REQUEST: SearchRequest = { sort: 'relevance', page: 1, size: 20, locale: 'ja' }
const NOTHING: SearchResult = {
  items: [],
  total: 0,
  page: 1,
  size: 20,
  facets: { categories: [], prices: [], inStock: 0 },
}
const within = (search: ProductSearch['search'], limitMs = 30): ProductSearch =>
  inTime({ search, suggest: () => [] }, { clock: systemClock, limitMs })

describe('a search that is asked in time', () => {
  it('answers what the engine answers, and tells it of no end', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const search = within((_q, _request, signal) => {
      signals.push(signal)
      return Promise.resolve(NOTHING)
    })
    expect(await search.search('tea', REQUEST)).toBe(NOTHING)
    expect(signals.map((signal) => signal?.aborted)).toStrictEqual([false])
  })

  it('gives up after the limit and tells the engine to let go', async () => {
    const { promise: letGo, resolve } = Promise.withResolvers<string>()
    const search = within((_q, _request, signal) => {
      signal?.addEventListener('abort', () => resolve('let go'))
      return new Promise(() => {})
    })
    await expect(search.search('tea', REQUEST)).rejects.toThrow(SearchUnavailable)
    expect(await letGo).toBe('let go')
  })

  it('is unavailable where the engine rejects, with its reason as the cause', async () => {
    const reason = new Error('refused')
    const search = within(() => Promise.reject(reason))
    await expect(search.search('tea', REQUEST)).rejects.toMatchObject({
      name: 'SearchUnavailable',
      cause: reason,
    })
  })

  it('lets through what is thrown at once, which is no engine that is away', async () => {
    const search = within(() => {
      throw new TypeError('a fault')
    })
    await expect(search.search('tea', REQUEST)).rejects.toThrow(TypeError)
  })
})
