import type { Refund } from '#domain/payment/state.ts'

/** PayPay takes one refund of a payment a minute and refuses what comes sooner (reference, Refund a payment). */
export const THROTTLE_MS = 60_000

/** The first of two may reach PayPay later than it set out, so the second one leaves a little more than a minute. */
export const APART_MS = THROTTLE_MS + 5_000

/**
 * When this refund may first be asked for: those of one payment go one after another, in the order in which they were
 * requested. It follows from the log alone, so every instance and every life comes to the same time.
 */
export const turnOf = (refunds: Iterable<readonly [string, Refund]>, refundId: string): number => {
  const queue = [...refunds].sort(
    ([a, { requestedAtMs: first }], [b, { requestedAtMs: second }]) => first - second || (a < b ? -1 : 1),
  )
  let turnMs = -Infinity
  for (const [id, { requestedAtMs }] of queue) {
    turnMs = Math.max(requestedAtMs, turnMs + APART_MS)
    if (id === refundId) break
  }
  return turnMs
}
