import type { Statement } from '../alert/events.ts'
import type { Money } from '../money/money.ts'
import type { Facts } from './facts.ts'

/** How long a state may last before a person is told; milliseconds. */
export interface Thresholds {
  readonly unpaidSuccessMs: number
  readonly unfundedOrderMs: number
  /** After the order's payment window. */
  readonly unknownPaymentMs: number
  readonly stuckRefundMs: number
  readonly refusedCredentialsMs: number
}

export const USUAL_THRESHOLDS: Thresholds = {
  unpaidSuccessMs: 30_000,
  unfundedOrderMs: 30_000,
  unknownPaymentMs: 15 * 60_000,
  stuckRefundMs: 24 * 60 * 60_000,
  refusedCredentialsMs: 30_000,
}

/** One thing that a rule is about, as the facts show it now. The same trigger is the same occurrence for ever. */
export interface Occurrence {
  /** A merchantPaymentId, a refund id, an order id, a process with its parked key, a provider. */
  readonly subject: string
  /** The event it began with. */
  readonly triggerEventId: string
  /** From when on it counts, by the log's own clock; a payment window's end is by the clock of who placed the order. */
  readonly sinceMs: number
  readonly source: string
  readonly observed: Statement
  readonly expected: Statement
  readonly amount?: Money
  /** When the provider took the money it is about. */
  readonly succeededAtMs?: number
  /** Why it is over, as a code; absent while it lasts. */
  readonly healed?: string
}

export interface RuleOf<Id extends string> {
  readonly id: Id
  readonly severity: 'P1' | 'P2'
  /**
   * What must last how long. Absent where there is nothing to wait for: what happened is told, also when it is over
   * by then.
   */
  readonly after?: keyof Thresholds
  /** For the reference: what is wrong, what ends it by itself, and what an operator does. */
  readonly violated: string
  readonly heals: string
  readonly action: string
  /** The reason of an alert whose occurrence is no longer among the facts. */
  readonly whenGone: string
  readonly occurrences: (facts: Facts) => readonly Occurrence[]
}

/** A statement from a code and its parameters; those that are undefined are left out. */
export const said = (
  code: string,
  params: Readonly<Record<string, string | number | undefined>> = {},
): Statement => ({
  code,
  params: Object.entries(params).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: String(value).slice(0, 500) }],
  ),
})
