import { z } from 'zod'
import { MerchantPaymentId, OrderId } from '#domain/ids.ts'
import { Money } from '#domain/money/money.ts'
import { ObservationSource } from '#domain/payment/events.ts'

const attempt = {
  orderId: OrderId.describe('The key of the message too.'),
  merchantPaymentId: MerchantPaymentId.describe('The attempt, as the provider knows it.'),
  attempt: z.int().positive().describe('The number of the attempt within its order.'),
}
const source = ObservationSource.describe('By which way the shop came to know: the booking is the same.')
const at = z.iso.datetime().describe('When the shop booked it.')

/** The provider holds money for an attempt. */
export const PaymentSucceeded = z
  .object({
    ...attempt,
    paymentId: z.string().max(200).describe('The provider’s own id of the payment.'),
    amount: Money.describe('What the provider took.'),
    succeededAt: z.iso.datetime().describe('When the provider took it.'),
    source,
    at,
  })
  .describe(
    'The provider holds money for this attempt. Whether the order takes it is the order’s decision: see OrderStatusChanged.',
  )
export type PaymentSucceeded = z.infer<typeof PaymentSucceeded>

/** The provider said definitely that an attempt took no money. */
export const PaymentFailed = z
  .object({
    ...attempt,
    amount: Money.describe('What was asked for.'),
    reason: z.string().max(200).describe('The provider’s status or error code.'),
    source,
    at,
  })
  .describe('The provider said definitely that this attempt took no money.')
export type PaymentFailed = z.infer<typeof PaymentFailed>
