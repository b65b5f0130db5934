import { z } from 'zod'
import type { Clock } from '#platform/clock/clock.ts'
import type { Position } from '#platform/eventstore/port.ts'
import type { BuildProgress } from './build.ts'

/** How fast a build goes and how long it still takes. */
export const Pace = z.object({
  position: z.number().optional(),
  /** Since it was begun or taken up again. */
  events: z.int(),
  eventsPerSecond: z.number(),
  /** From 0 to 1. */
  part: z.number(),
  /** An estimate; absent before there is anything to go by. */
  leftMs: z.number().optional(),
  /** While the indexes of the copy are made, which comes last. */
  indexes: z.object({ made: z.int(), of: z.int() }).optional(),
})
export type Pace = Readonly<z.infer<typeof Pace>>

/**
 * Watches one build on its way to `head`. Positions say nothing but an order, so the time left is an estimate that takes
 * the log to be as dense ahead as it was so far.
 */
export const pace = (clock: Clock, head: () => Position | undefined): ((progress: BuildProgress) => Pace) => {
  const beganAtMs = clock.nowMs()
  let from: Position | undefined
  return ({ position, events, indexes }) => {
    const takenMs = Math.max(1, clock.nowMs() - beganAtMs)
    from ??= position
    const end = Math.max(head() ?? 0, position ?? 0)
    const done = (position ?? 0) - (from ?? 0)
    const leftMs = ((end - (position ?? 0)) * takenMs) / done
    return {
      ...(position === undefined ? {} : { position }),
      events,
      eventsPerSecond: Math.round((events * 1_000) / takenMs),
      part: end === 0 ? 0 : (position ?? 0) / end,
      ...(Number.isFinite(leftMs) && indexes === undefined ? { leftMs: Math.round(leftMs) } : {}),
      ...(indexes === undefined ? {} : { indexes }),
    }
  }
}

const WINDOW_MS = 5_000

/** Events per second over the last few seconds. */
export const rate = (
  clock: Clock,
): { readonly note: (events: number) => void; readonly perSecond: () => number } => {
  let since = clock.nowMs()
  let counted = 0
  let last = 0
  const turn = (): void => {
    const takenMs = clock.nowMs() - since
    if (takenMs < WINDOW_MS) return
    last = (counted * 1_000) / takenMs
    since = clock.nowMs()
    counted = 0
  }
  return {
    note: (events) => {
      turn()
      counted += events
    },
    perSecond: () => {
      turn()
      const takenMs = Math.max(1_000, clock.nowMs() - since)
      return Math.round(Math.max((counted * 1_000) / takenMs, counted === 0 ? 0 : last))
    },
  }
}
