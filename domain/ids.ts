import { z } from 'zod'

/** Ids are parsed once at the edge and carried as branded strings, so that one is never taken for another. */
export const OrderId = z.uuid().brand<'OrderId'>()
export type OrderId = z.infer<typeof OrderId>

export const CustomerId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .brand<'CustomerId'>()
export type CustomerId = z.infer<typeof CustomerId>

export const ProductId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
  .brand<'ProductId'>()
export type ProductId = z.infer<typeof ProductId>

/** The id of one payment attempt, as the provider sees it: at most 64 of `[A-Za-z0-9_-]` (PayPay, Create a Code). */
export const MerchantPaymentId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .brand<'MerchantPaymentId'>()
export type MerchantPaymentId = z.infer<typeof MerchantPaymentId>

/**
 * The id of an order's nth attempt. It carries the order, so that every repeat of the same step asks the provider
 * about the same attempt, and a prefix, because a merchant account may be shared with other systems.
 */
export const merchantPaymentIdOf = (orderId: OrderId, attempt: number): MerchantPaymentId =>
  MerchantPaymentId.parse(`kessai_${orderId.replaceAll('-', '')}_a${attempt}`)

/**
 * The id of one refund; the provider knows it as `merchantRefundId`: at most 64 of `[A-Za-z0-9_-]` (PayPay, Refund a
 * payment). The same id again is the same refund there, so whoever asks for a refund derives it from the request.
 */
export const RefundId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .brand<'RefundId'>()
export type RefundId = z.infer<typeof RefundId>
