import { KNOWN, type KnownBug } from './known.ts'
import type { Violation } from './violation.ts'

/** What one run found, told apart into what is new and what is known. */
export interface Findings {
  readonly found: (violation: Omit<Violation, 'atMs'>) => void
  readonly violations: readonly Violation[]
  readonly known: readonly Violation[]
}

export const findings = (
  nowMs: () => number,
  onNew: (violation: Violation) => void,
  listed: readonly KnownBug[] = KNOWN,
): Findings => {
  const violations: Violation[] = []
  const known: Violation[] = []
  const tainted = new Set<string>()
  const isKnown = ({ rule, message }: Violation): boolean =>
    listed.some((bug) => bug.rule === rule && bug.message === message)
  /** What goes wrong with a tainted order later, or in the sum over all orders, may follow from the known bug. */
  const follows = ({ orderId }: Violation): boolean =>
    orderId === undefined ? tainted.size > 0 : tainted.has(orderId)

  return {
    violations,
    known,
    found: (found) => {
      const violation = { ...found, atMs: nowMs() }
      if (isKnown(violation)) {
        known.push(violation)
        if (violation.orderId !== undefined) tainted.add(violation.orderId)
      } else if (!follows(violation)) {
        violations.push(violation)
        onNew(violation)
      }
    },
  }
}
