import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { MAX_AMOUNT_MINOR, money, sameMoney, sum, taxesWithin, times } from './money.ts'

const amount = fc.integer({ min: 0, max: MAX_AMOUNT_MINOR })

describe('money', () => {
  it('is a whole, non-negative number of minor units of a named currency', () => {
    expect(money(0, 'JPY')).toStrictEqual({ amountMinor: 0, currency: 'JPY' })
    for (const amountMinor of [-1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1])
      expect(() => money(amountMinor, 'JPY')).toThrow(z.ZodError)
    for (const currency of ['', 'jpy', 'YEN!', 'JPYX', 'xJPY'])
      expect(() => money(1, currency)).toThrow(z.ZodError)
  })

  it('is the same only in amount and currency', () => {
    expect(sameMoney(money(1, 'JPY'), money(1, 'JPY'))).toBe(true)
    expect(sameMoney(money(1, 'JPY'), money(2, 'JPY'))).toBe(false)
    expect(sameMoney(money(1, 'JPY'), money(1, 'USD'))).toBe(false)
  })

  it('adds up to the same sum in any order', () => {
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        const one = sum(
          amounts.map((each) => money(each, 'JPY')),
          'JPY',
        )
        const other = sum(
          amounts.toReversed().map((each) => money(each, 'JPY')),
          'JPY',
        )
        expect(one).toStrictEqual(other)
        expect(one.amountMinor).toBe(amounts.reduce((total, each) => total + each, 0))
      }),
    )
    expect(sum([], 'JPY')).toStrictEqual(money(0, 'JPY'))
  })

  it('never adds one currency to another', () => {
    expect(() => sum([money(1, 'JPY'), money(1, 'USD')], 'JPY')).toThrow('Cannot add USD to JPY')
  })

  it('is multiplied like being added again and again', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 99 }), (each, quantity) => {
        const units = Array.from({ length: quantity }, () => money(each, 'JPY'))
        expect(times(money(each, 'JPY'), quantity)).toStrictEqual(sum(units, 'JPY'))
      }),
    )
  })
})

describe('the tax contained in a total', () => {
  const line = fc.record({ grossMinor: amount, ratePercent: fc.constantFrom(0, 8, 10) })

  it.each([
    [107, 8, 7],
    [108, 8, 8],
    [109, 10, 9],
    [110, 10, 10],
    [1, 10, 0],
    [0, 10, 0],
    [1_000, 0, 0],
    [MAX_AMOUNT_MINOR, 10, 9_090_909_090],
  ])('of %i at %i %% is %i', (grossMinor, ratePercent, taxMinor) => {
    expect(taxesWithin([{ grossMinor, ratePercent }])).toStrictEqual([{ ratePercent, grossMinor, taxMinor }])
  })

  it('is rounded once per rate, never per line', () => {
    const lines = [
      { grossMinor: 109, ratePercent: 10 },
      { grossMinor: 107, ratePercent: 8 },
      { grossMinor: 109, ratePercent: 10 },
    ]
    expect(taxesWithin(lines)).toStrictEqual([
      { ratePercent: 8, grossMinor: 107, taxMinor: 7 },
      { ratePercent: 10, grossMinor: 218, taxMinor: 19 },
    ])
  })

  it('splits the total without losing or making a yen', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 50 }), (lines) => {
        const taxes = taxesWithin(lines)
        const total = lines.reduce((sum, { grossMinor }) => sum + grossMinor, 0)
        expect(taxes.reduce((sum, { grossMinor }) => sum + grossMinor, 0)).toBe(total)
        expect(taxes.map(({ ratePercent }) => ratePercent)).toStrictEqual(
          [...new Set(lines.map(({ ratePercent }) => ratePercent))].sort((a, b) => a - b),
        )
      }),
    )
  })

  it('is the largest whole amount that is not too much, and less than the whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_AMOUNT_MINOR }),
        fc.integer({ min: 0, max: 100 }),
        (gross, rate) => {
          const [tax] = taxesWithin([{ grossMinor: gross, ratePercent: rate }])
          const exactTimes = BigInt(gross) * BigInt(rate)
          const taxTimes = BigInt(tax?.taxMinor ?? -1) * BigInt(100 + rate)
          expect(taxTimes <= exactTimes && exactTimes < taxTimes + BigInt(100 + rate)).toBe(true)
          expect(tax?.taxMinor).toBeLessThan(gross)
        },
      ),
    )
  })
})
