import type { Thresholds } from '#domain/inconsistency/occurrence.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { EventStoreUnavailable, type EventStore } from '#platform/eventstore/port.ts'
import { invariants, type EventReader } from './invariants.ts'
import { RULES, type Counts, type Finding, type RuleName } from './rule.ts'

/** What became of one rule. */
export interface RuleReport {
  readonly rule: RuleName
  readonly checked: Counts
  readonly violations: number
  readonly pending: number
}

export interface Judged extends Finding {
  readonly is: 'violation' | 'pending'
}

export interface Report {
  readonly events: number
  readonly orders: number
  readonly violations: number
  readonly pending: number
  readonly rules: readonly RuleReport[]
  /** Of each rule and kind the first `KEPT_FINDINGS`; the counts tell how many there were. */
  readonly findings: readonly Judged[]
}

export interface CheckOptions {
  readonly store: EventStore
  readonly clock: Clock
  /** Every category of streams there is; others are not read. */
  readonly categories: readonly string[]
  /** How to read the events of categories that no rule looks into. */
  readonly readers: readonly EventReader[]
  /** Nothing may be in flight any more: what is owed is a violation. */
  readonly settled: boolean
  /** Those that alerts are raised by; the usual ones unless told. */
  readonly thresholds?: Thresholds
  readonly onProgress?: (events: number) => void
  /** The log is given up when it says nothing for this long. */
  readonly patienceMs?: number
}

export const KEPT_FINDINGS = 200
const PATIENCE_MS = 30_000

/**
 * Reads the log from its start to where it ends now, and holds it against all rules. It goes through in a stream: what
 * is remembered grows with orders and ids, not with the data of events.
 * @throws EventStoreUnavailable when the log cannot be read to its end.
 */
export const checkLog = async (options: CheckOptions): Promise<Report> => {
  const { settled } = options
  const rules = invariants(options.readers, options.thresholds)
  const tally = talliedFindings()
  let events = 0
  for await (const recorded of wholeLog(options)) {
    for (const finding of rules.see(recorded)) tally.add(finding, 'violation')
    events += 1
    options.onProgress?.(events)
  }
  for (const finding of rules.open()) tally.add(finding, settled ? 'violation' : 'pending')
  const checked = rules.checked()
  return {
    events,
    orders: checked.get('I7')?.['orders'] ?? 0,
    violations: tally.total('violation'),
    pending: tally.total('pending'),
    rules: RULES.map((rule) => ({
      rule,
      checked: checked.get(rule) ?? {},
      violations: tally.of(rule, 'violation'),
      pending: tally.of(rule, 'pending'),
    })),
    findings: tally.kept,
  }
}

async function* wholeLog({ store, clock, categories, patienceMs = PATIENCE_MS }: CheckOptions) {
  const reading = new AbortController()
  const impatience = (): (() => void) => clock.timer(patienceMs, () => reading.abort())
  let cancel = impatience()
  try {
    for await (const { events, caughtUp } of store.subscribe({
      name: 'invariants',
      prefixes: categories.map((category) => `${category}-`),
      after: 'start',
      signal: reading.signal,
    })) {
      cancel()
      yield* events
      if (caughtUp) return
      cancel = impatience()
    }
    throw new EventStoreUnavailable(`The log said nothing for ${patienceMs} ms`)
  } finally {
    cancel()
    reading.abort()
  }
}

const talliedFindings = () => {
  const kept: Judged[] = []
  const counts = new Map<string, number>()
  const of = (rule: RuleName, is: Judged['is']): number => counts.get(`${rule} ${is}`) ?? 0
  return {
    kept,
    of,
    total: (is: Judged['is']): number => RULES.reduce((sum, rule) => sum + of(rule, is), 0),
    add: (finding: Finding, is: Judged['is']): void => {
      const count = of(finding.rule, is) + 1
      counts.set(`${finding.rule} ${is}`, count)
      if (count <= KEPT_FINDINGS) kept.push({ ...finding, is })
    },
  }
}
