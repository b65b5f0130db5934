/** A later reading replaces an earlier one only when they differ by more than the network's moods. */
const TOLERANCE_MS = 1_500

/**
 * The server's time, from what it told and a clock that only runs forward. The reader's own clock is never looked at:
 * set an hour wrong, or set right in mid-payment, it changes nothing.
 */
export const serverClock = (monotonicMs: () => number, toldMs: number, toldAtMs = monotonicMs()) => {
  let offsetMs = toldMs - toldAtMs
  return {
    nowMs: (): number => monotonicMs() + offsetMs,
    /** A reading is late by its way here, so the one that is furthest ahead is the truest. */
    sync: (serverTimeMs: number): void => {
      const freshMs = serverTimeMs - monotonicMs()
      if (freshMs > offsetMs || offsetMs - freshMs > TOLERANCE_MS) offsetMs = freshMs
    },
  }
}
