import type { AlertEvent } from '#domain/alert/events.ts'
import { FACT_TYPES, foldFacts, NO_FACTS, type Facts } from '#domain/inconsistency/facts.ts'
import { alertFactsOf, healedAlerts, unalerted } from '#domain/inconsistency/judging.ts'
import { OrderId } from '#domain/ids.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { decode, orderOf, type Logged } from '../events.ts'

type FactEvent = Logged<(typeof FACT_TYPES)[number]>
const isFact = (event: Logged): event is FactEvent => FACT_TYPES.some((type) => type === event.type)

/** A log for specs with the alerts at its end that alerting would have raised, and resolved, by then. */
export const alerted = (log: readonly RecordedEvent[]): RecordedEvent[] => {
  const all = [...log]
  const cases = new Map<string, Facts>()
  const take = (recorded: RecordedEvent): void => {
    if (!/^(?:order|payment|alert)-/.test(recorded.stream)) return
    const event = decode(recorded)
    if (!isFact(event)) return
    const id = orderOf(event)
    cases.set(id, foldFacts(cases.get(id) ?? NO_FACTS, event))
  }
  const append = (
    orderId: string,
    alertId: string,
    revision: number,
    event: AlertEvent,
    cause: string,
  ): string => {
    const last = all.at(-1)
    const id = derivedId('alerted', alertId, revision)
    const recorded: RecordedEvent = {
      stream: `alert-${alertId}`,
      revision,
      position: (last?.position ?? 0) + 100,
      id,
      ...event,
      metadata: {
        correlationId: orderId,
        causationId: cause,
        commandId: id,
        actor: 'process:alerting',
        schemaVersion: 1,
      },
      createdAtMs: last?.createdAtMs ?? 0,
    }
    all.push(recorded)
    take(recorded)
    return id
  }
  for (const recorded of log) take(recorded)
  for (const [orderId, facts] of new Map(cases))
    for (const { rule, occurrence } of unalerted(facts)) {
      if (rule.after !== undefined) continue
      const { subject, triggerEventId, observed, expected, source } = occurrence
      const alertId = derivedId('alert', rule.id, orderId, triggerEventId)
      const detectedAtMs = all.at(-1)?.createdAtMs ?? 0
      const told = { subject, triggerEventId, observed, expected, source, detectedAtMs }
      const data = {
        alertId,
        rule: rule.id,
        severity: rule.severity,
        orderId: OrderId.parse(orderId),
        ...told,
        facts: alertFactsOf(facts, occurrence),
      }
      const raisedId = append(orderId, alertId, 0, { type: 'AlertRaised', data }, triggerEventId)
      for (const { reason } of healedAlerts(cases.get(orderId) ?? NO_FACTS))
        append(
          orderId,
          alertId,
          1,
          { type: 'AlertResolved', data: { resolution: { by: 'healed', reason }, atMs: detectedAtMs } },
          raisedId,
        )
    }
  return all
}
