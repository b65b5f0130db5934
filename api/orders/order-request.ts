import { z } from 'zod'
import { Locale, PaymentMethod } from '#domain/order/events.ts'
import { MAX_AMOUNT_MINOR } from '#domain/money/money.ts'
import { Items } from '../items.ts'
import { kanaLine, personalLine, personalNote, phone, postalCode } from '../me/personal-text.ts'

/** How to reach the buyer, as it is taken in. Personal: it leaves this room only sealed. */
export const Contact = z.object({
  name: personalLine(80),
  /** ふりがな, as it is read out; half-width kana become full-width. */
  kana: kanaLine(80).optional(),
  email: z.email().max(254).optional(),
  phone: phone.optional(),
})

/** A Japanese address, in the order it is written, as it is taken in. Personal: it leaves this room only sealed. */
export const Delivery = z.object({
  recipient: personalLine(80).optional(),
  postalCode,
  /** 都道府県 */
  prefecture: personalLine(20),
  /** 市区町村 */
  city: personalLine(60),
  /** 町名・番地 */
  addressLine1: personalLine(120),
  /** 建物名・部屋番号 */
  addressLine2: personalLine(120, { mayBeEmpty: true }).optional(),
  note: personalNote(200).optional(),
})

/**
 * What is kept of a contact, by whatever rules it was taken in. Whoever orders without one is written to at the address
 * they signed in with, and then there is no name.
 */
export const KeptContact = z.object({
  name: z.string().optional(),
  kana: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
})
export type KeptContact = z.infer<typeof KeptContact>

/** What is kept of where it goes. */
export const KeptDelivery = z.object({
  recipient: z.string().optional(),
  postalCode: z.string(),
  prefecture: z.string(),
  city: z.string(),
  addressLine1: z.string(),
  addressLine2: z.string().optional(),
  note: z.string().optional(),
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
