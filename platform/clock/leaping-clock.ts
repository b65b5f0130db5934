import { systemClock, type Clock } from './clock.ts'

/**
 * A clock that runs with another one and can be moved ahead of it, as that of a machine which was suspended. For specs
 * on real servers: what takes minutes in the shop is leapt over, and nothing depends on how long the spec itself took.
 */
export interface LeapingClock extends Clock {
  /** Moves time forward at once and calls back, in due order and before it returns, whatever has become due by that. */
  readonly leap: (durationMs: number) => void
}

interface Waiting {
  readonly dueMs: number
  readonly callback: () => void
  stop: () => void
}

export const leapingClock = (under: Clock = systemClock): LeapingClock => {
  let aheadMs = 0
  const waiting = new Set<Waiting>()
  // What is only waited for does not hang on the clock on the wall, which may be put back.
  const sinceStartMs = (): number => under.monotonicMs() + aheadMs

  const ring = (entry: Waiting): void => {
    entry.stop()
    // An earlier callback of the same leap may have cancelled it.
    if (waiting.delete(entry)) entry.callback()
  }

  const arm = (entry: Waiting): void => {
    entry.stop()
    entry.stop = under.timer(entry.dueMs - sinceStartMs(), () => {
      ring(entry)
    })
  }

  const timer = (durationMs: number, callback: () => void): (() => void) => {
    const entry: Waiting = { dueMs: sinceStartMs() + durationMs, callback, stop: () => {} }
    waiting.add(entry)
    arm(entry)
    return () => {
      entry.stop()
      waiting.delete(entry)
    }
  }

  return {
    nowMs: () => under.nowMs() + aheadMs,
    monotonicMs: sinceStartMs,
    timer,
    sleep: (durationMs, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          cancel()
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const cancel = timer(durationMs, wake)
        signal?.addEventListener('abort', wake, { once: true })
        if (signal?.aborted === true) wake()
      }),
    leap: (durationMs) => {
      if (durationMs < 0) throw new RangeError(`Time does not go back: ${durationMs} ms`)
      aheadMs += durationMs
      const nowMs = sinceStartMs()
      const due = [...waiting].filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs)
      for (const entry of due) ring(entry)
      for (const entry of waiting) arm(entry)
    },
  }
}
