import type { Clock } from '#platform/clock/clock.ts'
import type { Position } from '#platform/eventstore/port.ts'

/** Callers that wait until the read models have reached a position; each wait is bounded by its time-out. */
export interface Waiters {
  /** True once reached, false when the time is up or waiting was given up. */
  readonly wait: (position: Position, timeoutMs: number) => Promise<boolean>
  readonly reached: (position: Position) => void
  /** Answers false to everybody, now and from now on. */
  readonly giveUp: () => void
}

export const waiters = (clock: Clock): Waiters => {
  const waiting = new Set<{ readonly position: Position; readonly answer: (reached: boolean) => void }>()
  let reachedPosition: Position | undefined
  let over = false
  const isReached = (position: Position): boolean =>
    reachedPosition !== undefined && position <= reachedPosition

  return {
    wait: (position, timeoutMs) => {
      if (isReached(position)) return Promise.resolve(true)
      if (over || timeoutMs <= 0) return Promise.resolve(false)
      return new Promise((resolve) => {
        const entry = {
          position,
          answer: (reached: boolean) => {
            cancel()
            waiting.delete(entry)
            resolve(reached)
          },
        }
        const cancel = clock.timer(timeoutMs, () => {
          entry.answer(false)
        })
        waiting.add(entry)
      })
    },
    reached: (position) => {
      reachedPosition = position
      for (const entry of waiting) if (isReached(entry.position)) entry.answer(true)
    },
    giveUp: () => {
      over = true
      for (const entry of waiting) entry.answer(false)
    },
  }
}
