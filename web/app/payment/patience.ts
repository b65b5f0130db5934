/** How long each wait of a followed order lasts. All are bounded, and none is shorter than a second when repeated. */
export const BACKOFF_FIRST_MS = 1_000
export const BACKOFF_LONGEST_MS = 15_000
export const POLL_FIRST_MS = 3_000
export const POLL_LONGEST_MS = 10_000
export const CONNECT_PATIENCE_MS = 10_000
export const HEARTBEAT_MS = 20_000
export const SILENCE_MS = 8_000
/** A tab that was asleep has a socket that may be dead without knowing it. */
export const SILENCE_AFTER_SLEEP_MS = 3_000
/** After an order's end its refund is followed for about ten minutes; a reload goes on. */
export const MOST_POLLS_AFTER_END = 60

/** The wait before trying again for the nth time (from 0): doubling, capped, and spread so that not all come at once. */
export const backoffMs = (attempt: number, random: () => number): number => {
  const longest = Math.min(BACKOFF_LONGEST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 10))
  return Math.max(BACKOFF_FIRST_MS, Math.round(longest / 2 + (random() * longest) / 2))
}

/** The wait before asking for the nth time (from 0). */
export const pollMs = (attempt: number): number =>
  Math.min(POLL_LONGEST_MS, Math.round(POLL_FIRST_MS * 1.5 ** Math.min(attempt, 10)))

export type Timer = (delayMs: number, work: () => void) => () => void

/** Timers by name: setting one replaces the one before, so that nothing is waited for twice. */
export const namedTimers = <Name extends string>(timer: Timer) => {
  const running = new Map<Name, () => void>()
  const clear = (name: Name): void => {
    running.get(name)?.()
    running.delete(name)
  }
  return {
    clear,
    set: (name: Name, delayMs: number, work: () => void): void => {
      clear(name)
      running.set(
        name,
        timer(delayMs, () => {
          running.delete(name)
          work()
        }),
      )
    },
    isSet: (name: Name): boolean => running.has(name),
    clearAll: (): void => {
      for (const name of running.keys()) clear(name)
    },
  }
}
