import { z } from 'zod'
import { FACT_TYPES, foldFacts, NO_FACTS, type Facts } from '#domain/inconsistency/facts.ts'
import { healedAlerts, isAbout, occurrencesIn, unalerted } from '#domain/inconsistency/judging.ts'
import type { Thresholds } from '#domain/inconsistency/occurrence.ts'
import { thresholdOf } from '#domain/inconsistency/rules.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { parkedCase } from '#platform/ids/parked-case.ts'
import { idIn, type Logged } from '../events.ts'
import { caseOf, findingAt, type Fact, type Finding, type Rule } from './rule.ts'

/** How long alerting has from when a rule is violated, or an alert healed, until it must show. */
export const NOTICED_WITHIN_MS = 60_000
/** What heals while an alert is on its way to the log comes before it there. */
const RACE_MS = 15_000

type FactEvent = Logged<(typeof FACT_TYPES)[number]>
const TYPES: ReadonlySet<string> = new Set(FACT_TYPES)
const isFact = (event: Logged | undefined): event is FactEvent => TYPES.has(event?.type ?? '')

/** What stands still beside the orders, as far as alerts are about it; whoever writes it has its codec. */
const Keyed = z.looseObject({ key: z.string() })

/**
 * I13: every violated rule has exactly one alert once its time is up by the log's own clock, what has healed is resolved,
 * and no alert is there that the log did not call for when it was raised.
 */
export const alertsTold = (thresholds: Thresholds): Rule => {
  const cases = new Map<string, Facts>()
  /** Ids of events that put something aside; such an alert may come after what it is about was mended. */
  const putAside = new Set<string>()
  let newestMs = 0
  let raised = 0

  const see = (fact: Fact): readonly Finding[] => {
    const { recorded, event } = fact
    newestMs = Math.max(newestMs, recorded.createdAtMs)
    const aside = setAsideBy(recorded)
    if (aside !== undefined) {
      if (aside.isBegun) putAside.add(recorded.id)
      cases.set(aside.caseId, aside.change(cases.get(aside.caseId) ?? NO_FACTS))
      return []
    }
    const caseId = caseOf(fact)
    if (!isFact(event) || caseId === undefined) return []
    const before = cases.get(caseId) ?? NO_FACTS
    const after = foldFacts(before, event)
    if (after !== before) cases.set(caseId, after)
    if (event.type !== 'AlertRaised') return []
    raised += 1
    return judged(fact, caseId, before, event)
  }

  const judged = (
    fact: Fact,
    caseId: string,
    facts: Facts,
    { data, createdAtMs, stream }: Extract<FactEvent, { type: 'AlertRaised' }>,
  ): readonly Finding[] => {
    const told = { alertId: idIn(stream), rule: data.rule, subject: data.subject }
    const found = (message: string): Finding[] => [findingAt('I13', fact, data.orderId)(message, told)]
    const isSame = (alert: { rule: string; subject: string; triggerEventId: string }): boolean =>
      alert.rule === data.rule &&
      alert.subject === data.subject &&
      alert.triggerEventId === data.triggerEventId
    if (Object.values(facts.alerts).some(isSame)) return found('An alert was raised twice')
    const about = occurrencesIn(facts).find((occurrence) => isAbout(occurrence, data))
    if (about === undefined)
      return putAside.has(data.triggerEventId)
        ? []
        : found(`An alert was raised that nothing in the log calls for, in case ${caseId}`)
    const { rule, occurrence } = about
    if (createdAtMs - occurrence.sinceMs < thresholdOf(rule, thresholds))
      return found('An alert was raised before its time was up')
    const isLate = createdAtMs - facts.newestAtMs > RACE_MS
    return rule.after !== undefined && occurrence.healed !== undefined && isLate
      ? found('An alert was raised about what had healed in time')
      : []
  }

  return {
    name: 'I13',
    see,
    open: function* (untilMs = newestMs) {
      for (const [caseId, facts] of cases) {
        const orderId = facts.order === undefined ? {} : { orderId: facts.order.orderId }
        for (const { rule, occurrence } of unalerted(facts))
          if (untilMs - occurrence.sinceMs >= thresholdOf(rule, thresholds) + NOTICED_WITHIN_MS)
            yield {
              rule: 'I13',
              ...orderId,
              message: 'A rule is violated and nobody was told',
              facts: { rule: rule.id, subject: occurrence.subject, case: caseId },
            }
        if (untilMs - facts.newestAtMs < NOTICED_WITHIN_MS) continue
        for (const { alertId, reason } of healedAlerts(facts))
          yield {
            rule: 'I13',
            ...orderId,
            stream: `alert-${alertId}`,
            message: 'An alert is open whose violation is over',
            facts: { reason },
          }
      }
    },
    checked: () => ({ cases: cases.size, alerts: raised }),
  }
}

interface SetAside {
  readonly caseId: string
  readonly isBegun: boolean
  readonly change: (facts: Facts) => Facts
}

const setAsideBy = ({ type, stream, data, id, createdAtMs: atMs }: RecordedEvent): SetAside | undefined => {
  const of = idIn(stream)
  switch (type) {
    case 'WorkParked':
    case 'KeyReleased': {
      const parsed = Keyed.safeParse(data)
      if (!parsed.success || !stream.startsWith('parked-')) return undefined
      const { caseId, subject, key } = parkedCase(of, parsed.data.key)
      const parked = { [subject]: { process: of, key, eventId: id, atMs } }
      return {
        caseId,
        isBegun: type === 'WorkParked',
        // What is parked behind the first piece of work belongs to it.
        change: (facts) =>
          type === 'KeyReleased'
            ? { ...facts, parked: {}, newestAtMs: atMs }
            : { ...facts, parked: facts.parked?.[subject] ? facts.parked : parked, newestAtMs: atMs },
      }
    }
    case 'ProviderCredentialsRefused':
    case 'ProviderCredentialsAccepted': {
      const isBegun = type === 'ProviderCredentialsRefused'
      const refusing = isBegun ? { [of]: { eventId: id, atMs } } : {}
      return {
        caseId: `provider/${of}`,
        isBegun,
        change: (facts) => ({ ...facts, refusing, newestAtMs: atMs }),
      }
    }
    default:
      return undefined
  }
}
