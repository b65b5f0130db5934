import { z } from 'zod'
import type { RunResult } from './run-seed.ts'
import { told, type Told } from './telling.ts'

/** What is kept of a run when thousands of them are counted; small, and fit to be sent from one thread to another. */
export const SeedReport = z.object({
  seed: z.int(),
  /** The story of the first violation, for whoever mends it. */
  failure: z.string().optional(),
  /** A rule was broken, which is more than that the run crashed. */
  isCaught: z.boolean(),
  events: z.int(),
  logHash: z.string(),
  statuses: z.record(z.string(), z.int()),
  /** The types of all events, each once. */
  types: z.array(z.string()),
  /** Why money was surplus, each kind once. */
  surplus: z.array(z.string()),
  /** Messages of bugs that are listed as known. */
  known: z.array(z.string()),
  /** How often each thing that can go wrong did. */
  sights: z.record(z.string(), z.int()),
  isOvernight: z.boolean(),
})
export type SeedReport = z.infer<typeof SeedReport>

/** 00:15 in Japan, when the day's cancel window closes. */
const WINDOW_CLOSES_MS = Date.UTC(2026, 10, 20, 15, 15)

const Surplus = z.object({ kind: z.string() })

export const seedReport = (result: RunResult, how: Told): SeedReport => {
  const { seed, violations, known, events, logHash, statuses, sights } = result
  const failure = told(result, how)
  return {
    seed,
    ...(failure === undefined ? {} : { failure }),
    isCaught: violations.some(({ rule }) => rule !== 'crash'),
    events: events.length,
    logHash,
    statuses: { ...statuses },
    types: [...new Set(events.map(({ type }) => type))],
    surplus: [
      ...new Set(
        events
          .filter(({ type }) => type === 'SurplusPaymentRecorded')
          .map(({ data }) => Surplus.parse(data).kind),
      ),
    ],
    known: known.map(({ message }) => message),
    sights: Object.fromEntries(sights),
    isOvernight: isOvernight(result),
  }
}

const isOvernight = ({ events }: RunResult): boolean => {
  const placedAtMs = events.filter(({ type }) => type === 'OrderPlaced').map(({ createdAtMs }) => createdAtMs)
  return (
    placedAtMs.some((atMs) => atMs < WINDOW_CLOSES_MS) && placedAtMs.some((atMs) => atMs > WINDOW_CLOSES_MS)
  )
}
