import type { AlertFacts } from '../alert/events.ts'
import { sum } from '../money/money.ts'
import type { Facts } from './facts.ts'
import type { Occurrence } from './occurrence.ts'
import { INCONSISTENCY_RULES, type InconsistencyRule } from './rules.ts'

export interface Found {
  readonly rule: InconsistencyRule
  readonly occurrence: Occurrence
}

/** All that the facts show, healed or not. */
export const occurrencesIn = (facts: Facts): readonly Found[] =>
  INCONSISTENCY_RULES.flatMap((rule) => rule.occurrences(facts).map((occurrence) => ({ rule, occurrence })))

/** Whether two tell of the same thing: the same rule, begun with the same event, about the same subject. */
export const isAbout = (
  { rule, occurrence }: Found,
  alert: { readonly rule: string; readonly subject: string; readonly triggerEventId: string },
): boolean =>
  rule.id === alert.rule &&
  occurrence.triggerEventId === alert.triggerEventId &&
  occurrence.subject === alert.subject

/** Names one occurrence among those of a case. */
export const occurrenceKey = ({ rule, occurrence }: Found): string =>
  `${rule.id} ${occurrence.triggerEventId} ${occurrence.subject}`

/** What still calls for an alert, now or once it has lasted: what healed before its time was up never does. */
export const unalerted = (facts: Facts): readonly Found[] => {
  const alerts = Object.values(facts.alerts)
  return occurrencesIn(facts).filter(
    (found) =>
      (found.rule.after === undefined || found.occurrence.healed === undefined) &&
      !alerts.some((alert) => isAbout(found, alert)),
  )
}

/** An open alert whose violation is over, and why. */
export interface Healed {
  readonly alertId: string
  readonly triggerEventId: string
  readonly reason: string
}

/** Open alerts that the facts no longer bear out. What another build raised under a rule of its own is left to it. */
export const healedAlerts = (facts: Facts): readonly Healed[] => {
  const all = occurrencesIn(facts)
  return Object.entries(facts.alerts).flatMap(([alertId, alert]) => {
    const rule = INCONSISTENCY_RULES.find(({ id }) => id === alert.rule)
    if (!alert.isOpen || rule === undefined) return []
    const about = all.find((found) => isAbout(found, alert))
    const reason = about === undefined ? rule.whenGone : about.occurrence.healed
    return reason === undefined ? [] : [{ alertId, triggerEventId: alert.triggerEventId, reason }]
  })
}

/** The earliest that whoever looks for violations should look at a case whose alert is open. */
const AT_ONCE_MS = 1

/**
 * From when on somebody must look at the case, epoch milliseconds from 1 on; undefined when no rule can fire on these
 * facts, now or later, and no alert is open. A healthy order leaves the set by itself.
 */
export const suspectFromMs = (facts: Facts): number | undefined => {
  if (Object.values(facts.alerts).some(({ isOpen }) => isOpen)) return AT_ONCE_MS
  // Only what has not begun yet can wait; by whose clock it has begun is nobody's business but the log's.
  const from = unalerted(facts).map(({ occurrence: { sinceMs } }) =>
    sinceMs > facts.newestAtMs ? sinceMs : AT_ONCE_MS,
  )
  return from.length === 0 ? undefined : Math.min(...from)
}

/** What an alert tells of its case. */
export const alertFactsOf = ({ order, attempts }: Facts, { succeededAtMs }: Occurrence): AlertFacts => {
  const all = Object.values(attempts)
  const successes = all.flatMap(({ success }) => (success === undefined ? [] : [success]))
  const firstMs = successes.length === 0 ? undefined : Math.min(...successes.map((one) => one.succeededAtMs))
  const paymentSucceededAtMs = succeededAtMs ?? firstMs
  const currency = order?.total.currency ?? successes[0]?.amount.currency
  const gone = all.flatMap(({ refunds }) =>
    Object.values(refunds).flatMap(({ status, amount }) => (status === 'completed' ? [amount] : [])),
  )
  return {
    ...(order && { orderStatus: order.status, orderTotal: order.total }),
    ...(order?.paid && { orderConfirmedAtMs: order.paid.atMs }),
    ...(paymentSucceededAtMs !== undefined && { paymentSucceededAtMs }),
    paymentSuccessCount: successes.length,
    ...(currency !== undefined && {
      captured: sum(
        successes.map(({ amount }) => amount).filter((amount) => amount.currency === currency),
        currency,
      ),
      refunded: sum(
        gone.filter((amount) => amount.currency === currency),
        currency,
      ),
    }),
  }
}
