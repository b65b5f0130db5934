import type { CartLine } from './lines.ts'
import { totalsOf, type Totals } from './totals.ts'

/** What a cart needs to know of a product, as it is today. */
export interface CartProduct {
  readonly productId: string
  readonly title: string
  readonly priceMinor: number
  readonly currency: string
  readonly taxRatePercent: number
  readonly thumbnailUrl: string
  /** Units that can be ordered now. */
  readonly available: number
}

/** Why a line cannot be ordered as it is. */
export type RowProblem = 'gone' | 'sold-out' | 'more-than-stock'

export interface CartRow extends CartLine {
  /** Absent when the product is no longer sold. */
  readonly product?: CartProduct | undefined
  readonly problem?: RowProblem | undefined
}

/** The lines with what is known of their products; a line whose product was not answered is gone. */
export const rowsOf = (
  lines: readonly CartLine[],
  products: ReadonlyMap<string, CartProduct>,
): readonly CartRow[] =>
  lines.map(({ productId, quantity }) => {
    const product = products.get(productId)
    return { productId, quantity, product, problem: problemOf(quantity, product) }
  })

const problemOf = (quantity: number, product: CartProduct | undefined): RowProblem | undefined => {
  if (product === undefined) return 'gone'
  if (product.available <= 0) return 'sold-out'
  return quantity > product.available ? 'more-than-stock' : undefined
}

/** Of what can be had at all; lines that are gone or sold out cost nothing. */
export const totalsOfRows = (rows: readonly CartRow[]): Totals =>
  totalsOf(
    rows.flatMap(({ quantity, product, problem }) =>
      product === undefined || problem === 'sold-out' ? [] : [{ ...product, quantity }],
    ),
  )
