/** What a word of the provider means for the money of an attempt. */
export type Verdict = 'success' | 'failure' | 'timeout' | 'pending' | 'refunded' | 'not-found' | 'unknown'

/** What a wallet says that does not hold enough. */
export const INSUFFICIENT_FUNDS = 'INSUFFICIENT_FUNDS'

/**
 * The provider's states are those of PayPay's payment details (CREATED to EXPIRED); the other words are what
 * providers before it and compatible senders say. `not-found` is Kessai's own word for "knows no such payment", and
 * `INSUFFICIENT_FUNDS` the wallet's.
 */
const VERDICTS: ReadonlyMap<string, Verdict> = new Map([
  ['COMPLETED', 'success'],
  ['SUCCESS', 'success'],
  ['CAPTURED', 'success'],
  ['FAILED', 'failure'],
  ['FAILURE', 'failure'],
  ['DECLINED', 'failure'],
  ['CANCELED', 'failure'],
  ['CANCELLED', 'failure'],
  [INSUFFICIENT_FUNDS, 'failure'],
  ['TIMED_OUT', 'timeout'],
  ['EXPIRED', 'timeout'],
  ['CREATED', 'pending'],
  ['AUTHORIZED', 'pending'],
  ['REAUTHORIZING', 'pending'],
  ['REFUNDED', 'refunded'],
  ['NOT-FOUND', 'not-found'],
])

/** Case-insensitive. A word that is not in the table is `unknown`, never a failure: it must change nothing. */
export const verdictOf = (status: string): Verdict => VERDICTS.get(status.toUpperCase()) ?? 'unknown'
