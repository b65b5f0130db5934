import { z } from 'zod'

export const Role = z.enum(['customer', 'support', 'operator', 'auditor', 'admin'])
export type Role = z.infer<typeof Role>

/** Who a token speaks for. */
export interface Identity {
  /** The issuer's stable name for the person; never an e-mail address. */
  readonly subject: string
  /** Only one that the issuer knows to be the person's. */
  readonly email?: string
  /** At least `customer`. */
  readonly roles: readonly Role[]
  readonly expiresAtMs: number
}

export interface IdentityVerifier {
  /**
   * Checks signature, issuer, audience, issue time and expiry. `invalid` is a definite no.
   * @throws when the issuer cannot be reached: nothing is known about the token.
   */
  readonly verify: (idToken: string) => Promise<Identity | 'invalid'>
  /** Deletes the person's account at the issuer, where it keeps one. Repeatable: who is gone already is no error. */
  readonly forget?: (subject: string) => Promise<void>
}

/** The issuer did not answer, or not with what it should: whether a token is good is not known right now. */
export class IdentityUnavailable extends Error {
  override readonly name = 'IdentityUnavailable'
}
