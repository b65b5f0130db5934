import { z } from 'zod'
import { Locale, PaymentMethod } from '#domain/order/events.ts'
import { MAX_AMOUNT_MINOR } from '#domain/money/money.ts'
import { Items } from '../items.ts'

const line = (longest: number) => z.string().trim().min(1).max(longest)

/** How to reach the buyer. Personal: it leaves this room only sealed. */
export const Contact = z.object({
  name: line(80),
  /** ふりがな, as it is read out. */
  kana: line(80).optional(),
  email: z.email().max(254).optional(),
  phone: z
    .string()
    .trim()
    .regex(/^\+?[0-9][0-9 ()-]{6,18}[0-9]$/, 'must be a telephone number')
    .optional(),
})

/**
 * What is kept of a contact. Whoever orders without one is written to at the address they signed in with, and then there
 * is no name.
 */
export const KeptContact = Contact.partial({ name: true })
export type KeptContact = z.infer<typeof KeptContact>

/** A Japanese address, in the order it is written. Personal: it leaves this room only sealed. */
export const Delivery = z.object({
  recipient: line(80).optional(),
  postalCode: z
    .string()
    .trim()
    .regex(/^\d{3}-?\d{4}$/, 'must be seven digits, such as 812-0011'),
  /** 都道府県 */
  prefecture: line(20),
  /** 市区町村 */
  city: line(60),
  /** 町名・番地 */
  addressLine1: line(120),
  /** 建物名・部屋番号 */
  addressLine2: z.string().trim().max(120).optional(),
  note: z.string().trim().max(200).optional(),
})

/** What a buyer may ask for. There is no price in it: what things cost is not the client's to say. */
export const OrderRequest = z.object({
  items: Items.min(1),
  paymentMethod: PaymentMethod,
  /** The total the buyer saw; a different one now is refused instead of charged. */
  expectedTotalMinor: z.int().min(0).max(MAX_AMOUNT_MINOR).optional(),
  locale: Locale.optional(),
  contact: Contact.optional(),
  delivery: Delivery.optional(),
})
export type OrderRequest = z.infer<typeof OrderRequest>
