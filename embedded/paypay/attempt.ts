import { z } from 'zod'

/** What the provider remembers. Plain data; the rules are in `transitions.ts`. */

const methods = ['WALLET', 'POINT', 'CREDIT_CARD', 'PAY_LATER_CC', 'HIVEX', 'GIFT_VOUCHER'] as const
export const paymentMethodSchema = z.enum(methods)
export type PaymentMethod = z.output<typeof paymentMethodSchema>

const paymentSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('none') }),
  /** The buyer is in mid-authorisation: CREATED with a paymentId. */
  z.object({ state: z.literal('in-flight'), paymentId: z.string() }),
  z.object({
    state: z.literal('completed'),
    paymentId: z.string(),
    paidAtMs: z.int(),
    method: paymentMethodSchema,
  }),
  z.object({ state: z.literal('failed'), paymentId: z.string(), failedAtMs: z.int() }),
])

/** A line of the order as merchants send it; answers spell the price `unit_price`. */
export const orderItemSchema = z.object({
  name: z.string().max(150),
  quantity: z.int().min(1),
  unitPrice: z.object({ amount: z.int().min(0).max(99_999_999_999), currency: z.literal('JPY') }),
  category: z.string().max(255).exactOptional(),
  productId: z.string().max(255).exactOptional(),
})

/** What the merchant sent, echoed in answers. */
const codeRequestSchema = z.object({
  amountMinor: z.int(),
  orderDescription: z.string().exactOptional(),
  redirectUrl: z.string().exactOptional(),
  redirectType: z.string().exactOptional(),
  storeId: z.string().exactOptional(),
  terminalId: z.string().exactOptional(),
  requestedAtSeconds: z.int().exactOptional(),
  orderItems: z.array(orderItemSchema).exactOptional(),
})
export type CodeRequest = z.output<typeof codeRequestSchema>

export const attemptSchema = z.object({
  merchantPaymentId: z.string(),
  /** The 16 characters that end both the codeId and the address. */
  linkKey: z.string(),
  request: codeRequestSchema,
  createdAtMs: z.int(),
  expiresAtMs: z.int(),
  deleted: z.boolean(),
  /** When a cancel was accepted; before a payment it lies in wait for it. */
  cancelAcceptedAtMs: z.int().exactOptional(),
  payment: paymentSchema,
})

/** One merchantPaymentId: its code, and the payment made with it if any. */
export type Attempt = z.output<typeof attemptSchema>

export const refundSchema = z.object({
  merchantRefundId: z.string(),
  paymentId: z.string(),
  amountMinor: z.int(),
  requestedAtSeconds: z.int(),
  reason: z.string().exactOptional(),
  acceptedAtMs: z.int(),
  /** From this moment on it is REFUNDED; without it, CREATED until settled on command. */
  settlesAtMs: z.int().exactOptional(),
})
export type Refund = z.output<typeof refundSchema>

/** A cancel of an id that PayPay had never seen, waiting for a code that may still arrive. */
export interface EarlyCancel {
  merchantPaymentId: string
  acceptedAtMs: number
}

/** Where the provider keeps its records. A write is durable against a killed process once the call returns. */
export interface Ledger {
  findAttempt(merchantPaymentId: string): Attempt | undefined
  findAttemptByLinkKey(linkKey: string): Attempt | undefined
  findAttemptByPaymentId(paymentId: string): Attempt | undefined
  saveAttempt(attempt: Attempt, capturedMinor: number): void
  findRefund(merchantRefundId: string, paymentId: string): Refund | undefined
  refundsOf(paymentId: string): Refund[]
  unsettledRefunds(nowMs: number): Refund[]
  saveRefund(refund: Refund): void
  findEarlyCancel(merchantPaymentId: string): EarlyCancel | undefined
  saveEarlyCancel(cancel: EarlyCancel): void
  /** Newest first. */
  recentAttempts(limit: number): Attempt[]
  totals(): Totals
  readSetting(name: string): string | undefined
  writeSetting(name: string, value: string): void
  /** Forgets attempts and refunds, keeps settings. */
  clear(): void
  close(): void
}

interface Totals {
  attempts: number
  paid: number
  /** Completed and not cancelled. */
  capturedMinor: number
  /** Accepted refunds, settled or not. */
  refundedMinor: number
}
