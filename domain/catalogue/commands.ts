import type { ProductId } from '../ids.ts'
import type { Money } from '../money/money.ts'
import type { LocalizedText } from './events.ts'

/** Offers a product, for the first time or again. An identical listing again is unchanged. */
export interface ListProduct {
  readonly type: 'ListProduct'
  readonly productId: ProductId
  readonly category: string
  readonly title: LocalizedText
  readonly description: LocalizedText
  readonly price: Money
  readonly taxRatePercent: number
  readonly listedAtMs: number
}

export interface RepriceProduct {
  readonly type: 'RepriceProduct'
  readonly price: Money
  readonly atMs: number
}

export interface DescribeProduct {
  readonly type: 'DescribeProduct'
  readonly category: string
  readonly title: LocalizedText
  readonly description: LocalizedText
  readonly atMs: number
}

export interface DelistProduct {
  readonly type: 'DelistProduct'
  readonly atMs: number
}

export type ProductCommand = ListProduct | RepriceProduct | DescribeProduct | DelistProduct

/**
 * Why a catalogue command is refused, in order of precedence.
 * - `unknown-product`: it was never listed.
 * - `already-listed`: it is on sale with other particulars; reprice or describe it instead.
 * - `product-delisted`: it is not on sale, so it can be neither repriced nor described.
 * - `price-out-of-range`: zero, or more than a payment can carry.
 */
export type ProductRefusal = 'unknown-product' | 'already-listed' | 'product-delisted' | 'price-out-of-range'
