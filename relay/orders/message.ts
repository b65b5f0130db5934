import { z } from 'zod'
import { MerchantPaymentId, OrderId } from '#domain/ids.ts'
import { Money } from '#domain/money/money.ts'
import { FailureReason } from '#domain/order/events.ts'

export const PublishedOrderStatus = z
  .enum(['PENDING', 'WAITING_PAYMENT', 'PAID', 'FAILED', 'CANCELLED', 'REFUNDED'])
  .describe(
    'PENDING, then WAITING_PAYMENT, then PAID, FAILED or CANCELLED; a paid order may become REFUNDED.',
  )
export type PublishedOrderStatus = z.infer<typeof PublishedOrderStatus>

/** An order has another status than before. What is said here is no more than what any buyer's order could show. */
export const OrderStatusChanged = z
  .object({
    orderId: OrderId.describe('The key of the message too.'),
    status: PublishedOrderStatus,
    previousStatus: PublishedOrderStatus.optional().describe('Absent for a new order.'),
    reason: z
      .enum([...FailureReason.options, 'USER_CANCEL'])
      .optional()
      .describe('Only with FAILED and CANCELLED.'),
    amount: Money.describe('The total of the order, tax included, in minor units.'),
    merchantPaymentId: MerchantPaymentId.optional().describe('Only with PAID: the attempt that paid it.'),
    paidAt: z.iso.datetime().optional().describe('Only with PAID: when the provider took the money.'),
    at: z.iso.datetime().describe('When the shop decided.'),
  })
  .describe('An order has another status than before.')
export type OrderStatusChanged = z.infer<typeof OrderStatusChanged>
