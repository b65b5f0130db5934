import type { LocalizedText, Picture } from '#domain/catalogue/events.ts'
import type { Money } from '#domain/money/money.ts'

/** Units of one product; available + reserved + sold = received + adjusted, always. */
export interface StockLevels {
  readonly received: number
  /** The sum of all corrections; may be negative. */
  readonly adjusted: number
  readonly available: number
  /** Held for orders that are not decided yet. */
  readonly reserved: number
  readonly sold: number
}

interface Followed {
  readonly productId: string
  readonly stock: StockLevels
  /** The newest revision folded in of each stream the document follows; −1 before the first. */
  readonly revisions: { readonly product: number; readonly stock: number }
}

/** Goods came in before anything was offered: nothing to show yet, but nothing to lose either. */
export interface UnlistedProduct extends Followed {
  readonly status: 'UNLISTED'
}

export interface ListedProduct extends Followed {
  readonly status: 'ACTIVE' | 'DELISTED'
  readonly category: string
  readonly title: LocalizedText
  readonly description: LocalizedText
  /** Tax included. */
  readonly price: Money
  readonly taxRatePercent: number
  /** When it was first offered. */
  readonly listedAtMs: number
  /** The one attached last; absent until then. */
  readonly picture?: Picture
}

export type ProductDocument = UnlistedProduct | ListedProduct
