import type { Money } from '#domain/money/money.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { idIn, type Logged } from '../events.ts'

/** The rules in the order they are reported; `schema` is that every event can be read at all. */
export const RULES = ['schema', 'I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I11', 'I13'] as const
export type RuleName = (typeof RULES)[number]

/** Something the log holds that it should not, or something still owed. Carries ids and amounts, never personal data. */
export interface Finding {
  readonly rule: RuleName
  readonly orderId?: string
  readonly stream?: string
  readonly message: string
  readonly facts: Readonly<Record<string, string | number>>
}

/** One event of the log; without `event` its data could not be read, or no rule looks into it. */
export interface Fact {
  readonly recorded: RecordedEvent
  readonly event?: Logged
}

/** What is checked, and how many of them: orders, streams, … */
export type Counts = Readonly<Record<string, number>>

/** A rule that follows the log. Told every event once, in log order; it never looks anything up elsewhere. */
export interface Rule {
  readonly name: RuleName
  /** What this event breaks, for good: nothing that comes later can make it right. */
  readonly see: (fact: Fact) => readonly Finding[]
  /**
   * What is owed or in flight now. It is in order while work goes on, and is not once everything should have ended. Rules
   * about time take the newest event for now, or what they are told.
   */
  readonly open: (untilMs?: number) => Iterable<Finding>
  readonly checked: () => Counts
}

/** What became of one key, and what was found on the way. */
export interface Step<S> {
  readonly state: S
  readonly findings: readonly Finding[]
}

export const step = <S>(state: S, ...findings: readonly (Finding | undefined)[]): Step<S> => ({
  state,
  findings: findings.filter((finding) => finding !== undefined),
})

/**
 * A rule about one thing at a time, as a pure fold: whoever runs it keeps the states, in a map here, in documents
 * elsewhere. A state is bounded by what one key can owe; what has settled should come to a shared constant.
 */
export interface KeyedRule<S> {
  readonly name: RuleName
  /** What the keys are, in the plural, for the report. */
  readonly counts: string
  /** The thing an event is about; undefined when it is none of this rule's business. */
  readonly key: (fact: Fact) => string | undefined
  readonly see: (state: S | undefined, fact: Fact, key: string) => Step<S>
  readonly open?: (state: S, key: string) => readonly Finding[]
  /** What only all of them together show. */
  readonly inTotal?: (states: Iterable<S>) => readonly Finding[]
}

/** Runs a keyed rule over a log, in memory. */
export const followed = <S>(rule: KeyedRule<S>): Rule => {
  const states = new Map<string, S>()
  return {
    name: rule.name,
    see: (fact) => {
      const key = rule.key(fact)
      if (key === undefined) return []
      const before = states.get(key)
      const { state, findings } = rule.see(before, fact, key)
      if (state !== before) states.set(key, state)
      return findings
    },
    open: function* () {
      if (rule.open !== undefined) for (const [key, state] of states) yield* rule.open(state, key)
      if (rule.inTotal !== undefined) yield* rule.inTotal(states.values())
    },
    checked: () => ({ [rule.counts]: states.size }),
  }
}

/** The order an event belongs to: its own stream says so, elsewhere the correlation; undefined when it names none. */
export const caseOf = ({ recorded: { stream, metadata } }: Fact): string | undefined => {
  if (stream.startsWith('order-')) return idIn(stream)
  return metadata.correlationId === '' ? undefined : metadata.correlationId
}

/** Begins a finding of this rule at this event; facts come after it. */
export const findingAt =
  (rule: RuleName, { recorded }: Fact, orderId?: string) =>
  (message: string, facts: Finding['facts'] = {}): Finding => ({
    rule,
    ...(orderId === undefined ? {} : { orderId }),
    stream: recorded.stream,
    message,
    facts: { revision: recorded.revision, ...facts },
  })

/** An amount as a finding tells it. */
export const told = ({ amountMinor, currency }: Money): string => `${amountMinor} ${currency}`
