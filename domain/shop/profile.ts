import { z } from 'zod'

/** A text that must stand in every language of the shop: what the law asks for is not left to a fallback. */
const InEveryLanguage = z.strictObject({
  ja: z.string().trim().min(1),
  en: z.string().trim().min(1),
  zh: z.string().trim().min(1),
})

/**
 * What a shop says about itself: its name, and the particulars that 特定商取引法 (the Act on Specified Commercial
 * Transactions, article 11) has a mail-order seller show and a qualified invoice has to name.
 */
export const ShopProfile = z.strictObject({
  name: InEveryLanguage,
  /** One line under the name. */
  tagline: InEveryLanguage,
  seller: z.strictObject({
    /** 販売業者: the legal name of whoever sells. */
    name: InEveryLanguage,
    /** 運営責任者 */
    manager: InEveryLanguage,
    postalCode: z.string().regex(/^\d{3}-\d{4}$/, 'must be seven digits, such as 812-0011'),
    address: InEveryLanguage,
    phone: z.string().regex(/^\+?[0-9][0-9-]{6,18}[0-9]$/, 'must be a telephone number'),
    phoneHours: InEveryLanguage,
    email: z.email(),
    /** 登録番号 of the qualified invoice issuer. */
    registrationNumber: z.string().regex(/^T\d{13}$/, 'must be T and 13 digits'),
    /** 販売価格 */
    priceNote: InEveryLanguage,
    /** 商品代金以外の必要料金 */
    extraFees: InEveryLanguage,
    /** 送料 */
    deliveryFee: InEveryLanguage,
    /** 支払方法と支払時期 */
    paymentTiming: InEveryLanguage,
    /** 引渡時期 */
    deliveryTiming: InEveryLanguage,
    /** 返品・キャンセル */
    returns: InEveryLanguage,
  }),
  /** The privacy page, a paragraph each. */
  privacy: z.array(InEveryLanguage).min(1).max(20),
})
export type ShopProfile = z.infer<typeof ShopProfile>
