import { merchantPaymentIdOf, OrderId } from '../ids.ts'
import { money, type Money } from '../money/money.ts'
import type { IssueCode, PaymentCommand, RecordPaymentObservation, RequestPayment } from './commands.ts'
import type { CancelAnswer, Observation, ObservationSource, PaymentEvent } from './events.ts'

/** One attempt over ¥1,000, as its specs tell it. */
const orderId = OrderId.parse('6f2a1d7c-3b54-4c1e-9a0d-5e8b7c6d4f10')
export const otherOrderId = OrderId.parse('0b9f3c52-8a41-4f6b-8c1d-2e7a6d5c4b39')
export const amount: Money = money(1_000, 'JPY')
export const paymentId = '04137808670405270001'
export const AT_MS = 1_795_200_000_000
const ACCEPTED_AT_MS = AT_MS - 5_000

export const requestPayment: RequestPayment = {
  type: 'RequestPayment',
  merchantPaymentId: merchantPaymentIdOf(orderId, 1),
  orderId,
  attempt: 1,
  amount,
  windowEndsAtMs: AT_MS + 900_000,
  requestedAtMs: AT_MS,
}
export const issueCode: IssueCode = {
  type: 'IssueCode',
  codeId: '04-1795200000',
  url: 'https://qr-stg.example/04-1795200000',
  deeplink: 'paypay://payment?link_key=04',
  expiresAtMs: AT_MS + 300_000,
  atMs: AT_MS,
}
export const rejectRequest: PaymentCommand = {
  type: 'RejectRequest',
  code: 'TRANSACTION_FAILED',
  atMs: AT_MS,
}
export const recordCodeDeleted: PaymentCommand = { type: 'RecordCodeDeleted', atMs: AT_MS }
export const lapseCode: PaymentCommand = { type: 'LapseCode', atMs: AT_MS }
export const orphanAttempt: PaymentCommand = { type: 'OrphanAttempt', reason: 'answer lost', atMs: AT_MS }
export const recordCancelAnswer = (answer: CancelAnswer = 'accepted'): PaymentCommand => ({
  type: 'RecordCancelAnswer',
  answer,
  atMs: AT_MS,
})
export const requestRefund = (refundId: string, amountMinor: number, currency = 'JPY'): PaymentCommand => ({
  type: 'RequestRefund',
  refundId,
  amount: money(amountMinor, currency),
  reason: 'late payment',
  atMs: AT_MS,
})
export const completeRefund = (refundId: string): PaymentCommand => ({
  type: 'CompleteRefund',
  refundId,
  atMs: AT_MS,
})
export const rejectRefund = (refundId: string): PaymentCommand => ({
  type: 'RejectRefund',
  refundId,
  code: 'REFUND_WINDOW_EXCEED',
  atMs: AT_MS,
})

export const saying = (status: string, more: Partial<Observation> = {}): Observation => ({
  status,
  refunds: [],
  ...more,
})
/** What the provider says of the attempt once it took the money. */
export const completed: Observation = saying('COMPLETED', { paymentId, amount, acceptedAtMs: ACCEPTED_AT_MS })
export const observe = (
  observation: Observation,
  source: ObservationSource = 'poll',
): RecordPaymentObservation => ({ type: 'RecordPaymentObservation', observation, source, atMs: AT_MS })

export const requested: PaymentEvent = {
  type: 'PaymentRequested',
  data: {
    merchantPaymentId: requestPayment.merchantPaymentId,
    orderId,
    attempt: 1,
    method: 'PAYPAY',
    amount,
    windowEndsAtMs: AT_MS + 900_000,
    requestedAtMs: AT_MS,
  },
}
const { type: _, ...code } = issueCode
export const codeIssued: PaymentEvent = { type: 'PaymentCodeIssued', data: code }
export const codeDeleted: PaymentEvent = { type: 'PaymentCodeDeleted', data: { atMs: AT_MS } }
export const lapsed: PaymentEvent = { type: 'PaymentLapsed', data: { atMs: AT_MS } }
export const orphaned: PaymentEvent = {
  type: 'PaymentOrphaned',
  data: { reason: 'answer lost', atMs: AT_MS },
}
export const cancelAnswered = (answer: CancelAnswer = 'accepted', atMs = AT_MS): PaymentEvent => ({
  type: 'PaymentCancelAnswered',
  data: { answer, atMs },
})
export const observed = (observation: Observation, source: ObservationSource = 'poll'): PaymentEvent => ({
  type: 'PaymentObserved',
  data: { observation, source, atMs: AT_MS },
})
export const failedAs = (reason: string, source: ObservationSource = 'poll'): PaymentEvent => ({
  type: 'PaymentFailed',
  data: { reason, source, atMs: AT_MS },
})
export const succeeded: PaymentEvent = {
  type: 'PaymentSucceeded',
  data: { paymentId, amount, succeededAtMs: ACCEPTED_AT_MS, source: 'poll', atMs: AT_MS },
}
export const refundRequested = (refundId: string, amountMinor: number): PaymentEvent => ({
  type: 'RefundRequested',
  data: { refundId, amount: money(amountMinor, 'JPY'), reason: 'late payment', atMs: AT_MS },
})
export const refundCompleted = (refundId: string): PaymentEvent => ({
  type: 'RefundCompleted',
  data: { refundId, atMs: AT_MS },
})
export const refundRejected = (refundId: string): PaymentEvent => ({
  type: 'RefundRejected',
  data: { refundId, code: 'REFUND_WINDOW_EXCEED', atMs: AT_MS },
})
