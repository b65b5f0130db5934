import type { ProductId } from '../ids.ts'
import type { Money } from '../money/money.ts'
import type { LocalizedText, Picture } from './events.ts'

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

/** Shows the product, on sale or not, by another picture. The same picture again is unchanged. */
export interface AttachImage {
  readonly type: 'AttachImage'
  readonly picture: Picture
  readonly atMs: number
}

/**
 * Makes a product what a list of goods says of it, whatever it was before: new, changed, on sale again or no longer. All
 * of it is decided at once and written at once, and what is so already is unchanged.
 */
export interface ReviseProduct {
  readonly type: 'ReviseProduct'
  readonly productId: ProductId
  readonly isOnSale: boolean
  /** Stays as it was when absent; a new product is then among `OTHER_GOODS`. */
  readonly category?: string
  /** A translation that the list does not give stays for as long as the Japanese text does. */
  readonly title: LocalizedText
  readonly description: LocalizedText
  readonly price: Money
  /** Stays as it was when absent; a new product then has `STANDARD_TAX_RATE_PERCENT`. */
  readonly taxRatePercent?: number
  readonly picture?: Picture
  /** When it was first offered; counts whenever it goes on sale. */
  readonly listedAtMs: number
  readonly atMs: number
}

export type ProductCommand =
  ListProduct | RepriceProduct | DescribeProduct | DelistProduct | AttachImage | ReviseProduct

/** The category of goods that nobody put into one. */
export const OTHER_GOODS = 'other'
/** Japan's consumption tax on everything but food and drink, since 2019. */
export const STANDARD_TAX_RATE_PERCENT = 10

/**
 * Why a catalogue command is refused, in order of precedence.
 * - `unknown-product`: it was never listed.
 * - `already-listed`: it is on sale with other particulars; reprice or describe it instead.
 * - `product-delisted`: it is not on sale, so it can be neither repriced nor described.
 * - `price-out-of-range`: zero, or more than a payment can carry.
 */
export type ProductRefusal = 'unknown-product' | 'already-listed' | 'product-delisted' | 'price-out-of-range'
