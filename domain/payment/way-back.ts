const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Japan has one offset and no daylight saving, so its calendar is arithmetic, whatever zone the host is in. */
const JAPAN_AHEAD_MS = 9 * HOUR_MS
/** A payment may be cancelled until 00:14:59 on the day after it (PayPay, Cancel a Payment). */
const CANCEL_PAST_MIDNIGHT_MS = 15 * 60_000
/** It may be refunded until 23:59:59 of this day after it (PayPay's help centre, time limit of refunds). */
const LAST_REFUND_DAY = 365

const japaneseMidnightMs = (atMs: number): number =>
  Math.floor((atMs + JAPAN_AHEAD_MS) / DAY_MS) * DAY_MS - JAPAN_AHEAD_MS

/** The first instant at which PayPay no longer cancels a transaction of this time: 00:15:00 JST on the day after. */
export const cancellableBeforeMs = (transactionAtMs: number): number =>
  japaneseMidnightMs(transactionAtMs) + DAY_MS + CANCEL_PAST_MIDNIGHT_MS

/** The first instant at which PayPay no longer refunds a payment of this time: 00:00:00 JST after day 365. */
export const refundableBeforeMs = (succeededAtMs: number): number =>
  japaneseMidnightMs(succeededAtMs) + (LAST_REFUND_DAY + 1) * DAY_MS

/** What is known of the money that is to go back. */
export type MoneyInQuestion =
  /** A code we never saw: it may be paid, be paid later, or not exist. At the latest it was made at this time. */
  | { readonly outcome: 'unknown'; readonly madeBeforeMs: number }
  /** The provider confirmed that it took the money, at this time. */
  | { readonly outcome: 'captured'; readonly succeededAtMs: number }

/**
 * Which of PayPay's two ways returns this money now.
 * - `cancel`: for an outcome we do not know, while the day's window is open; it also reverses what is paid later.
 * - `refund`: for money we know of, and for what turns out to have been captured once the window has closed.
 * - `none`: day 365 is over; no call returns this money any more, so a person has to.
 */
export const wayBack = (money: MoneyInQuestion, nowMs: number): 'cancel' | 'refund' | 'none' => {
  if (money.outcome === 'unknown')
    return nowMs < cancellableBeforeMs(money.madeBeforeMs) ? 'cancel' : 'refund'
  return nowMs < refundableBeforeMs(money.succeededAtMs) ? 'refund' : 'none'
}
