import type { Clock } from '#platform/clock/clock.ts'

/**
 * What time it is at least by the log's own clock: an event was recorded then, and so much has passed here since we
 * saw it. No clock on a wall is asked, so one that jumps makes nothing look old; after a restart or a backlog it is
 * as late as the newest event seen.
 */
export interface LogClock {
  /** An event was recorded at this time. */
  readonly see: (createdAtMs: number) => void
  readonly atLeastMs: () => number
}

export const logClock = ({ monotonicMs }: Pick<Clock, 'monotonicMs'>): LogClock => {
  let aheadMs = -Infinity
  return {
    see: (createdAtMs) => {
      aheadMs = Math.max(aheadMs, createdAtMs - monotonicMs())
    },
    atLeastMs: () => monotonicMs() + aheadMs,
  }
}
