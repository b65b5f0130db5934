import { z } from 'zod'
import type { Event } from '../event.ts'
import { OrderId } from '../ids.ts'
import { Money } from '../money/money.ts'
import { AlertSeverity } from './rules.ts'

export const MAX_NOTE_LENGTH = 1_000

/** One thing said by a code and its parameters. The words are the reader's: they differ by language and get better. */
export const Statement = z.object({
  /** Kebab-case and never given another meaning. */
  code: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  /** Ids, states, amounts in minor units and times in epoch milliseconds, as text; never personal data. */
  params: z
    .array(
      z.object({
        /** What the words call it. */
        name: z.string().min(1).max(64),
        /** As text, whatever it is. */
        value: z.string().max(500),
      }),
    )
    .max(20),
})
export type Statement = z.infer<typeof Statement>

/** What the log said when the alert was raised. */
export const AlertFacts = z.object({
  /** Absent for what concerns no order. */
  orderStatus: z.string().min(1).max(32).optional(),
  /** When the log recorded that the order was paid. */
  orderConfirmedAtMs: z.int().optional(),
  /** When the provider took the money the alert is about, or the order's first money. */
  paymentSucceededAtMs: z.int().optional(),
  /** Distinct payments the provider took for the order, however often each was reported. */
  paymentSuccessCount: z.int().nonnegative(),
  /** What the order asked for. */
  orderTotal: Money.optional(),
  /** All that the provider took for the order. */
  captured: Money.optional(),
  /** All of it that has gone back. */
  refunded: Money.optional(),
})
export type AlertFacts = z.infer<typeof AlertFacts>

/**
 * The log holds something that a person must know of. Written by alerting, once per rule, subject and triggering event,
 * after it judged the streams themselves. Does not mean that it is still so: `AlertResolved` says when it is not.
 */
export const AlertRaised = z.object({
  /** Derived from the rule, the order or else the subject, and the triggering event. */
  alertId: z.uuid(),
  /** A name from the table of rules at the time; a later build may know others. */
  rule: z.string().min(1).max(64),
  /** P1: money is wrong now. P2: it may become so, or something stands still. */
  severity: AlertSeverity,
  /** Absent for what concerns no order. */
  orderId: OrderId.optional(),
  /** What it is about: a merchantPaymentId, a refund id, a process with its parked key, a provider. */
  subject: z.string().min(1).max(300),
  /** When alerting decided. */
  detectedAtMs: z.int(),
  /** What the log said then. */
  facts: AlertFacts,
  /** What is so. */
  observed: Statement,
  /** What should be so instead. */
  expected: Statement,
  /** Who brought the triggering event: a way in which the provider is asked, or the actor. */
  source: z.string().min(1).max(100),
  /** The event in which the violation began. */
  triggerEventId: z.string().min(1),
  /** The money it is about. */
  amount: Money.optional(),
})

/** Somebody took notice and looks into it. Written through the API, once. Does not mean that anything was done. */
export const AlertAcknowledged = z.object({
  /** The staff member's id, never a name. */
  by: z.string().min(1).max(100),
  atMs: z.int(),
})

/** The alert is this person's to see to from now on. Written through the API; the last one counts. */
export const AlertAssigned = z.object({
  /** The staff member's id, never a name. */
  assignee: z.string().min(1).max(100),
  /** Who gave it to them. */
  by: z.string().min(1).max(100),
  atMs: z.int(),
})

/** Staff wrote something down. Written through the API, once per note id, also after the alert is resolved. */
export const AlertNoted = z.object({
  /** Made by whoever writes: the same id again is the same note. */
  noteId: z.string().min(1).max(100),
  /** It stays in the log for good and cannot be forgotten, so it holds no personal data. */
  text: z.string().min(1).max(MAX_NOTE_LENGTH),
  /** The staff member's id, never a name. */
  by: z.string().min(1).max(100),
  atMs: z.int(),
})

/** Why an alert is over. */
export const Resolution = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('healed'),
    /** What the log says now, as a code: `order-paid`, `surplus-refunded`. */
    reason: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  }),
  z.object({
    by: z.literal('staff'),
    /** The staff member's id, never a name. */
    staffId: z.string().min(1).max(100),
    /** It stays in the log for good and cannot be forgotten, so it holds no personal data. */
    note: z.string().min(1).max(MAX_NOTE_LENGTH).optional(),
  }),
])
export type Resolution = z.infer<typeof Resolution>

/**
 * The alert is over: the log says that the violation is, or staff say that they are done with it. Written by alerting
 * or through the API, once; nothing opens an alert again, because what violates a rule anew is another triggering event.
 */
export const AlertResolved = z.object({
  resolution: Resolution,
  atMs: z.int(),
})

export type AlertEvent =
  | Event<'AlertRaised', typeof AlertRaised>
  | Event<'AlertAcknowledged', typeof AlertAcknowledged>
  | Event<'AlertAssigned', typeof AlertAssigned>
  | Event<'AlertNoted', typeof AlertNoted>
  | Event<'AlertResolved', typeof AlertResolved>
