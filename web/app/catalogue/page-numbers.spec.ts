import { assert, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lastPageOf, pagePlaces } from './page-numbers'

describe('the row of page links', () => {
  it.each([
    [1, 1, [1]],
    [1, 2, [1, 2]],
    [3, 5, [1, 2, 3, 4, 5]],
    [1, 9, [1, 2, 'gap', 9]],
    [5, 9, [1, 'gap', 4, 5, 6, 'gap', 9]],
    [9, 9, [1, 'gap', 8, 9]],
  ])('on page %i of %i', (current, last, places) => {
    expect(pagePlaces(current, last)).toEqual(places)
  })

  it('stays short, ascends, and holds the first, the current and the last page', () => {
    assert(
      property(integer({ min: 1, max: 500 }), integer({ min: 1, max: 500 }), (a, b) => {
        const [current, last] = [Math.min(a, b), Math.max(a, b)]
        const places = pagePlaces(current, last)
        const pages = places.filter((place) => place !== 'gap')
        expect(places.length).toBeLessThanOrEqual(7)
        expect(pages).toEqual(pages.toSorted((x, y) => x - y))
        expect(pages).toEqual(expect.arrayContaining([1, current, last]))
      }),
    )
  })

  it('has one page for nothing and no page too many', () => {
    expect([0, 1, 24, 25].map((total) => lastPageOf(total, 24))).toEqual([1, 1, 1, 2])
  })
})
