import { impossible } from '#domain/decider.ts'
import type { Logged } from '../events.ts'
import { idIn } from '../events.ts'
import type { OrderRefund, OrderSummary, RefundStatus } from './document.ts'

/**
 * The part of an order's summary that follows money on its way back: what staff decided to return of the order's own
 * payment, and what the shop returns by itself because the order could not take it. Each refund is known by its id.
 */

type Refunds = Pick<OrderSummary, 'refundedMinor' | 'refunds' | 'surplus'>

/** Staff refunds are bounded by the order and surplus ones by its attempts; this only keeps a broken log from growing a document. */
const MOST_REFUNDS = 200

/** Staff decided it; the provider has not been asked yet. */
export const requestedByStaff = (
  before: Refunds,
  { data, createdAtMs }: Logged<'OrderRefundRequested'>,
): Refunds => {
  const { refundId, merchantPaymentId, amount, reason, returning, requestedBy } = data
  return withRefund(before, {
    refundId,
    kind: 'staff',
    merchantPaymentId,
    amount,
    status: 'REQUESTED',
    requestedAtMs: createdAtMs,
    returning: returning.map(({ productId, quantity }) => ({ productId, quantity })),
    note: reason,
    requestedBy,
  })
}

/** `refundedInTotal` is set as the order says it, so that nothing is added up here. */
export const completedByOrder = (
  before: Refunds,
  { data, createdAtMs }: Logged<'OrderPartlyRefunded' | 'OrderRefunded'>,
): Refunds => ({
  ...ended(before, data.refundId, { status: 'COMPLETED', endedAtMs: createdAtMs }),
  refundedMinor: data.refundedInTotal.amountMinor,
})

export const rejectedByOrder = (
  before: Refunds,
  { data, createdAtMs }: Logged<'OrderRefundRejected'>,
): Refunds => ended(before, data.refundId, { status: 'REJECTED', endedAtMs: createdAtMs, code: data.code })

/** The attempt's own word. Of a staff refund it is not news: there the order's word counts, which follows this one. */
export const movedAtPayment = (
  before: Refunds,
  event: Logged<'RefundRequested' | 'RefundCompleted' | 'RefundRejected'>,
): Refunds => {
  const { refundId } = event.data
  const merchantPaymentId = idIn(event.stream)
  const known = before.refunds.find((refund) => refund.refundId === refundId)
  if (known?.kind === 'staff') return before
  const { createdAtMs } = event
  switch (event.type) {
    case 'RefundRequested':
      return withRefund(onSurplus(before, merchantPaymentId, 'REQUESTED'), {
        refundId,
        kind: 'surplus',
        merchantPaymentId,
        amount: event.data.amount,
        status: 'REQUESTED',
        requestedAtMs: createdAtMs,
        returning: [],
      })
    case 'RefundCompleted':
      return ended(onSurplus(before, merchantPaymentId, 'COMPLETED'), refundId, {
        status: 'COMPLETED',
        endedAtMs: createdAtMs,
      })
    case 'RefundRejected':
      return ended(onSurplus(before, merchantPaymentId, 'REJECTED'), refundId, {
        status: 'REJECTED',
        endedAtMs: createdAtMs,
        code: event.data.code,
      })
    default:
      return impossible(event)
  }
}

const withRefund = (before: Refunds, refund: OrderRefund): Refunds =>
  before.refunds.some(({ refundId }) => refundId === refund.refundId) || before.refunds.length >= MOST_REFUNDS
    ? before
    : { ...before, refunds: [...before.refunds, refund] }

/** A refund ends once; what comes after its end changes nothing. */
const ended = (
  before: Refunds,
  refundId: string,
  end: Required<Pick<OrderRefund, 'status' | 'endedAtMs'>> & Pick<OrderRefund, 'code'>,
): Refunds => ({
  ...before,
  refunds: before.refunds.map((refund) =>
    refund.refundId === refundId && refund.status === 'REQUESTED' ? { ...refund, ...end } : refund,
  ),
})

const onSurplus = (before: Refunds, merchantPaymentId: string, refund: RefundStatus): Refunds => ({
  ...before,
  surplus: before.surplus.map((known) =>
    known.merchantPaymentId === merchantPaymentId ? { ...known, refund } : known,
  ),
})
