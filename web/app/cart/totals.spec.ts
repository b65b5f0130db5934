import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { taxesWithin } from '../../../domain/money/money.ts'
import { rowsOf, totalsOfRows, type CartProduct } from './rows.ts'
import { totalsOf } from './totals.ts'

const product = (productId: string, changes: Partial<CartProduct> = {}): CartProduct => ({
  productId,
  title: productId,
  priceMinor: 1_080,
  currency: 'JPY',
  taxRatePercent: 8,
  thumbnailUrl: `/images/${productId}.svg`,
  available: 5,
  ...changes,
})

describe('the total of a cart', () => {
  it('has the tax within rounded down once per rate', () => {
    const lines = [
      { quantity: 1, priceMinor: 109, taxRatePercent: 10 },
      { quantity: 1, priceMinor: 107, taxRatePercent: 8 },
      { quantity: 1, priceMinor: 109, taxRatePercent: 10 },
    ]
    expect(totalsOf(lines)).toStrictEqual({
      totalMinor: 325,
      taxes: [
        { ratePercent: 8, grossMinor: 107, taxMinor: 7 },
        { ratePercent: 10, grossMinor: 218, taxMinor: 19 },
      ],
    })
    expect(totalsOf([])).toStrictEqual({ totalMinor: 0, taxes: [] })
  })

  it('is what the shop will write on the receipt', () => {
    const line = fc.record({
      quantity: fc.integer({ min: 1, max: 99 }),
      priceMinor: fc.integer({ min: 0, max: 20_000_000 }),
      taxRatePercent: fc.constantFrom(0, 8, 10),
    })
    fc.assert(
      fc.property(fc.array(line, { maxLength: 50 }), (lines) => {
        const { totalMinor, taxes } = totalsOf(lines)
        const theirs = taxesWithin(
          lines.map(({ quantity, priceMinor, taxRatePercent }) => ({
            grossMinor: quantity * priceMinor,
            ratePercent: taxRatePercent,
          })),
        )
        expect(taxes).toStrictEqual(theirs)
        expect(totalMinor).toBe(
          lines.reduce((sum, { quantity, priceMinor }) => sum + quantity * priceMinor, 0),
        )
      }),
    )
  })
})

describe('the rows of a cart', () => {
  const products = new Map(
    [product('tea'), product('cup', { available: 0 })].map((each) => [each.productId, each]),
  )
  const problemOf = (productId: string, quantity: number) =>
    rowsOf([{ productId, quantity }], products).map(({ problem }) => problem)

  it('say why a line cannot be ordered as it is', () => {
    expect(problemOf('tea', 5)).toStrictEqual([undefined])
    expect(problemOf('tea', 6)).toStrictEqual(['more-than-stock'])
    expect(problemOf('cup', 1)).toStrictEqual(['sold-out'])
    expect(problemOf('pot', 1)).toStrictEqual(['gone'])
  })

  it('add up to what can be had', () => {
    const lines = ['tea', 'cup', 'pot'].map((productId) => ({ productId, quantity: 2 }))
    expect(totalsOfRows(rowsOf(lines, products)).totalMinor).toBe(2_160)
  })
})
