import { z } from 'zod'
import type { Event } from '../event.ts'
import { CustomerId, MerchantPaymentId, OrderId, RefundId } from '../ids.ts'
import { Money } from '../money/money.ts'

/**
 * A customer has a wallet now, in this currency for good. Written with whatever first touches it, a deposit or an order
 * that wants to be paid from it. Does not mean that there is anything in it.
 */
export const AccountOpened = z.object({
  customerId: CustomerId,
  currency: z.string().regex(/^[A-Z]{3}$/),
  atMs: z.int(),
})

/** Money came into the wallet. Written through the API, once per deposit id; who paid it in is the event's actor. */
export const FundsDeposited = z.object({
  /** Made from the customer and the key of the request. */
  depositId: z.string().min(1),
  amount: Money,
  /** What the wallet holds after it. */
  balance: Money,
  atMs: z.int(),
})

/**
 * The wallet paid for an attempt of an order. Written by checkout, once per debit id. Whether the order takes it is the
 * order's decision; what it does not take comes back as a refund.
 */
export const FundsDebited = z.object({
  /** The attempt that is paid. */
  debitId: MerchantPaymentId,
  orderId: OrderId,
  amount: Money,
  /** What the wallet holds after it. */
  balance: Money,
  atMs: z.int(),
})

/**
 * The wallet never pays this attempt, whatever comes in later: it did not hold enough, or the order had ended before it
 * was asked. Written by checkout, once per debit id. The balance is as it was. Money in another currency than the wallet's
 * is money it does not hold.
 */
export const DebitRefused = z.object({
  debitId: MerchantPaymentId,
  orderId: OrderId,
  amount: Money,
  reason: z.enum(['insufficient-funds', 'order-ended']),
  atMs: z.int(),
})

/** Some or all of what was paid for an attempt came back into the wallet. Written by refunding, once per refund id. */
export const FundsRefunded = z.object({
  refundId: RefundId,
  debitId: MerchantPaymentId,
  orderId: OrderId,
  amount: Money,
  /** What the wallet holds after it. */
  balance: Money,
  atMs: z.int(),
})

export type AccountEvent =
  | Event<'AccountOpened', typeof AccountOpened>
  | Event<'FundsDeposited', typeof FundsDeposited>
  | Event<'FundsDebited', typeof FundsDebited>
  | Event<'DebitRefused', typeof DebitRefused>
  | Event<'FundsRefunded', typeof FundsRefunded>
