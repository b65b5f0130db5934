import { createHash } from 'node:crypto'

/**
 * Chance that depends only on the seed and on what it is for, so that a run does not change
 * with the order in which requests happen to arrive, and a restarted simulator never repeats an id.
 */
export interface Chance {
  /** The 16 url-safe characters of a code. */
  linkKey(merchantPaymentId: string): string
  /** Twenty decimal digits, as PayPay's. */
  paymentId(merchantPaymentId: string): string
  /** Between 0 and `belowMs`, both included. */
  jitterMs(merchantPaymentId: string, belowMs: number): number
  /** A random-looking UUID. */
  uuid(subject: string): string
  /** `OPA` and 32 hex digits. */
  requestId(ordinal: number): string
}

export function createChance(seed: string): Chance {
  const digest = (purpose: string, subject: string) =>
    createHash('sha256').update(`${seed}\n${purpose}\n${subject}`).digest()
  return {
    linkKey: (subject) => digest('code', subject).toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, 16),
    paymentId: (subject) =>
      `0413${(digest('payment', subject).readBigUInt64BE() % 10n ** 16n).toString().padStart(16, '0')}`,
    jitterMs: (subject, belowMs) => digest('life', subject).readUInt32BE() % (belowMs + 1),
    uuid: (subject) =>
      digest('uuid', subject)
        .toString('hex')
        .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5'),
    requestId: (ordinal) =>
      `OPA${digest('request', String(ordinal)).toString('hex').slice(0, 32).toUpperCase()}`,
  }
}
