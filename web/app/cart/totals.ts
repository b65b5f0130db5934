/** The tax contained in the lines of one rate. */
export interface TaxAmount {
  readonly ratePercent: number
  readonly grossMinor: number
  readonly taxMinor: number
}

export interface PricedLine {
  readonly quantity: number
  /** Tax included. */
  readonly priceMinor: number
  readonly taxRatePercent: number
}

export interface Totals {
  readonly totalMinor: number
  readonly taxes: readonly TaxAmount[]
}

/**
 * What lines cost together, tax included, and the tax within, rounded down once per rate as the shop does on its
 * receipts (`domain/money`). The shop computes its own; this one is what the buyer is shown and agrees to.
 */
export const totalsOf = (lines: readonly PricedLine[]): Totals => {
  const grossByRate = new Map<number, number>()
  for (const { quantity, priceMinor, taxRatePercent } of lines)
    grossByRate.set(taxRatePercent, (grossByRate.get(taxRatePercent) ?? 0) + quantity * priceMinor)
  const taxes = [...grossByRate]
    .sort(([a], [b]) => a - b)
    .map(([ratePercent, grossMinor]) => ({
      ratePercent,
      grossMinor,
      // Exact: amounts have at most 11 digits, so the product and the quotient's distance to a whole number fit a double.
      taxMinor: Math.floor((grossMinor * ratePercent) / (100 + ratePercent)),
    }))
  return { totalMinor: taxes.reduce((sum, { grossMinor }) => sum + grossMinor, 0), taxes }
}
