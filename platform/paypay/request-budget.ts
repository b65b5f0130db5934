import type { Clock } from '../clock/clock.ts'
import type { Urgency } from './port.ts'

/** Hottest first. */
const HEATS = ['now', 'soon', 'whenever'] as const satisfies readonly Urgency[]

export interface RequestBudget {
  /** True when the call may be sent; false when its turn would not come before the deadline, or too many wait. */
  take(heat: Urgency, deadlineMs: number): Promise<boolean>
  /** Lets nothing through until then, because the provider asked for a pause. Never shortens an earlier one. */
  hold(untilMs: number): void
  heldUntilMs(): number
  waiting(): number
  /** Turns everybody away, now and from now on. */
  stop(): void
}

const MAX_WAITING_PER_HEAT = 1_000

interface Waiter {
  deadlineMs: number
  settle(mayGo: boolean): void
}

/**
 * The one bound on all requests to the provider, which does not say how many it takes: `perSecond` on average,
 * `burst` at once, in order of heat and then of arrival.
 */
export function createRequestBudget(
  clock: Pick<Clock, 'nowMs' | 'timer'>,
  { perSecond, burst }: { perSecond: number; burst: number },
): RequestBudget {
  const intervalMs = 1_000 / perSecond
  const queues: Record<Urgency, Set<Waiter>> = { now: new Set(), soon: new Set(), whenever: new Set() }
  /** When the bucket would be full again; each request moves it on (generic cell rate algorithm). */
  let fullAtMs = 0
  let heldUntilMs = 0
  let stopped = false
  let cancelPump: (() => void) | undefined

  const nextAtMs = () => Math.max(fullAtMs - (burst - 1) * intervalMs, heldUntilMs)
  const waiters = () => HEATS.flatMap((heat) => [...queues[heat]])
  const hottest = () => HEATS.map((heat) => [...queues[heat].values().take(1)]).flat()[0]

  function pump(): void {
    cancelPump?.()
    cancelPump = undefined
    for (let next = hottest(); next !== undefined; next = hottest()) {
      const waitMs = nextAtMs() - clock.nowMs()
      if (waitMs > 0) {
        cancelPump = clock.timer(waitMs, pump)
        return
      }
      fullAtMs = Math.max(fullAtMs, clock.nowMs()) + intervalMs
      next.settle(true)
    }
  }

  return {
    take: (heat, deadlineMs) =>
      new Promise((resolve) => {
        const queue = queues[heat]
        const tooLate = Math.max(heldUntilMs, clock.nowMs()) >= deadlineMs
        if (stopped || tooLate || queue.size >= MAX_WAITING_PER_HEAT) return resolve(false)
        const cancelDeadline = clock.timer(deadlineMs - clock.nowMs(), () => waiter.settle(false))
        const waiter: Waiter = {
          deadlineMs,
          settle: (mayGo) => {
            cancelDeadline()
            queue.delete(waiter)
            resolve(mayGo)
          },
        }
        queue.add(waiter)
        pump()
      }),
    hold: (untilMs) => {
      heldUntilMs = Math.max(heldUntilMs, untilMs)
      // After a pause it goes on at its rate, not with a burst: the provider has just said that it was too much.
      fullAtMs = Math.max(fullAtMs, heldUntilMs + (burst - 1) * intervalMs)
      // Whose time would run out during the pause need not wait for it to.
      for (const waiter of waiters()) if (waiter.deadlineMs <= heldUntilMs) waiter.settle(false)
      pump()
    },
    heldUntilMs: () => heldUntilMs,
    waiting: () => HEATS.reduce((sum, heat) => sum + queues[heat].size, 0),
    stop: () => {
      stopped = true
      for (const waiter of waiters()) waiter.settle(false)
      cancelPump?.()
    },
  }
}
