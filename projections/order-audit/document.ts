import { z } from 'zod'
import type { OrderStatus } from '../order-summary/document.ts'

export const AUDITED_STATUSES = [
  'PENDING',
  'WAITING_PAYMENT',
  'PAID',
  'FAILED',
  'CANCELLED',
  'REFUNDED',
] as const satisfies readonly OrderStatus[]
export type AuditedStatus = (typeof AUDITED_STATUSES)[number]

/**
 * An order has from three events to some dozens, and with every refund there can be some hundreds. A thousand are about
 * half a megabyte of the sixteen that MongoDB takes; an order with more is parked, for a person to look at.
 */
export const MOST_CHANGES = 1_000

const Id = z.string().min(1).max(200)
const EpochMs = z.int().nonnegative()

const Status = z.enum(AUDITED_STATUSES)

/** One event of the order: what it says, and where it stands in the log. */
export const AuditedChange = z.strictObject({
  /** The order's status after it. A late event is on record like any other and leaves it as it was. */
  status: Status,
  /** A code saying why, where there is a why: `PAYMENT_EXPIRED`, `USER_CANCEL`, `LATE`, the provider's error code. */
  reason: z.string().min(1).max(100).optional(),
  /** When the log recorded it, epoch milliseconds. */
  at: EpochMs,
  /** `customer`, `staff:{id}`, `process:…`, `system:…`: kinds and the staff's ids, never which buyer. */
  by: z.string().min(1).max(100),
  eventId: Id,
  metadata: z.strictObject({
    type: Id,
    revision: z.int().nonnegative(),
    position: z.int().nonnegative(),
    commandId: z.string().max(200),
    correlationId: z.string().max(200),
    causationId: z.string().max(200),
    attempt: z.int().positive().optional(),
    merchantPaymentId: Id.optional(),
    refundId: Id.optional(),
    amountMinor: z.int().optional(),
    currency: z.string().length(3).optional(),
  }),
})
export type AuditedChange = z.infer<typeof AuditedChange>

/** All that ever happened to one order, oldest first; nothing in it is ever changed or taken away. */
export const OrderAudit = z.strictObject({
  orderId: Id,
  currentStatus: Status,
  /** In the order of the history. */
  processedEventIds: z.array(Id).min(1).max(MOST_CHANGES),
  history: z.array(AuditedChange).min(1).max(MOST_CHANGES),
  createdAt: EpochMs,
  updatedAt: EpochMs,
})
export type OrderAudit = z.infer<typeof OrderAudit>
