import type { Clock } from '../clock/clock.ts'
import type { ProviderCall } from './client.ts'

/** Whether PayPay accepts who we say we are. */
export interface Standing {
  /** Told of every finished call; answers whether a refusal of our credentials has just begun. */
  readonly note: (call: Pick<ProviderCall, 'outcome' | 'reason'>) => boolean
  /**
   * False for a while after PayPay refused our key, clock or merchant id. True again as soon as it answers a call, and
   * at the latest after the pause, so that a shop in which nothing else asks finds out by its next order.
   */
  readonly isAccepted: () => boolean
}

const PAUSE_MS = 60_000

export const standing = (clock: Pick<Clock, 'nowMs'>): Standing => {
  let refusedAtMs: number | undefined
  return {
    note: ({ outcome, reason }) => {
      if (outcome !== 'unknown') refusedAtMs = undefined
      if (reason !== 'unauthorized') return false
      const hasBegun = refusedAtMs === undefined
      refusedAtMs = clock.nowMs()
      return hasBegun
    },
    isAccepted: () => refusedAtMs === undefined || clock.nowMs() > refusedAtMs + PAUSE_MS,
  }
}
