import type { GivenUp } from './state.ts'
import { cancellableBeforeMs } from './way-back.ts'

/**
 * After it accepted a cancel PayPay still says COMPLETED for a moment, when the code is paid or was, and gives the money
 * back then. How long that takes is written nowhere; this is far longer than was ever seen.
 */
const REVERSAL_MS = 30 * 60_000

/**
 * The first instant at which no cancel of ours can still take back a payment of this orphaned attempt, so that what
 * the provider says it holds then it keeps. Until the provider has answered the cancel for good, one may have been
 * taken whose answer was lost, and more may follow until the day's window closes.
 * @param acceptedAtMs when the provider took the money, by its own word.
 */
export const keptFromMs = ({ orphanedAtMs, cancel }: GivenUp, acceptedAtMs: number): number =>
  Math.max(cancel?.atMs ?? cancellableBeforeMs(orphanedAtMs), acceptedAtMs) + REVERSAL_MS
