import { LRUCache } from 'lru-cache'
import type { PaymentDetails, ProviderOutcome } from '#platform/paypay/port.ts'

type Answer = ProviderOutcome<PaymentDetails>

const HELD_BACK: Answer = { kind: 'unknown', reason: 'held-back' }

/** Takes polls one after another, oldest first, so that neither they nor a provider that hangs for some shut out the rest. */
export interface PollTurns {
  /**
   * Asks when it is this attempt's turn. `question` is told how long to wait for the answer, where that is less than
   * the call's own time-out. Unknown (`held-back`) without asking when too many wait,
   * and once the shop is closing.
   */
  readonly ask: (
    merchantPaymentId: string,
    question: (patienceMs?: number) => Promise<Answer>,
  ) => Promise<Answer>
}

/**
 * Below the client's pool of connections (64), so that a question somebody waits for always finds one free, however
 * many polls hang.
 */
export const POLLS_AT_ONCE = 48
/** Slow ones have the places that are left, but never less than the rest of `POLLS_AT_ONCE`. */
export const QUICK_AT_ONCE = 40
export const SLOW_AT_ONCE = 24
/** Twice what the ladder can have under way at once; who finds the line full comes back at the next rung. */
export const MOST_WAITING = 2_000
/** Far above an ordinary answer. Asking again is harmless, so the first silence about an attempt need not cost 15 s. */
export const QUICK_PATIENCE_MS = 4_000
const REMEMBERED_SLOW = 10_000

const PACES = ['quick', 'slow'] as const
type Pace = (typeof PACES)[number]
const AT_ONCE: Readonly<Record<Pace, number>> = { quick: QUICK_AT_ONCE, slow: SLOW_AT_ONCE }

/**
 * The request budget bounds how many requests go out in a second; this bounds how many polls are out at once. An
 * attempt about which the provider was silent is asked with full patience the next time, in fewer places, so that a
 * provider that is slow altogether is still heard, and one that hangs for some costs the others nothing.
 *
 * @param closing lets nobody wait any more once it is aborted.
 */
export const pollTurns = (closing?: AbortSignal): PollTurns => {
  const slow = new LRUCache<string, true>({ max: REMEMBERED_SLOW })
  const waiting: Readonly<Record<Pace, Set<(mayAsk: boolean) => void>>> = {
    quick: new Set(),
    slow: new Set(),
  }
  const running = { quick: 0, slow: 0 }

  const hasRoom = (pace: Pace): boolean =>
    running[pace] < AT_ONCE[pace] && running.quick + running.slow < POLLS_AT_ONCE

  const next = (): void => {
    for (const pace of PACES)
      for (const begin of waiting[pace]) {
        if (!hasRoom(pace)) break
        waiting[pace].delete(begin)
        running[pace] += 1
        begin(true)
      }
  }

  const turn = (pace: Pace): Promise<boolean> =>
    new Promise((resolve) => {
      waiting[pace].add(resolve)
      next()
    })

  closing?.addEventListener(
    'abort',
    () => {
      for (const pace of PACES) {
        for (const begin of waiting[pace]) begin(false)
        waiting[pace].clear()
      }
    },
    { once: true },
  )

  return {
    ask: async (merchantPaymentId, question) => {
      const isFull = waiting.quick.size + waiting.slow.size >= MOST_WAITING
      const pace = slow.has(merchantPaymentId) ? 'slow' : 'quick'
      if (closing?.aborted === true || isFull || !(await turn(pace))) return HELD_BACK
      try {
        const answer = await question(pace === 'quick' ? QUICK_PATIENCE_MS : undefined)
        if (answer.kind !== 'unknown') slow.delete(merchantPaymentId)
        else if (answer.reason === 'timed-out') slow.set(merchantPaymentId, true)
        return answer
      } finally {
        running[pace] -= 1
        next()
      }
    },
  }
}
