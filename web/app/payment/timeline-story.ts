import type { Timeline } from '../api/types'

type Entry = Timeline['items'][number]

/** A step of an order's story in words: the key of its sentence and how it is to be drawn. */
export interface Step {
  readonly key: string
  readonly tone: 'plain' | 'good' | 'bad' | 'returned'
  readonly at: string
  readonly eventId: string
}

const REASONS: Readonly<Record<string, string>> = {
  PAYMENT_FAILED: 'paymentFailed',
  PAYMENT_EXPIRED: 'paymentExpired',
  INVENTORY_SHORTAGE: 'shortage',
  INSUFFICIENT_FUNDS: 'funds',
  PROVIDER_ERROR: 'provider',
}
const SURPLUS: Readonly<Record<string, string>> = { LATE: 'late', DOUBLE: 'double', MISMATCHED: 'mismatched' }

type Told = readonly [key: string, tone: Step['tone']]

/** Each event that means something to a buyer; what only the machinery cares about is not here. */
const TOLD: Readonly<Record<string, (entry: Entry) => Told | undefined>> = {
  OrderPlaced: () => ['placed', 'plain'],
  StockReserved: () => ['reserved', 'plain'],
  PaymentCodeIssued: () => ['codeIssued', 'plain'],
  PaymentRenewalRequested: () => ['renewalRequested', 'plain'],
  PaymentCodeDeleted: () => ['codeDeleted', 'plain'],
  PaymentLapsed: () => ['codeLapsed', 'plain'],
  PaymentObserved: ({ reason }) =>
    reason === 'CREATED' || reason === 'AUTHORIZED' ? ['buyerConfirming', 'plain'] : undefined,
  PaymentSucceeded: () => ['paymentSucceeded', 'good'],
  PaymentFailed: () => ['paymentFailed', 'bad'],
  OrderPaid: () => ['paid', 'good'],
  OrderFailed: ({ reason = '' }) => [`failed.${REASONS[reason] ?? 'other'}`, 'bad'],
  OrderCancelled: ({ detail }) => [detail === 'staff' ? 'cancelledByShop' : 'cancelled', 'bad'],
  StockReservationReleased: () => ['released', 'plain'],
  SurplusPaymentRecorded: ({ reason = '' }) => [`surplus.${SURPLUS[reason] ?? 'late'}`, 'returned'],
  OrderRefundRequested: () => ['refund.requested', 'returned'],
  OrderPartlyRefunded: () => ['refund.partly', 'returned'],
  OrderRefunded: () => ['refund.full', 'returned'],
  OrderRefundRejected: () => ['refund.rejected', 'bad'],
  RefundRequested: () => ['refundRequested', 'returned'],
  RefundCompleted: () => ['refundCompleted', 'returned'],
  RefundRejected: () => ['refundRejected', 'bad'],
}

/** Of a refund that staff decided, the order tells the same a moment later. */
const AT_THE_PROVIDER: ReadonlySet<string> = new Set(['RefundRequested', 'RefundCompleted', 'RefundRejected'])

/** The story, oldest first. The same sentence for each of several lines or attempts in a row is said once. */
export const storyOf = (entries: readonly Entry[]): readonly Step[] => {
  const steps: Step[] = []
  const byStaff = new Set(
    entries.filter(({ type }) => type === 'OrderRefundRequested').map(({ detail }) => detail),
  )
  for (const entry of entries) {
    if (AT_THE_PROVIDER.has(entry.type) && byStaff.has(entry.detail)) continue
    const told = TOLD[entry.type]?.(entry)
    if (told === undefined) continue
    const [key, tone] = told
    if (steps.at(-1)?.key !== key) steps.push({ key, tone, at: entry.at, eventId: entry.eventId })
  }
  return steps
}
