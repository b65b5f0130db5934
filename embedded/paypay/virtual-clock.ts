import { z } from 'zod'

/** The provider's own time: the real one shifted, or standing still. */
export interface VirtualClock {
  readonly nowMs: () => number
  state(): ClockState
  /** Forward only; also moves a frozen clock. */
  advance(byMs: number): void
  freeze(atMs?: number): void
  /** Lets a frozen clock run on from where it stands. */
  resume(): void
  /** Back to real time. */
  reset(): void
  /** Calls back once when this clock has moved that far, whether by itself or by an advance; never while frozen. */
  timer(durationMs: number, callback: () => void): () => void
}

/** A longer real wait is taken in parts. */
const LONGEST_WAIT_MS = 3_600_000

export const clockStateSchema = z.object({ offsetMs: z.int(), frozenAtMs: z.int().nullable() })
export type ClockState = z.output<typeof clockStateSchema>

export function createVirtualClock(
  realNowMs: () => number,
  initial: ClockState = { offsetMs: 0, frozenAtMs: null },
): VirtualClock {
  let { offsetMs, frozenAtMs } = initial
  const nowMs = () => frozenAtMs ?? realNowMs() + offsetMs
  const waiting = new Map<() => void, number>()
  let wake: NodeJS.Timeout | undefined

  function rearm(): void {
    clearTimeout(wake)
    if (waiting.size === 0) return
    const nextMs = Math.min(...waiting.values()) - nowMs()
    if (frozenAtMs !== null && nextMs > 0) return
    wake = setTimeout(ring, Math.min(Math.max(0, nextMs), LONGEST_WAIT_MS))
  }

  /** Calls whoever is due. */
  function ring(): void {
    const due = [...waiting].filter(([, dueMs]) => dueMs <= nowMs()).sort(([, a], [, b]) => a - b)
    for (const [callback] of due) {
      // An earlier callback of this round may have cancelled it.
      if (waiting.delete(callback)) callback()
    }
    rearm()
  }

  return {
    timer: (durationMs, callback) => {
      const entry = () => callback()
      waiting.set(entry, nowMs() + durationMs)
      // Never from within this call: the caller does not have the way to cancel yet.
      rearm()
      return () => {
        waiting.delete(entry)
        rearm()
      }
    },
    nowMs,
    state: () => ({ offsetMs, frozenAtMs }),
    advance: (byMs) => {
      if (frozenAtMs === null) offsetMs += byMs
      else frozenAtMs += byMs
      ring()
    },
    freeze: (atMs) => {
      frozenAtMs = atMs ?? nowMs()
      ring()
    },
    resume: () => {
      offsetMs = nowMs() - realNowMs()
      frozenAtMs = null
      ring()
    },
    reset: () => {
      offsetMs = 0
      frozenAtMs = null
      ring()
    },
  }
}
