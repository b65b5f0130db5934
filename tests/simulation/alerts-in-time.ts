import { FACT_TYPES, foldFacts, NO_FACTS, type Facts } from '#domain/inconsistency/facts.ts'
import { occurrenceKey, unalerted } from '#domain/inconsistency/judging.ts'
import type { Thresholds } from '#domain/inconsistency/occurrence.ts'
import { thresholdOf } from '#domain/inconsistency/rules.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { decode, orderOf, type Logged } from '#projections/events.ts'
import type { Scheduler } from './scheduler.ts'
import type { Violation } from './violation.ts'

const MINUTE_MS = 60_000

/** The usual ones, but for refunds: here some take longer than this, and a run is too short for the usual day. */
export const SIMULATED_THRESHOLDS: Thresholds = {
  unpaidSuccessMs: 30_000,
  unfundedOrderMs: 30_000,
  unknownPaymentMs: 15 * MINUTE_MS,
  stuckRefundMs: 30 * MINUTE_MS,
  refusedCredentialsMs: 30_000,
}

/** From when a rule's time is up, once nothing goes wrong any more, until a person must have been told. */
const TOLD_WITHIN_MS = MINUTE_MS

export interface AlertsInTimeOptions {
  readonly scheduler: Pick<Scheduler, 'nowMs' | 'after'>
  /** Everything that was put off has been taken up again. */
  readonly recoveredFromMs: number
  readonly skewMs: number
  readonly found: (violation: Omit<Violation, 'atMs'>) => void
}

type FactEvent = Logged<(typeof FACT_TYPES)[number]>
const isFact = (event: Logged): event is FactEvent => FACT_TYPES.some((type) => type === event.type)
const TYPES: ReadonlySet<string> = new Set(FACT_TYPES)

/** I13 on the clock: whatever calls for an alert has one within a minute, if it has not healed before its time was up. */
export const alertsInTime = ({ scheduler, recoveredFromMs, skewMs, found }: AlertsInTimeOptions) => {
  const cases = new Map<string, Facts>()
  const expected = new Set<string>()
  return {
    see: (recorded: RecordedEvent): void => {
      if (!TYPES.has(recorded.type)) return
      const event = decode(recorded)
      if (!isFact(event)) return
      const id = orderOf(event)
      const before = cases.get(id) ?? NO_FACTS
      const facts = foldFacts(before, event)
      if (facts === before) return
      cases.set(id, facts)
      for (const called of unalerted(facts)) {
        const key = `${id} ${occurrenceKey(called)}`
        if (expected.has(key)) continue
        expected.add(key)
        const thresholdMs = thresholdOf(called.rule, SIMULATED_THRESHOLDS)
        // Whoever was restarted last knows no later time than the last event's, and waits anew.
        const upMs = Math.max(called.occurrence.sinceMs, recoveredFromMs) + thresholdMs
        const dueMs = Math.max(scheduler.nowMs(), upMs) + TOLD_WITHIN_MS + Math.abs(skewMs)
        scheduler.after(dueMs - scheduler.nowMs(), () => {
          const isUntold = unalerted(cases.get(id) ?? NO_FACTS).some(
            (still) => occurrenceKey(still) === occurrenceKey(called),
          )
          if (!isUntold) return
          const { rule, occurrence } = called
          found({
            rule: 'I13',
            message: 'Nobody was told within a minute',
            orderId: id,
            facts: { rule: rule.id, subject: occurrence.subject },
          })
        })
      }
    },
  }
}
