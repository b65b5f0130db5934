import { errors, jwtVerify, type CryptoKey, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import type { Clock } from '../clock/clock.ts'
import { Role, type Identity, type IdentityVerifier } from './port.ts'

/** What tells one issuer from another; the checks are the same for all. */
export interface TrustedIssuer {
  readonly issuer: string
  readonly audience: string
  readonly algorithm: string
  readonly keys: CryptoKey | JWTVerifyGetKey
  readonly clock: Clock
}

/** An unknown role is left out rather than refused: an issuer may give roles to other systems too. */
const Claims = z.object({
  sub: z.string().min(1).max(128),
  exp: z.number(),
  iat: z.number(),
  email: z.email().optional(),
  roles: z.array(z.string()).max(32).default([]),
})

/** A token from the future beyond this is forged or from a machine whose clock nobody should trust. */
const CLOCK_SKEW_SECONDS = 30
const LONGEST_TOKEN = 8_192

/** The one way a token is checked, whoever issued it. */
export const tokenVerifier = ({
  issuer,
  audience,
  algorithm,
  keys,
  clock,
}: TrustedIssuer): IdentityVerifier => ({
  verify: async (idToken) => {
    if (idToken.length > LONGEST_TOKEN) return 'invalid'
    const now = new Date(clock.nowMs())
    const options = {
      issuer,
      audience,
      algorithms: [algorithm],
      currentDate: now,
      clockTolerance: CLOCK_SKEW_SECONDS,
      requiredClaims: ['sub', 'iat', 'exp'],
    }
    try {
      const { payload } = await jwtVerify(idToken, keys, options)
      const claims = Claims.safeParse(payload)
      if (!claims.success) return 'invalid'
      // The tolerance is for tokens from the near future; an expired one is expired.
      if (claims.data.exp * 1_000 <= now.getTime()) return 'invalid'
      if (claims.data.iat * 1_000 > now.getTime() + CLOCK_SKEW_SECONDS * 1_000) return 'invalid'
      return identityFrom(claims.data)
    } catch (error) {
      if (isUnreachable(error)) throw error
      return 'invalid'
    }
  },
})

const identityFrom = ({ sub, email, exp, roles }: z.infer<typeof Claims>): Identity => ({
  subject: sub,
  ...(email === undefined ? {} : { email }),
  roles: [
    ...new Set<Role>(['customer', ...roles.filter((role): role is Role => Role.safeParse(role).success)]),
  ],
  expiresAtMs: exp * 1_000,
})

/** Everything jose itself says about a token is a no; only fetching the issuer's keys can leave it open. */
const isUnreachable = (error: unknown): boolean =>
  error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)
