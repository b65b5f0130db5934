import {
  CustomerId,
  merchantPaymentIdOf,
  OrderId,
  ProductId,
  RefundId,
  type MerchantPaymentId,
} from '../ids.ts'
import { money, type Money } from '../money/money.ts'
import type {
  AwaitPayment,
  CancelOrder,
  CompleteOrderRefund,
  ConfirmPayment,
  FailOrder,
  PlaceOrder,
  RejectOrderRefund,
  RenewPayment,
  RequestOrderRefund,
} from './commands.ts'
import type { OrderEvent, OrderLine, ReturnedLine } from './events.ts'

/** One order of two lines, as its specs tell it. */
export const orderId = OrderId.parse('6f2a1d7c-3b54-4c1e-9a0d-5e8b7c6d4f10')
export const attemptId = (attempt: number): MerchantPaymentId => merchantPaymentIdOf(orderId, attempt)

export const PLACED_AT_MS = 1_795_200_000_000
const WINDOW_MS = 900_000
export const WINDOW_ENDS_AT_MS = PLACED_AT_MS + WINDOW_MS

export const rice: OrderLine = {
  productId: ProductId.parse('rice-5kg'),
  title: '新米 5kg',
  quantity: 2,
  unitPrice: money(2_980, 'JPY'),
  taxRatePercent: 8,
}
export const kettle: OrderLine = {
  productId: ProductId.parse('kettle'),
  title: '鉄瓶',
  quantity: 1,
  unitPrice: money(12_800, 'JPY'),
  taxRatePercent: 10,
}
export const total: Money = money(18_760, 'JPY')

export const placeOrder: PlaceOrder = {
  type: 'PlaceOrder',
  orderId,
  customerId: CustomerId.parse('customer-1'),
  requestHash: 'hash-1',
  lines: [rice, kettle],
  paymentMethod: 'PAYPAY',
  locale: 'ja',
  placedAtMs: PLACED_AT_MS,
  paymentWindowMs: WINDOW_MS,
}
export const awaitPayment = (attempt: number): AwaitPayment => ({
  type: 'AwaitPayment',
  merchantPaymentId: attemptId(attempt),
  attempt,
  codeExpiresAtMs: PLACED_AT_MS + 300_000 * attempt,
  atMs: PLACED_AT_MS + attempt,
})
export const renewPayment = (insteadOf: number, requestedAtMs = PLACED_AT_MS + 400_000): RenewPayment => ({
  type: 'RenewPayment',
  insteadOf: attemptId(insteadOf),
  requestedAtMs,
})
export const confirmPayment = (attempt: number, amount: Money = total): ConfirmPayment => ({
  type: 'ConfirmPayment',
  merchantPaymentId: attemptId(attempt),
  paymentId: `0413780867040527000${attempt}`,
  amount,
  succeededAtMs: PLACED_AT_MS + 60_000,
  atMs: PLACED_AT_MS + 61_000,
})
export const failOrder: FailOrder = { type: 'FailOrder', reason: 'PAYMENT_EXPIRED', atMs: WINDOW_ENDS_AT_MS }
export const cancelOrder: CancelOrder = { type: 'CancelOrder', by: 'customer', atMs: PLACED_AT_MS + 90_000 }

const REFUND_AT_MS = PLACED_AT_MS + 86_400_000
export const refundIdOf = (name: string): RefundId => RefundId.parse(`${attemptId(1)}_s${name}`)
/** All that is left when no amount is named. */
export const requestRefund = (
  name: string,
  amount?: Money,
  changes: Partial<Pick<RequestOrderRefund, 'reason' | 'returning' | 'requestedBy' | 'atMs'>> = {},
): RequestOrderRefund => ({
  type: 'RequestOrderRefund',
  refundId: refundIdOf(name),
  ...(amount === undefined ? {} : { amount }),
  reason: 'sent back',
  returning: [],
  requestedBy: 'staff-1',
  atMs: REFUND_AT_MS,
  ...changes,
})
export const completeRefund = (name: string): CompleteOrderRefund => ({
  type: 'CompleteOrderRefund',
  refundId: refundIdOf(name),
  atMs: REFUND_AT_MS + 60_000,
})
export const rejectRefund = (name: string): RejectOrderRefund => ({
  type: 'RejectOrderRefund',
  refundId: refundIdOf(name),
  code: 'REFUND_LIMIT_EXCEEDED',
  atMs: REFUND_AT_MS + 60_000,
})

export const placed: Extract<OrderEvent, { type: 'OrderPlaced' }> = {
  type: 'OrderPlaced',
  data: {
    orderId,
    customerId: placeOrder.customerId,
    requestHash: 'hash-1',
    lines: [rice, kettle],
    taxes: [
      { ratePercent: 8, grossMinor: 5_960, taxMinor: 441 },
      { ratePercent: 10, grossMinor: 12_800, taxMinor: 1_163 },
    ],
    rounding: 'floor-per-rate',
    total,
    paymentMethod: 'PAYPAY',
    locale: 'ja',
    placedAtMs: PLACED_AT_MS,
    paymentWindowEndsAtMs: WINDOW_ENDS_AT_MS,
  },
}
export const placedWithWallet: OrderEvent = {
  type: 'OrderPlaced',
  data: { ...placed.data, paymentMethod: 'WALLET' },
}
export const awaiting = (attempt: number): OrderEvent => {
  const { type: _, ...data } = awaitPayment(attempt)
  return { type: 'OrderAwaitingPayment', data }
}
export const renewing = (attempt: number): OrderEvent => ({
  type: 'PaymentRenewalRequested',
  data: { attempt, requestedAtMs: PLACED_AT_MS + 400_000 },
})
export const paid = (attempt: number): OrderEvent => {
  const { type: _, ...data } = confirmPayment(attempt)
  return { type: 'OrderPaid', data }
}
export const surplus = (
  kind: 'LATE' | 'DOUBLE' | 'MISMATCHED',
  attempt: number,
  amount: Money = total,
): OrderEvent => {
  const { type: _, ...data } = confirmPayment(attempt, amount)
  return { type: 'SurplusPaymentRecorded', data: { kind, ...data } }
}
export const failed: OrderEvent = {
  type: 'OrderFailed',
  data: { reason: 'PAYMENT_EXPIRED', atMs: WINDOW_ENDS_AT_MS },
}
export const cancelled: OrderEvent = {
  type: 'OrderCancelled',
  data: { by: 'customer', atMs: PLACED_AT_MS + 90_000 },
}
export const refundRequested = (
  name: string,
  amount: Money,
  returning: readonly ReturnedLine[] = [],
): OrderEvent => ({
  type: 'OrderRefundRequested',
  data: {
    refundId: refundIdOf(name),
    merchantPaymentId: attemptId(1),
    amount,
    reason: 'sent back',
    returning: [...returning],
    requestedBy: 'staff-1',
    atMs: REFUND_AT_MS,
  },
})
export const partlyRefunded = (name: string, amount: Money, refundedInTotal: Money): OrderEvent => ({
  type: 'OrderPartlyRefunded',
  data: { refundId: refundIdOf(name), amount, refundedInTotal, atMs: REFUND_AT_MS + 60_000 },
})
export const refunded = (name: string, amount: Money): OrderEvent => ({
  type: 'OrderRefunded',
  data: { refundId: refundIdOf(name), amount, refundedInTotal: total, atMs: REFUND_AT_MS + 60_000 },
})
export const refundRejected = (name: string): OrderEvent => ({
  type: 'OrderRefundRejected',
  data: { refundId: refundIdOf(name), code: 'REFUND_LIMIT_EXCEEDED', atMs: REFUND_AT_MS + 60_000 },
})
