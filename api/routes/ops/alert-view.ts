import { z } from 'zod'
import { AlertFacts, Statement } from '#domain/alert/events.ts'
import { AlertSeverity } from '#domain/alert/rules.ts'
import { ALERT_STATUSES, type Alert } from '#projections/alerts/document.ts'
import type { AlertCount } from '#projections/alerts/queries.ts'
import { iso, MoneyView } from '../../orders/order-view.ts'

/** What staff see of an alert in the list. Words are the reader's; here are codes and what goes into them. */
export const AlertView = z.object({
  alertId: z.string(),
  /** A rule this build does not know is possible: the log may have been written by a later one. */
  rule: z.string(),
  severity: AlertSeverity,
  status: z.enum(ALERT_STATUSES),
  /** Absent for what concerns no order. */
  orderId: z.string().optional(),
  subject: z.string(),
  facts: AlertFacts,
  observed: Statement,
  expected: Statement,
  source: z.string(),
  amount: MoneyView.optional(),
  raisedAt: z.string(),
  acknowledgedAt: z.string().optional(),
  acknowledgedBy: z.string().optional(),
  resolvedAt: z.string().optional(),
  /** A member of staff; absent where it healed by itself. */
  resolvedBy: z.string().optional(),
  /** Why it healed, as a code. */
  healedBy: z.string().optional(),
  assignee: z.string().optional(),
  notes: z.int(),
})
export type AlertView = z.infer<typeof AlertView>

export const AlertStepView = z.object({
  type: z.enum(['AlertRaised', 'AlertAcknowledged', 'AlertAssigned', 'AlertNoted', 'AlertResolved']),
  at: z.string(),
  by: z.string().optional(),
  assignee: z.string().optional(),
  text: z.string().optional(),
  reason: z.string().optional(),
})

/** How many there are of a rule, by severity and status; what there is none of is left out. */
export const AlertCountView = z.object({
  rule: z.string(),
  severity: AlertSeverity,
  status: z.enum(ALERT_STATUSES),
  count: z.int(),
}) satisfies z.ZodType<AlertCount>

export const alertView = (alert: Alert): AlertView => {
  const { alertId, rule, severity, status, orderId, subject, facts, observed, expected, source } = alert
  const { amount, acknowledged, resolved, assignee, notes, raisedAtMs } = alert
  return {
    alertId,
    rule,
    severity,
    status,
    ...(orderId === undefined ? {} : { orderId }),
    subject,
    facts,
    observed,
    expected,
    source,
    ...(amount === undefined ? {} : { amount }),
    raisedAt: iso(raisedAtMs),
    ...(acknowledged && { acknowledgedAt: iso(acknowledged.atMs), acknowledgedBy: acknowledged.by }),
    ...(resolved && { resolvedAt: iso(resolved.atMs) }),
    ...(resolved?.by === undefined ? {} : { resolvedBy: resolved.by }),
    ...(resolved?.reason === undefined ? {} : { healedBy: resolved.reason }),
    ...(assignee === undefined ? {} : { assignee }),
    notes,
  }
}

export const historyOf = ({ raisedAtMs, source, history }: Alert): z.infer<typeof AlertStepView>[] => [
  { type: 'AlertRaised', at: iso(raisedAtMs), reason: source },
  ...history.map(({ atMs, ...step }) => ({ ...step, at: iso(atMs) })),
]
