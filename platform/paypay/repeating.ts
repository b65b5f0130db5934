import type { ProviderOutcome, UnknownReason } from './port.ts'

/**
 * Which outcomes are worth the same call again within its time. A time-out is not among them, because it has used up
 * that time; neither is a refusal of our credentials, which the same credentials would meet again.
 */
const WORTH_REPEATING: ReadonlySet<UnknownReason> = new Set([
  'unreachable',
  'connection-lost',
  'provider-error',
  'rate-limited',
])

const MAX_ATTEMPTS = 3
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 30_000

/** A wait of half to whole the doubled one, so that many callers do not come back together. */
export function backOffMs(nth: number, random: () => number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (nth - 1)) * (0.5 + random() / 2)
}

/** Whether the `attempt`-th try of a call that may be repeated is followed by another one. */
export function isWorthRepeating(outcome: ProviderOutcome<unknown>, attempt: number): boolean {
  return outcome.kind === 'unknown' && attempt < MAX_ATTEMPTS && WORTH_REPEATING.has(outcome.reason)
}
