import { describe, expect, it, onTestFinished } from 'vitest'
import type { ReadinessPart } from '#api/dependencies.ts'
import { apiBench } from '#api/testing.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { startProductSearch, type IndexingStatus } from '#projections/product-search/feed.ts'
import { product } from '#projections/products/samples.ts'
import { searchReadiness } from './search-readiness.ts'

const WHOLE: IndexingStatus = { isFilled: true, products: 7, waiting: 0, failures: 0 }

const told = (first: IndexingStatus) => {
  let status = first
  let isCurrent = true
  const part = searchReadiness(
    () => status,
    () => isCurrent,
  )
  return {
    part,
    after: (more: Partial<IndexingStatus>, current = true): ReadinessPart => {
      status = { ...status, ...more }
      isCurrent = current
      return part()
    },
  }
}

describe('readiness of the search', () => {
  it('is not given while the index is being filled, and says how far it is', () => {
    const { part, after } = told({ ...WHOLE, isFilled: false, products: 40_000 })
    expect(part()).toStrictEqual({
      name: 'search',
      ok: false,
      detail: 'indexing, 40,000 products so far',
    })
    expect(after({ isFilled: true })).toStrictEqual({ name: 'search', ok: true })
  })

  it('says that the catalogue cannot be read', () => {
    expect(told({ isFilled: false, products: 0, waiting: 0, failures: 3 }).part()).toStrictEqual({
      name: 'search',
      ok: false,
      detail: 'indexing, 0 products so far, the catalogue could not be read, 3 times in a row',
    })
  })

  it('waits for a read model that is behind, and for what it told the index', () => {
    const { after } = told({ ...WHOLE, products: 0 })
    expect(after({}, false)).toMatchObject({ ok: false })
    expect(after({ products: 10, waiting: 9_990 })).toStrictEqual({
      name: 'search',
      ok: false,
      detail: 'indexing, 10 products so far, 9,990 changes waiting',
    })
    expect(after({ products: 9_990, waiting: 10 })).toStrictEqual({ name: 'search', ok: true })
  })

  it('once given is not taken back by many changes or a read that failed', () => {
    const { part, after } = told(WHOLE)
    expect(part()).toMatchObject({ ok: true })
    expect(after({ waiting: 5_000 }, false)).toStrictEqual({
      name: 'search',
      ok: true,
      detail: '5,000 changes waiting',
    })
    expect(after({ waiting: 0, failures: 1 })).toMatchObject({ ok: true })
  })

  it('keeps a process out of traffic until its first fill is done, also when that had to be tried again', async () => {
    const { promise: half, resolve: goOn } = Promise.withResolvers<void>()
    const ending = new AbortController()
    let reads = 0
    const bench = await apiBench({
      replace: (deps) => {
        const search = startProductSearch({
          products: {
            byId: () => Promise.resolve(undefined),
            allActive: async function* () {
              reads += 1
              if (reads <= 2) throw new Error('unreachable')
              yield product('first')
              await half
              yield product('second')
            },
          },
          clock: systemClock,
          signal: ending.signal,
        })
        const part = searchReadiness(search.status, () => true)
        return { ...deps, productSearch: search, readiness: () => [part()] }
      },
    })
    onTestFinished(async () => {
      ending.abort()
      goOn()
      await bench.close()
    })
    const told = async (path: string): Promise<string> => {
      const reply = await bench.app.inject(path)
      const [part] = reply.json<{ parts: ReadinessPart[] }>().parts
      return `${reply.statusCode} ${part?.detail ?? ''}`
    }
    await expect
      .poll(() => told('/health/ready'))
      .toBe('503 indexing, 1 products so far, the catalogue could not be read, 2 times in a row')
    expect(await told('/health/startup')).toMatch(/^503 /)
    expect((await bench.app.inject('/health/live')).statusCode).toBe(200)
    goOn()
    await expect.poll(() => told('/health/ready')).toBe('200 ')
    expect(await told('/health/startup')).toBe('200 ')
  })
})
