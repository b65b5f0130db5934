import type { Log } from '../store/log.ts'

/** Who is to be woken by which commit. */
export type WakeUps = {
  /** Calls `wake` after every commit that wrote to `stream`, or after every commit if that is undefined. */
  readonly register: (stream: string | undefined, wake: () => void) => () => void
}

/** One listener on the log for all subscriptions, so that an append costs nothing per idle stream subscriber. */
export const createWakeUps = (log: Log): WakeUps => {
  const everything = new Set<() => void>()
  const byStream = new Map<string, Set<() => void>>()

  log.onCommit((events) => {
    for (const wake of everything) wake()
    if (byStream.size === 0) return
    for (const stream of new Set(events.map((event) => event.stream))) {
      for (const wake of byStream.get(stream) ?? []) wake()
    }
  })

  const registerFor = (stream: string, wake: () => void): (() => void) => {
    const waiting = byStream.get(stream) ?? new Set()
    byStream.set(stream, waiting.add(wake))
    return () => {
      waiting.delete(wake)
      if (waiting.size === 0 && byStream.get(stream) === waiting) byStream.delete(stream)
    }
  }

  return {
    register: (stream, wake) => {
      if (stream !== undefined) return registerFor(stream, wake)
      everything.add(wake)
      return () => everything.delete(wake)
    },
  }
}
