import { occurrenceKey, type Found } from '#domain/inconsistency/judging.ts'
import type { Thresholds } from '#domain/inconsistency/occurrence.ts'
import { thresholdOf } from '#domain/inconsistency/rules.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { LogClock } from './log-clock.ts'

/**
 * After a start, a backlog or an outage everything may look old that is about to be put right, so nothing is told before
 * this process itself has seen it for so long; what may last less is seen for as long as it may last.
 */
export const SEEN_FOR_MS = 60_000

/** Since when this process sees what may become an alert. */
export interface Watching {
  /** Whether it has lasted, by the log and before our own eyes. */
  readonly isDue: (caseId: string, found: Found) => boolean
  /** It is an alert now, whoever raised it. */
  readonly told: (caseId: string, found: Found) => void
  /** It was not so after all: it must last anew. */
  readonly dismiss: (caseId: string, found: Found) => void
  readonly isTold: (caseId: string, found: Found) => boolean
  /** A look at every suspect there is begins. */
  readonly beginRound: () => void
  /** It has ended: what was not seen in it is over. */
  readonly endRound: () => void
  readonly size: () => number
}

interface Seen {
  sinceMs: number
  round: number
  isTold: boolean
}

export const watching = (
  clock: Pick<Clock, 'monotonicMs' | 'nowMs'>,
  log: LogClock,
  thresholds: Thresholds,
): Watching => {
  const seen = new Map<string, Seen>()
  let round = 0
  const look = (caseId: string, found: Found): Seen => {
    const key = `${caseId} ${occurrenceKey(found)}`
    const one = seen.get(key) ?? { sinceMs: clock.monotonicMs(), round, isTold: false }
    one.round = round
    seen.set(key, one)
    return one
  }
  /**
   * A log whose clock was ahead for a moment is taken to be ahead from then on. What lasts longer than we watch is
   * therefore told when the clock on the wall agrees: either may be ahead, and both would have to be.
   */
  const nowMs = (thresholdMs: number): number =>
    thresholdMs <= SEEN_FOR_MS ? log.atLeastMs() : Math.min(log.atLeastMs(), clock.nowMs())
  return {
    isDue: (caseId, found) => {
      const { sinceMs } = look(caseId, found)
      const thresholdMs = thresholdOf(found.rule, thresholds)
      return (
        clock.monotonicMs() - sinceMs >= Math.min(thresholdMs, SEEN_FOR_MS) &&
        (thresholdMs === 0 || nowMs(thresholdMs) - found.occurrence.sinceMs >= thresholdMs)
      )
    },
    told: (caseId, found) => {
      look(caseId, found).isTold = true
    },
    dismiss: (caseId, found) => {
      look(caseId, found).sinceMs = clock.monotonicMs()
    },
    isTold: (caseId, found) => look(caseId, found).isTold,
    beginRound: () => {
      round += 1
    },
    endRound: () => {
      for (const [key, one] of seen) if (one.round < round) seen.delete(key)
    },
    size: () => seen.size,
  }
}
