import { KNOWN } from './known.ts'
import type { SeedReport } from './seed-report.ts'

/** What many seeds came to together. */
export interface Tally {
  readonly add: (report: SeedReport) => void
  readonly seeds: () => number
  readonly events: () => number
  /** The seeds that broke a rule, in their order. */
  readonly failed: () => readonly number[]
  readonly failures: () => readonly string[]
  readonly overnight: () => number
  readonly types: ReadonlySet<string>
  readonly surplus: ReadonlySet<string>
  readonly statuses: ReadonlyMap<string, number>
  /** In how many seeds each thing that can go wrong did. */
  readonly sights: ReadonlyMap<string, number>
  /** By message, the seeds that showed a known bug. */
  readonly known: ReadonlyMap<string, readonly number[]>
  /** For whoever ran them: statuses, known bugs and the verdict. */
  readonly lines: () => readonly string[]
}

const MOST_NAMED = 20

export const tally = (): Tally => {
  const types = new Set<string>()
  const surplus = new Set<string>()
  const statuses = new Map<string, number>()
  const sights = new Map<string, number>()
  const known = new Map<string, number[]>()
  const failures = new Map<number, string>()
  let seeds = 0
  let events = 0
  let overnight = 0
  const failed = (): number[] => [...failures.keys()].sort((a, b) => a - b)

  return {
    types,
    surplus,
    statuses,
    sights,
    known,
    seeds: () => seeds,
    events: () => events,
    overnight: () => overnight,
    failed,
    failures: () => failed().map((seed) => failures.get(seed) ?? ''),
    add: (report) => {
      seeds += 1
      events += report.events
      if (report.isOvernight) overnight += 1
      if (report.failure !== undefined) failures.set(report.seed, report.failure)
      for (const type of report.types) types.add(type)
      for (const kind of report.surplus) surplus.add(kind)
      for (const [status, orders] of Object.entries(report.statuses))
        statuses.set(status, (statuses.get(status) ?? 0) + orders)
      for (const sight of Object.keys(report.sights)) sights.set(sight, (sights.get(sight) ?? 0) + 1)
      for (const message of new Set(report.known))
        known.set(message, [...(known.get(message) ?? []), report.seed])
    },
    lines: () => [
      ...KNOWN.flatMap(({ rule, message, cause }) => {
        const shown = known.get(message)
        if (shown === undefined) return []
        return [
          `known: ${rule} ${message} in ${shown.length} seeds, first ${Math.min(...shown)}`,
          `  ${cause}`,
        ]
      }),
      `orders: ${[...statuses].map(([status, orders]) => `${orders} ${status}`).join(', ')}`,
      failures.size === 0
        ? `simulation: ${seeds} seeds, ${events} events, no violation`
        : `simulation: ${failures.size} of ${seeds} seeds failed: ${failed().slice(0, MOST_NAMED).join(' ')}`,
    ],
  }
}
