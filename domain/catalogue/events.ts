import { z } from 'zod'
import type { Event } from '../event.ts'
import { ProductId } from '../ids.ts'
import { Money, TaxRatePercent } from '../money/money.ts'

/** One text in the shop's languages; Japanese is always there, the others fall back to it. */
export const LocalizedText = z.object({
  ja: z.string().min(1),
  en: z.string().min(1).optional(),
  zh: z.string().min(1).optional(),
})
export type LocalizedText = z.infer<typeof LocalizedText>

/** A product went on sale (again). Written through staff, an import or the seed. Says nothing about stock. */
export const ProductListed = z.object({
  productId: ProductId,
  category: z.string().regex(/^[a-z0-9-]{1,40}$/),
  title: LocalizedText,
  description: LocalizedText,
  /** Tax included. */
  price: Money,
  taxRatePercent: TaxRatePercent,
  /** When it was first offered, which is what "newest" sorts by. */
  listedAtMs: z.int(),
})

/** The price changed for orders placed from now on; orders already placed keep theirs. */
export const ProductRepriced = z.object({ price: Money, atMs: z.int() })

/** Texts or category changed. */
export const ProductDescribed = z.object({
  category: z.string().regex(/^[a-z0-9-]{1,40}$/),
  title: LocalizedText,
  description: LocalizedText,
  atMs: z.int(),
})

/** The product is no longer offered: neither found nor sold. Orders already placed go on. */
export const ProductDelisted = z.object({ atMs: z.int() })

export type ProductEvent =
  | Event<'ProductListed', typeof ProductListed>
  | Event<'ProductRepriced', typeof ProductRepriced>
  | Event<'ProductDescribed', typeof ProductDescribed>
  | Event<'ProductDelisted', typeof ProductDelisted>
