/**
 * How far the answerer's clock is ahead of ours, as far as one answer can show: 0 while its Date header fits between
 * the sending and the arrival. PayPay refuses requests that are two minutes off, so this is worth an alarm long before.
 *
 * @param serverTimeMs the Date header, which has whole seconds only
 */
export function clockSkewMs(of: { serverTimeMs: number; sentAtMs: number; receivedAtMs: number }): number {
  const latestMs = of.serverTimeMs + 999
  if (latestMs < of.sentAtMs) return latestMs - of.sentAtMs
  if (of.serverTimeMs > of.receivedAtMs) return of.serverTimeMs - of.receivedAtMs
  return 0
}

/** A quarter of what PayPay tolerates; beyond it someone should look at our clock. */
export const CLOCK_SKEW_ALARM_MS = 30_000
