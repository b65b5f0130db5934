import { z } from 'zod'
import type { Money } from '#domain/money/money.ts'

/** How many decimals a currency's minor unit has: two for USD, none for JPY (ISO 4217, as Node's ICU knows it). */
const decimalsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 0

/** The longest whole part that an amount of money can have. */
const DIGITS = 11

/**
 * An amount as other systems write it: `1500.99`, as text or as a JSON number. Taken digit by digit and never computed
 * with, so it is exact; a number reads as the shortest text that JSON would write it as. No more decimals than the currency has.
 * @param mostMinor what is more is refused too.
 */
export const decimalAmount = (currency: string, mostMinor = Number.MAX_SAFE_INTEGER) => {
  const decimals = decimalsOf(currency)
  const shape = new RegExp(`^(\\d{1,${DIGITS}})(?:\\.(\\d{1,${Math.max(1, decimals)}}))?$`)
  return z.union([z.string(), z.number()]).transform((value, context): Money => {
    const [, whole = '', fraction = ''] = shape.exec(String(value)) ?? []
    const isFine = whole !== '' && (fraction === '' || decimals > 0)
    const amountMinor = isFine ? Number(whole + fraction.padEnd(decimals, '0')) : 0
    if (amountMinor > 0 && amountMinor <= mostMinor) return { amountMinor, currency }
    context.addIssue({
      code: 'custom',
      message:
        amountMinor > mostMinor
          ? `must be at most ${printedAmount({ amountMinor: mostMinor, currency })}`
          : `must be more than nothing, with at most ${decimals} decimals, such as ${printedAmount({ amountMinor: 150_099, currency })}`,
    })
    return z.NEVER
  })
}

/** The same way back, as a JSON number: the nearest one to the decimal, which every reader prints as that decimal. */
export const printedAmount = ({ amountMinor, currency }: Money): number => {
  const decimals = decimalsOf(currency)
  const digits = String(amountMinor).padStart(decimals + 1, '0')
  const cut = digits.length - decimals
  return Number(decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`)
}
