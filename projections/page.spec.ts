import { describe, expect, it } from 'vitest'
import { spanOf } from './page.ts'

describe('a page', () => {
  it('counts from 1', () => {
    expect(spanOf({ page: 1, size: 20 })).toStrictEqual({ offset: 0, limit: 20 })
    expect(spanOf({ page: 3, size: 20 })).toStrictEqual({ offset: 40, limit: 20 })
  })

  it.each([
    { page: 0, size: 20 },
    { page: 1.5, size: 20 },
    { page: 10_001, size: 20 },
    { page: 1, size: 0 },
    { page: 1, size: 101 },
    { page: Number.NaN, size: 20 },
  ])('is refused outside its bounds: $page of $size', (request) => {
    expect(() => spanOf(request)).toThrow(RangeError)
  })
})
