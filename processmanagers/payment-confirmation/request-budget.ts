import type { Clock } from '#platform/clock/clock.ts'

/** The provider does not say how many requests it takes, so one budget bounds all of ours, in order of arrival. */
export interface RequestBudget {
  /** Resolves when a request may be sent. */
  readonly take: () => Promise<void>
}

/** At most `perSecond` on average and `burst` at once. */
export const requestBudget = (clock: Clock, perSecond: number, burst: number): RequestBudget => {
  // The time at which the bucket would be full again; each request moves it on (a generic cell rate algorithm).
  let fullAtMs = 0
  const intervalMs = 1_000 / perSecond
  return {
    take: async () => {
      const nowMs = clock.nowMs()
      fullAtMs = Math.max(fullAtMs, nowMs) + intervalMs
      const waitMs = fullAtMs - nowMs - burst * intervalMs
      if (waitMs > 0) await clock.sleep(waitMs)
    },
  }
}
