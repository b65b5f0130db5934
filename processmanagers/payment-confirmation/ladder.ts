import { ConfigurationError } from '#platform/config/config.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** When the provider is asked about an attempt nobody else asks about. */
export interface Ladder {
  /** From the request to the first question, when no webhook and no watching buyer made us ask before. */
  readonly firstAskMs: number
  /** From one question to the next. */
  readonly nextAskMs: (nowMs: number, windowEndsAtMs: number) => number
  /** How long an attempt is watched after its order's window, because money may still surface. */
  readonly watchMs: number
  /** After its expiry a code is given this long before it is taken for lapsed, for clocks that differ a little. */
  readonly lapseGraceMs: number
}

/**
 * Every 10 s while the buyer may be paying, once a minute for a quarter of an hour after that, then by the hours, for
 * a day. Whoever watches the order live asks more often, on top of this.
 */
export const productionLadder: Ladder = {
  firstAskMs: 10 * SECOND_MS,
  nextAskMs: (nowMs, windowEndsAtMs) => {
    const overMs = nowMs - windowEndsAtMs
    if (overMs < 0) return 10 * SECOND_MS
    if (overMs < 15 * MINUTE_MS) return MINUTE_MS
    if (overMs < 6 * HOUR_MS) return HOUR_MS
    return 6 * HOUR_MS
  },
  watchMs: 24 * HOUR_MS,
  lapseGraceMs: SECOND_MS,
}

/** Real codes were seen to live for 300 to 302 s; it cannot be set there. */
export const USUAL_CODE_LIFE_MS = 5 * MINUTE_MS + 2 * SECOND_MS

/**
 * A code made in the last moment of the window can be paid for a whole life after it, and a payment takes its time to
 * surface, so an attempt must be watched for two lives at least.
 * @throws ConfigurationError when it is not: attempts would be given up while they can still be paid.
 */
export const requireWatchOutlivesCodes = ({ watchMs }: Ladder, codeLifeMs: number): void => {
  if (watchMs < 2 * codeLifeMs)
    throw new ConfigurationError(
      `Attempts are watched for ${watchMs} ms after their order's window, which is less than twice the life of a code (PAYPAY_CODE_LIFE_MS, ${codeLifeMs} ms)`,
    )
}
