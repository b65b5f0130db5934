import type { EventCodec } from '#domain/codec.ts'
import type { DomainEvent } from '#domain/event.ts'
import { decodeRecorded, UndecodableEvent } from '#platform/eventstore/decoding.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { USUAL_THRESHOLDS, type Thresholds } from '#domain/inconsistency/occurrence.ts'
import { decode, SHOP_STREAM_PREFIXES } from '../events.ts'
import { alertsTold } from './alerts-told.ts'
import { legalOrderRefunds, legalRefunds, legalTransitions } from './legal-transitions.ts'
import { moneyAgrees } from './money-agrees.ts'
import { oneOrderPerCommand, placedOnce } from './one-order-per-request.ts'
import { onePayableCode } from './one-payable-code.ts'
import { paidOnce } from './paid-once.ts'
import { refundsAgree } from './refunds-agree.ts'
import { refundsWithinPayments } from './refunds-within-payments.ts'
import { returnsFollowRefunds } from './returns-follow-refunds.ts'
import {
  caseOf,
  findingAt,
  followed,
  RULES,
  type Counts,
  type Fact,
  type Finding,
  type Rule,
  type RuleName,
} from './rule.ts'
import { denseStreams, soundCauses } from './sound-log.ts'
import { reservationsEndOnce, unitsConserved } from './stock-conserved.ts'
import { stockFollowsOrders } from './stock-follows-orders.ts'
import { successesAccountedFor } from './successes-accounted-for.ts'
import { walletAddsUp } from './wallet-adds-up.ts'
import { walletAgrees } from './wallet-agrees.ts'

/** Reads events that no rule looks into, only to see that they can be read. */
export type EventReader = Pick<EventCodec<DomainEvent>, 'types' | 'decode'>

export interface Invariants {
  /** What this event breaks. Events come in log order, each once. */
  readonly see: (recorded: RecordedEvent) => readonly Finding[]
  /** What is owed or in flight now. */
  readonly open: (untilMs?: number) => Iterable<Finding>
  /** What each rule has looked at so far. */
  readonly checked: () => ReadonlyMap<RuleName, Counts>
}

/** All rules together over one log. `others` reads the events of carts, notifications and processes. */
export const invariants = (
  others: readonly EventReader[],
  thresholds: Thresholds = USUAL_THRESHOLDS,
): Invariants => {
  const readers = new Map(others.flatMap((reader) => reader.types.map((type) => [type, reader] as const)))
  const rules: readonly Rule[] = [
    followed(moneyAgrees),
    followed(refundsAgree),
    followed(walletAddsUp),
    followed(walletAgrees),
    followed(paidOnce),
    followed(successesAccountedFor),
    followed(unitsConserved),
    followed(reservationsEndOnce),
    followed(stockFollowsOrders),
    followed(returnsFollowRefunds),
    followed(legalTransitions),
    followed(legalRefunds),
    followed(legalOrderRefunds),
    followed(onePayableCode),
    followed(placedOnce),
    followed(oneOrderPerCommand),
    followed(refundsWithinPayments),
    followed(denseStreams),
    soundCauses(),
    alertsTold(thresholds),
  ]
  let events = 0

  const understood = (recorded: RecordedEvent): Fact => {
    if (isOfTheShop(recorded)) return { recorded, event: decode(recorded) }
    const reader = readers.get(recorded.type)
    if (reader === undefined) throw new UndecodableEvent(recorded, new Error('Nothing is known of this type'))
    decodeRecorded(reader, recorded)
    return { recorded }
  }

  return {
    see: (recorded) => {
      events += 1
      const findings: Finding[] = []
      let fact: Fact = { recorded }
      try {
        fact = understood(recorded)
      } catch (error) {
        findings.push(
          findingAt(
            'schema',
            fact,
            caseOf(fact),
          )('An event cannot be read', {
            type: recorded.type,
            error: error instanceof UndecodableEvent ? error.reason : String(error),
          }),
        )
      }
      for (const rule of rules) findings.push(...rule.see(fact))
      return findings
    },
    open: function* (untilMs) {
      for (const rule of rules) yield* rule.open(untilMs)
    },
    checked: () => {
      const checked = new Map<RuleName, Counts>(RULES.map((name) => [name, {}]))
      checked.set('schema', { events })
      for (const rule of rules) checked.set(rule.name, { ...checked.get(rule.name), ...rule.checked() })
      return checked
    },
  }
}

const isOfTheShop = ({ stream }: RecordedEvent): boolean =>
  SHOP_STREAM_PREFIXES.some((prefix) => stream.startsWith(prefix))
