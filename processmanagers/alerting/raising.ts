import { alert } from '#domain/alert/aggregate.ts'
import type { Facts } from '#domain/inconsistency/facts.ts'
import { alertFactsOf, type Found, type Healed } from '#domain/inconsistency/judging.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { stepContext } from '../command-context.ts'
import { orderIdOf } from './order-of-case.ts'

const context = stepContext('alerting')

/**
 * The id of the alert about one occurrence. It follows from what happened alone, so whoever finds the same again, after a
 * crash, in another instance or in a replay, finds the alert that is there.
 */
export const alertIdOf = ({ rule, occurrence }: Found, orderId: string | undefined): string =>
  derivedId('alert', rule.id, orderId ?? occurrence.subject, occurrence.triggerEventId)

export interface Raising {
  /** True when this very call raised it. */
  readonly raise: (caseId: string, facts: Facts, found: Found) => Promise<boolean>
  readonly resolve: (caseId: string, healed: Healed) => Promise<void>
}

/** Both are commands that may be repeated at any time and by any number of instances. */
export const raising = (commands: Pick<CommandRunner, 'run'>, clock: Pick<Clock, 'nowMs'>): Raising => ({
  raise: async (caseId, facts, found) => {
    const { rule, occurrence } = found
    const orderId = orderIdOf(caseId)
    const alertId = alertIdOf(found, orderId)
    const { subject, triggerEventId, observed, expected, source, amount } = occurrence
    const { kind } = await commands.run(
      alert,
      alertId,
      {
        type: 'RaiseAlert',
        alertId,
        rule: rule.id,
        severity: rule.severity,
        ...(orderId !== undefined && { orderId }),
        subject,
        detectedAtMs: clock.nowMs(),
        facts: alertFactsOf(facts, occurrence),
        observed,
        expected,
        source,
        triggerEventId,
        ...(amount !== undefined && { amount }),
      },
      context('RaiseAlert', alertId, caseId, triggerEventId),
      { expectNew: true },
    )
    return kind === 'accepted'
  },
  resolve: async (caseId, { alertId, triggerEventId, reason }) => {
    await commands.run(
      alert,
      alertId,
      { type: 'ResolveAlert', resolution: { by: 'healed', reason }, atMs: clock.nowMs() },
      context('ResolveAlert', alertId, caseId, triggerEventId),
    )
  },
})
