import { impossible } from '#domain/decider.ts'
import type { Logged } from '../events.ts'
import { idIn, orderOf } from '../events.ts'
import { defineProjection } from '../projection.ts'
import { ORDER_TIMELINE } from './collection.ts'
import type { OrderTimeline, TimelineEntry } from './document.ts'

const HANDLES = [
  'OrderPlaced',
  'OrderAwaitingPayment',
  'PaymentRenewalRequested',
  'OrderPaid',
  'SurplusPaymentRecorded',
  'OrderFailed',
  'OrderCancelled',
  'OrderRefundRequested',
  'OrderPartlyRefunded',
  'OrderRefunded',
  'OrderRefundRejected',
  'PaymentRequested',
  'PaymentCodeIssued',
  'PaymentCodeDeleted',
  'PaymentObserved',
  'PaymentSucceeded',
  'PaymentFailed',
  'PaymentLapsed',
  'PaymentOrphaned',
  'PaymentCancelAnswered',
  'RefundRequested',
  'RefundCompleted',
  'RefundRejected',
  'StockReserved',
  'StockReservationConfirmed',
  'StockReservationReleased',
  'StockReturned',
] as const

type Handled = (typeof HANDLES)[number]

/** What happened to this order, when, why and by whom? From its own stream, its attempts' and its reservations'. */
export const orderTimeline = defineProjection<OrderTimeline, Logged<Handled>>({
  name: 'order-timeline',
  version: 2,
  collection: ORDER_TIMELINE,
  handles: HANDLES,
  key: orderOf,
  evolve: (document, event) => {
    if (isNoise(event)) return undefined
    return { orderId: orderOf(event), entries: [...(document?.entries ?? []), entry(event)] }
  },
})

/** An answer that says the code exists and nobody paid, or that there is nothing yet, is no step of the story. */
const isNoise = (event: Logged<Handled>): boolean => {
  if (event.type !== 'PaymentObserved') return false
  const { status, paymentId, refunds } = event.data.observation
  return (status === 'CREATED' || status === 'not-found') && paymentId === undefined && refunds.length === 0
}

const entry = (event: Logged<Handled>): TimelineEntry => ({
  at: event.createdAtMs,
  type: event.type,
  actor: publicActor(event.metadata.actor),
  eventId: event.id,
  position: event.position,
  ...story(event),
})

/** Which buyer or which member of staff it was is nobody's business here; which process or system it was, is. */
const publicActor = (actor: string): string => {
  const [kind = '', name] = actor.split(':', 2)
  return (kind === 'process' || kind === 'system') && name !== undefined ? `${kind}:${name}` : kind
}

const CODE = /^[A-Za-z0-9_.-]{1,64}$/

/** Reasons come from providers and staff too; what does not look like a code might be about a person. */
const codeOnly = (reason: string): Pick<TimelineEntry, 'reason'> => (CODE.test(reason) ? { reason } : {})

/** The shop's own codes for why money goes back. Anything else may be what a person wrote, however short. */
const REFUND_REASON = /^(?:surplus-[a-z]+|requested-by-staff)$/

const story = (event: Logged<Handled>): Pick<TimelineEntry, 'reason' | 'detail' | 'staff'> => {
  switch (event.type) {
    case 'OrderPlaced':
      return { detail: event.data.paymentMethod }
    case 'OrderAwaitingPayment':
    case 'PaymentRenewalRequested':
    case 'PaymentRequested':
      return { detail: `attempt-${event.data.attempt}` }
    case 'OrderFailed':
      return { reason: event.data.reason }
    case 'OrderCancelled':
      return { reason: 'USER_CANCEL', detail: event.data.by }
    case 'SurplusPaymentRecorded':
      return { reason: event.data.kind }
    case 'PaymentObserved':
      return { ...codeOnly(event.data.observation.status), detail: event.data.source }
    case 'PaymentSucceeded':
      return { detail: event.data.source }
    case 'PaymentFailed':
      return { ...codeOnly(event.data.reason), detail: event.data.source }
    case 'PaymentOrphaned':
      return codeOnly(event.data.reason)
    case 'PaymentCancelAnswered':
      return { reason: event.data.answer }
    case 'OrderRefundRequested': {
      const { refundId, requestedBy, reason } = event.data
      return { detail: refundId, staff: { by: requestedBy, note: reason } }
    }
    case 'OrderPartlyRefunded':
    case 'OrderRefunded':
    case 'RefundCompleted':
      return { detail: event.data.refundId }
    case 'RefundRequested': {
      const { refundId, reason } = event.data
      return { ...(REFUND_REASON.test(reason) ? { reason } : {}), detail: refundId }
    }
    case 'OrderRefundRejected':
    case 'RefundRejected':
      return { ...codeOnly(event.data.code), detail: event.data.refundId }
    case 'StockReserved':
    case 'StockReservationConfirmed':
    case 'StockReservationReleased':
    case 'StockReturned':
      return { detail: idIn(event.stream) }
    case 'OrderPaid':
    case 'PaymentCodeIssued':
    case 'PaymentCodeDeleted':
    case 'PaymentLapsed':
      return {}
    default:
      return impossible(event)
  }
}
