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
}

export const clockStateSchema = z.object({ offsetMs: z.int(), frozenAtMs: z.int().nullable() })
export type ClockState = z.output<typeof clockStateSchema>

export function createVirtualClock(
  realNowMs: () => number,
  initial: ClockState = { offsetMs: 0, frozenAtMs: null },
): VirtualClock {
  let { offsetMs, frozenAtMs } = initial
  const nowMs = () => frozenAtMs ?? realNowMs() + offsetMs
  return {
    nowMs,
    state: () => ({ offsetMs, frozenAtMs }),
    advance: (byMs) => {
      if (frozenAtMs === null) offsetMs += byMs
      else frozenAtMs += byMs
    },
    freeze: (atMs) => {
      frozenAtMs = atMs ?? nowMs()
    },
    resume: () => {
      offsetMs = nowMs() - realNowMs()
      frozenAtMs = null
    },
    reset: () => {
      offsetMs = 0
      frozenAtMs = null
    },
  }
}
