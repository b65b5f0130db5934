import { setTimeout as delay } from 'node:timers/promises'

/** Time as a port, so that the whole system can run on a virtual clock. Readings of `nowMs` are epoch milliseconds. */
export interface Clock {
  readonly nowMs: () => number
  /** Milliseconds since some moment in the past: it only goes forward, whatever is done to the clock on the wall. */
  readonly monotonicMs: () => number
  /** Resolves after `durationMs` (24 days at most), or at once when the signal aborts; never rejects. */
  readonly sleep: (durationMs: number, signal?: AbortSignal) => Promise<void>
  /** Calls back once after `durationMs` (24 days at most) unless cancelled by the returned function. */
  readonly timer: (durationMs: number, callback: () => void) => () => void
}

/** Node's timers fire at once beyond this, about 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** What is overdue is due now; Node warns about negative durations. */
const withinTimers = (durationMs: number): number => Math.max(0, Math.min(durationMs, LONGEST_TIMER_MS))

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: async (durationMs, signal) => {
    try {
      await delay(withinTimers(durationMs), undefined, signal === undefined ? {} : { signal })
    } catch {
      // Aborted: the caller looks at its signal.
    }
  },
  timer: (durationMs, callback) => {
    const handle = setTimeout(callback, withinTimers(durationMs))
    return () => {
      clearTimeout(handle)
    }
  },
}
