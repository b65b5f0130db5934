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

/** One file of a picture as it is served: made by us from what was uploaded, and never changed afterwards. */
export const PictureFile = z.object({
  /** The SHA-256 of its bytes and its kind; also its name in the picture store. */
  name: z.string().regex(/^[0-9a-f]{64}\.(?:jpg|png|webp)$/),
  /** In pixels. */
  width: z.int().positive(),
  /** In pixels. */
  height: z.int().positive(),
})
export type PictureFile = z.infer<typeof PictureFile>

/** A picture and the small square one for lists. */
export const Picture = z.object({
  /** As it was uploaded, but for what it said about its maker and for more pixels than a page shows. */
  original: PictureFile,
  /** 320 by 320 pixels. */
  thumbnail: PictureFile,
})
export type Picture = z.infer<typeof Picture>

/**
 * The product is shown by this picture from now on, on sale or not; the files were stored before. Written through staff
 * or an import. Does not say that anything was done to the picture it had before.
 */
export const ProductImageAttached = z.object({
  /** Replaces the one the product had. */
  picture: Picture,
  atMs: z.int(),
})

export type ProductEvent =
  | Event<'ProductListed', typeof ProductListed>
  | Event<'ProductRepriced', typeof ProductRepriced>
  | Event<'ProductDescribed', typeof ProductDescribed>
  | Event<'ProductDelisted', typeof ProductDelisted>
  | Event<'ProductImageAttached', typeof ProductImageAttached>
