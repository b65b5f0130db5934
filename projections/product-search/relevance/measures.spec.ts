import { describe, expect, it } from 'vitest'
import { gainAt10, recallAt10 } from './measures.ts'

const grades = { a: 3, b: 2, c: 1 }

describe('the measures of relevance', () => {
  it('are one for the best order, less for another, and nothing for nothing', () => {
    expect(gainAt10(['a', 'b', 'c'], grades)).toBe(1)
    expect(gainAt10(['x', 'a', 'b', 'c'], grades)).toBeLessThan(0.7)
    // 1 / log2(2) + 3 / log2(3) + 7 / log2(4) of 7 / log2(2) + 3 / log2(3) + 1 / log2(4).
    expect(gainAt10(['c', 'b', 'a'], grades)).toBeCloseTo(6.393 / 9.393, 3)
    expect(gainAt10([], grades)).toBe(0)
  })

  it('look no further than ten places', () => {
    const others = Array.from({ length: 10 }, (_, nth) => `x${nth}`)
    expect([gainAt10([...others, 'a'], grades), recallAt10([...others, 'a'], grades)]).toEqual([0, 0])
  })

  it('ask for what would do, and for what has to do with it only where nothing would', () => {
    expect(recallAt10(['a'], grades)).toBe(0.5)
    expect(recallAt10(['b', 'a'], grades)).toBe(1)
    expect(recallAt10(['x', 'c'], { c: 1 })).toBe(1)
  })
})
