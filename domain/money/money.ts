import { z } from 'zod'

/**
 * Money is an integer of minor units and an ISO 4217 currency; yen have no minor unit, so ¥1,200 is 1200 JPY.
 * All arithmetic on money is in this module.
 */
export const Money = z.object({
  amountMinor: z.int().nonnegative(),
  currency: z.string().regex(/^[A-Z]{3}$/),
})
export type Money = z.infer<typeof Money>

/** PayPay takes at most 11 digits; a total above this is refused rather than sent. */
export const MAX_AMOUNT_MINOR = 99_999_999_999

export const money = (amountMinor: number, currency: string): Money => Money.parse({ amountMinor, currency })

export const sameMoney = (a: Money, b: Money): boolean =>
  a.amountMinor === b.amountMinor && a.currency === b.currency

/** Adds amounts of one currency; mixing currencies is a bug and throws. */
export const sum = (amounts: readonly Money[], currency: string): Money => {
  let amountMinor = 0
  for (const amount of amounts) {
    if (amount.currency !== currency) throw new Error(`Cannot add ${amount.currency} to ${currency}`)
    amountMinor += amount.amountMinor
  }
  return money(amountMinor, currency)
}

export const times = (unit: Money, quantity: number): Money =>
  money(unit.amountMinor * quantity, unit.currency)

/** The consumption tax rates of Japan since 2019: 8 % for food and drink taken home, 10 % for the rest. */
export const TaxRatePercent = z.int().min(0).max(100)

export const TaxAmount = z.object({
  ratePercent: TaxRatePercent,
  /** The sum of tax-included line totals at this rate. */
  grossMinor: z.int().nonnegative(),
  /** The tax contained in `grossMinor`. */
  taxMinor: z.int().nonnegative(),
})
export type TaxAmount = z.infer<typeof TaxAmount>

/**
 * The tax contained in tax-included prices, one amount per rate. A qualified invoice rounds once per rate and
 * invoice, never per line (消費税法施行令 第70条の10); Kessai rounds down.
 */
export const ROUNDING = 'floor-per-rate'

export const taxesWithin = (
  lines: readonly { readonly grossMinor: number; readonly ratePercent: number }[],
): TaxAmount[] => {
  const grossByRate = new Map<number, number>()
  for (const { grossMinor, ratePercent } of lines)
    grossByRate.set(ratePercent, (grossByRate.get(ratePercent) ?? 0) + grossMinor)
  return [...grossByRate]
    .sort(([a], [b]) => a - b)
    .map(([ratePercent, grossMinor]) => ({
      ratePercent,
      grossMinor,
      taxMinor: containedTax(grossMinor, ratePercent),
    }))
}

/** floor(gross × rate ÷ (100 + rate)), in integers: amounts stay below 2^53 ÷ 100. */
const containedTax = (grossMinor: number, ratePercent: number): number =>
  Number((BigInt(grossMinor) * BigInt(ratePercent)) / BigInt(100 + ratePercent))
