import TinyQueue from 'tinyqueue'
import type { Clock } from './clock.ts'

/** A clock that stands still until it is told to go on: timers fire in due order while it advances. */
export interface ManualClock extends Clock {
  /** Moves time forward, firing what falls due, and lets each callback's promises settle before the next. */
  readonly advance: (durationMs: number) => Promise<void>
}

const settle = async (): Promise<void> => {
  await new Promise<void>((resolve) => {
    setImmediate(resolve)
  })
}

export const manualClock = (startMs: number): ManualClock => {
  let now = startMs
  let sequence = 0
  type Timer = {
    readonly dueMs: number
    readonly order: number
    readonly callback: () => void
    cancelled: boolean
  }
  const timers = new TinyQueue<Timer>([], (a, b) => a.dueMs - b.dueMs || a.order - b.order)

  const timer = (durationMs: number, callback: () => void): (() => void) => {
    const entry: Timer = {
      // Whole milliseconds, as on a real clock.
      dueMs: now + Math.ceil(Math.max(0, durationMs)),
      order: (sequence += 1),
      callback,
      cancelled: false,
    }
    timers.push(entry)
    return () => {
      entry.cancelled = true
    }
  }

  return {
    nowMs: () => now,
    monotonicMs: () => now,
    timer,
    sleep: (durationMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve()
          return
        }
        const abort = (): void => {
          cancel()
          resolve()
        }
        const cancel = timer(durationMs, () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        })
        signal?.addEventListener('abort', abort, { once: true })
      }),
    advance: async (durationMs) => {
      const untilMs = now + durationMs
      await settle()
      for (let next = timers.peek(); next !== undefined && next.dueMs <= untilMs; next = timers.peek()) {
        timers.pop()
        if (next.cancelled) continue
        now = Math.max(now, next.dueMs)
        next.callback()
        await settle()
      }
      now = untilMs
      await settle()
    },
  }
}
