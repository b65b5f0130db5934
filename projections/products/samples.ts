import { LOG_STARTS_AT_MS } from '../given.ts'
import type { ListedProduct } from './document.ts'

/** A product on sale, as specs tell it. */
export const product = (productId: string, more: Partial<ListedProduct> = {}): ListedProduct => ({
  productId,
  status: 'ACTIVE',
  category: 'tea',
  title: { ja: productId },
  description: { ja: '説明' },
  price: { amountMinor: 1_000, currency: 'JPY' },
  taxRatePercent: 8,
  listedAtMs: LOG_STARTS_AT_MS,
  stock: { received: 5, adjusted: 0, available: 5, reserved: 0, sold: 0 },
  revisions: { product: 0, stock: 0 },
  ...more,
})

export const yen = (amountMinor: number): Pick<ListedProduct, 'price'> => ({
  price: { amountMinor, currency: 'JPY' },
})

export const soldOut: Pick<ListedProduct, 'stock'> = {
  stock: { received: 5, adjusted: 0, available: 0, reserved: 0, sold: 5 },
}
