import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalAmount, printedAmount } from './decimal-amount.ts'

const usd = decimalAmount('USD')
const minor = (value: unknown, schema = usd) => schema.safeParse(value).data?.amountMinor

describe('an amount as other systems write it', () => {
  it.each([
    ['5000', 500_000],
    [5_000, 500_000],
    ['1500.99', 150_099],
    [1_500.99, 150_099],
    ['0.1', 10],
    [0.1, 10],
    ['0.01', 1],
    // Where floats give 114 and 2.01 − 0.01 of it.
    [1.15, 115],
    ['99999999999', 9_999_999_999_900],
  ])('%j is taken digit by digit', (value, amountMinor) => {
    expect(minor(value)).toBe(amountMinor)
  })

  it.each([
    '',
    '0',
    '0.00',
    '-1',
    '1.',
    '.5',
    '1.234',
    '1,5',
    '1e3',
    ' 1',
    '١',
    '999999999999',
    null,
    true,
    -1,
    NaN,
    1e21,
  ])('%j is none', (value) => {
    expect(minor(value)).toBeUndefined()
  })

  it('has no more decimals than its currency', () => {
    const yen = decimalAmount('JPY')
    expect([minor('1500', yen), minor('1500.5', yen), minor(1_500, yen)]).toStrictEqual([
      1_500,
      undefined,
      1_500,
    ])
    expect(minor('1.234', decimalAmount('KWD'))).toBe(1_234)
  })

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999_999_999 }), (amountMinor) => {
        const printed = printedAmount({ amountMinor, currency: 'USD' })
        expect(minor(printed)).toBe(amountMinor)
        expect(minor(JSON.stringify(printed))).toBe(amountMinor)
      }),
    )
    expect(JSON.stringify(printedAmount({ amountMinor: 349_901, currency: 'USD' }))).toBe('3499.01')
    expect(printedAmount({ amountMinor: 5, currency: 'USD' })).toBe(0.05)
    expect(printedAmount({ amountMinor: 1_500, currency: 'JPY' })).toBe(1_500)
  })
})
