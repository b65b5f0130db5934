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
  /** When they last showed who they are, where the issuer says it. */
  readonly signedInAtMs?: number
}

/** What an issuer says of an account today: it is disabled or gone, or its sign-ins from a moment on count. */
export type Standing = 'ended' | { readonly validSinceMs: number }

export interface IdentityVerifier {
  /**
   * Checks signature, issuer, audience, issue time and expiry. `invalid` is a definite no.
   * @throws when the issuer cannot be reached: nothing is known about the token.
   */
  readonly verify: (idToken: string) => Promise<Identity | 'invalid'>
  /**
   * Whether the account of somebody who signed in earlier may still act. Absent where the issuer keeps no accounts.
   * @throws IdentityUnavailable within a bounded time when the issuer did not say: nothing is known about it.
   */
  readonly standing?: (subject: string) => Promise<Standing>
  /** Deletes the person's account at the issuer, where it keeps one. Repeatable: who is gone already is no error. */
  readonly forget?: (subject: string) => Promise<void>
}

/** The issuer did not answer, or not with what it should: whether a token is good is not known right now. */
export class IdentityUnavailable extends Error {
  override readonly name = 'IdentityUnavailable'
}
