/** From this many units on a buyer is told the number. */
const FEW = 5

export type StockLevel = 'in-stock' | 'last' | 'sold-out'

export const stockLevel = (available: number): StockLevel =>
  available <= 0 ? 'sold-out' : available <= FEW ? 'last' : 'in-stock'

/** What of a product can change while somebody looks at it. */
export interface Seen {
  readonly priceMinor: number
  readonly available: number
}

export type StockChange = 'sold-out' | 'back' | 'fewer'

/**
 * What a buyer must be told about the stock after another look, if anything: that it ran out, came back, or that fewer
 * are left than before and the number matters by now.
 */
export const stockChange = (before: Seen, now: Seen): StockChange | undefined => {
  const [was, is] = [stockLevel(before.available), stockLevel(now.available)]
  if (is === 'sold-out') return was === 'sold-out' ? undefined : 'sold-out'
  if (was === 'sold-out') return 'back'
  return is === 'last' && now.available < before.available ? 'fewer' : undefined
}
