import type { Order } from '../api/types'
import { hasEnded } from './order-news.ts'

/** What the provider said when it was last asked on the buyer's behalf. */
export type Asked = 'succeeded' | 'failed' | 'not-paid' | 'in-flight' | 'unknown'

export type PaymentStage =
  /** There is no code yet, or a fresh one is on its way. */
  | 'preparing'
  /** There is a code that can be paid. */
  | 'payable'
  /** The buyer is in the middle of paying: nothing to scan, nothing to give up. */
  | 'buyer-confirming'
  /** Somebody said “I have paid” and PayPay does not answer. */
  | 'unknown'
  /** The time to pay is over and PayPay is asked a last time. */
  | 'last-question'
  /** The wallet is being asked; there is nothing for the buyer to do. */
  | 'taking'
  /** PayPay has the money, the shop is writing it down. */
  | 'finishing'
  /** The code ran out or was withdrawn; a fresh one can be had. */
  | 'lapsed'
  | 'ended'

export interface StageInput {
  readonly order: Order
  readonly serverNowMs: number
  readonly asked?: Asked | undefined
  /** The attempt that a fresh code was asked for in place of. */
  readonly renewing?: string | undefined
}

const atMs = (time: string | undefined): number =>
  time === undefined ? Number.POSITIVE_INFINITY : Date.parse(time)

/** What the payment page shows. Only `payable` shows a code. */
export const paymentStage = ({ order, serverNowMs, asked, renewing }: StageInput): PaymentStage => {
  if (hasEnded(order)) return 'ended'
  if (order.paymentMethod === 'WALLET') return 'taking'
  const { payment } = order
  if (payment?.status === 'SUCCEEDED') return 'finishing'
  if (payment?.buyerIsConfirming === true || asked === 'in-flight') return 'buyer-confirming'
  if (asked === 'succeeded') return 'finishing'
  if (asked === 'unknown') return 'unknown'
  if (serverNowMs >= atMs(order.paymentWindowEndsAt)) return 'last-question'
  if (payment === undefined || payment.status === 'REQUESTED') return 'preparing'
  if (renewing !== undefined && renewing === payment.merchantPaymentId) return 'preparing'
  const isPayable =
    payment.status === 'OPEN' && payment.url !== undefined && serverNowMs < atMs(payment.expiresAt)
  return isPayable ? 'payable' : 'lapsed'
}
