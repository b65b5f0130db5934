import { impossible } from '#domain/decider.ts'
import type { Logged } from '../events.ts'
import { orderOf } from '../events.ts'
import { defineProjection } from '../projection.ts'
import { ORDER_AUDIT } from './collection.ts'
import { MOST_CHANGES, OrderAudit, type AuditedChange, type AuditedStatus } from './document.ts'

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
] as const

type Handled = (typeof HANDLES)[number]

/**
 * Which changes did this order go through, each exactly once, when, why and by whom? From the order's own stream alone,
 * whose revisions have no gaps, so a missing event is noticed.
 */
export const orderAudit = defineProjection<OrderAudit, Logged<Handled>>({
  name: 'order-audit',
  version: 1,
  collection: ORDER_AUDIT,
  handles: HANDLES,
  key: orderOf,
  evolve: (document, event) => {
    if (document?.processedEventIds.includes(event.id) === true) return undefined
    const expected = (document?.history.at(-1)?.metadata.revision ?? -1) + 1
    if (event.revision !== expected)
      throw new Error(`${event.stream} goes on at revision ${event.revision} in place of ${expected}`)
    if (expected >= MOST_CHANGES) throw new Error(`${event.stream} has more than ${MOST_CHANGES} events`)
    const currentStatus = statusAfter(document?.currentStatus, event)
    const next = {
      orderId: orderOf(event),
      currentStatus,
      processedEventIds: [event.id],
      history: [change(currentStatus, event)],
      createdAt: document?.createdAt ?? event.createdAtMs,
      updatedAt: event.createdAtMs,
    }
    // What is new is held against the schema; what was there before has been, when it was new.
    const { processedEventIds, history, ...about } = OrderAudit.parse(next)
    return {
      ...about,
      processedEventIds: [...(document?.processedEventIds ?? []), ...processedEventIds],
      history: [...(document?.history ?? []), ...history],
    }
  },
})

/** From where an event may lead to its status. From anywhere else it came late, and the status stays. */
const LEADS: Partial<
  Record<Handled, { readonly to: AuditedStatus; readonly from: readonly AuditedStatus[] }>
> = {
  OrderAwaitingPayment: { to: 'WAITING_PAYMENT', from: ['PENDING'] },
  OrderPaid: { to: 'PAID', from: ['PENDING', 'WAITING_PAYMENT'] },
  OrderFailed: { to: 'FAILED', from: ['PENDING', 'WAITING_PAYMENT'] },
  OrderCancelled: { to: 'CANCELLED', from: ['PENDING', 'WAITING_PAYMENT'] },
  OrderRefunded: { to: 'REFUNDED', from: ['PAID'] },
}

const statusAfter = (status: AuditedStatus | undefined, { type, stream }: Logged<Handled>): AuditedStatus => {
  if (status === undefined) {
    if (type !== 'OrderPlaced') throw new Error(`${stream} begins with ${type}`)
    return 'PENDING'
  }
  const lead = LEADS[type]
  return lead?.from.includes(status) === true ? lead.to : status
}

const change = (status: AuditedStatus, event: Logged<Handled>): AuditedChange => {
  const { commandId, correlationId, causationId, actor } = event.metadata
  const { reason, ...said } = story(event)
  return {
    status,
    ...(reason === undefined ? {} : { reason }),
    at: event.createdAtMs,
    by: withoutBuyer(actor),
    eventId: event.id,
    metadata: {
      type: event.type,
      revision: event.revision,
      position: event.position,
      commandId,
      correlationId,
      causationId,
      ...said,
    },
  }
}

/** Staff answer for what they do by their id; which buyer it was, the order's own event says. */
const withoutBuyer = (actor: string): string =>
  actor.startsWith('customer:') ? 'customer' : actor || 'unknown'

type Story = Pick<AuditedChange, 'reason'> &
  Pick<AuditedChange['metadata'], 'attempt' | 'merchantPaymentId' | 'refundId' | 'amountMinor' | 'currency'>

const CODE = /^[A-Za-z0-9_.-]{1,64}$/

/** The staff's note is not among it: what people write may be about people, and the event itself still says it. */
const story = (event: Logged<Handled>): Story => {
  switch (event.type) {
    case 'OrderPlaced':
      return event.data.total
    case 'OrderAwaitingPayment':
      return { attempt: event.data.attempt, merchantPaymentId: event.data.merchantPaymentId }
    case 'PaymentRenewalRequested':
      return { attempt: event.data.attempt }
    case 'OrderPaid':
      return { merchantPaymentId: event.data.merchantPaymentId, ...event.data.amount }
    case 'SurplusPaymentRecorded': {
      const { kind, merchantPaymentId, amount } = event.data
      return { reason: kind, merchantPaymentId, ...amount }
    }
    case 'OrderFailed':
      return { reason: event.data.reason }
    case 'OrderCancelled':
      return { reason: 'USER_CANCEL' }
    case 'OrderRefundRequested': {
      const { refundId, merchantPaymentId, amount } = event.data
      return { refundId, merchantPaymentId, ...amount }
    }
    case 'OrderPartlyRefunded':
    case 'OrderRefunded':
      return { refundId: event.data.refundId, ...event.data.amount }
    case 'OrderRefundRejected': {
      const { refundId, code } = event.data
      return { refundId, ...(CODE.test(code) ? { reason: code } : {}) }
    }
    default:
      return impossible(event)
  }
}
