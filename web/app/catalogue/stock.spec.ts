import { describe, expect, it } from 'vitest'
import { stockChange, stockLevel } from './stock'

describe('stock', () => {
  it.each([
    [-1, 'sold-out'],
    [0, 'sold-out'],
    [1, 'last'],
    [5, 'last'],
    [6, 'in-stock'],
  ])('of %i is %s', (available, level) => {
    expect(stockLevel(available)).toBe(level)
  })

  it.each([
    [84, 84, undefined],
    [84, 80, undefined],
    [84, 0, 'sold-out'],
    [0, 0, undefined],
    [0, 3, 'back'],
    [0, 30, 'back'],
    [6, 5, 'fewer'],
    [4, 2, 'fewer'],
    [2, 4, undefined],
    [4, 40, undefined],
  ])('going from %i to %i while looking is told as %s', (before, now, change) => {
    expect(stockChange({ priceMinor: 100, available: before }, { priceMinor: 100, available: now })).toBe(
      change,
    )
  })
})
