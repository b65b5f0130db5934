import { errors, jwtVerify, UnsecuredJWT, type CryptoKey, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import type { Clock } from '../clock/clock.ts'
import { Role, type Identity, type IdentityVerifier } from './port.ts'

/** What tells one issuer from another; the checks are the same for all. */
export interface TrustedIssuer {
  readonly issuer: string
  readonly audience: string
  readonly algorithm: string
  /** `unsigned` is for an emulator, which signs nothing; the configuration keeps it out of production. */
  readonly keys: CryptoKey | JWTVerifyGetKey | 'unsigned'
  readonly clock: Clock
}

/**
 * An unknown role is left out rather than refused: an issuer may give roles to other systems too. So is an address that
 * cannot be one, which says nothing against the token.
 */
const Claims = z.object({
  sub: z.string().min(1).max(128),
  exp: z.number(),
  iat: z.number(),
  /** When the person last showed who they are; Firebase always says it. */
  auth_time: z.number().optional(),
  /** Firebase's own claims, for whoever trusts Firebase to read. */
  firebase: z.unknown().optional(),
  email: z.email().optional().catch(undefined),
  email_verified: z.boolean().default(false),
  roles: z.array(z.string()).max(32).default([]),
  role: z.string().optional(),
})
export type Claims = z.infer<typeof Claims>

/** A token from the future beyond this is forged or from a machine whose clock nobody should trust. */
const CLOCK_SKEW_SECONDS = 30
const LONGEST_TOKEN = 8_192

/** Checks a token and answers what it claims; see {@link IdentityVerifier.verify}. */
export type TokenCheck = (idToken: string) => Promise<Claims | 'invalid'>

/** The one way a token is checked, whoever issued it. */
export const tokenCheck =
  ({ issuer, audience, algorithm, keys, clock }: TrustedIssuer): TokenCheck =>
  async (idToken) => {
    if (idToken.length > LONGEST_TOKEN) return 'invalid'
    const now = new Date(clock.nowMs())
    const options = {
      issuer,
      audience,
      currentDate: now,
      clockTolerance: CLOCK_SKEW_SECONDS,
      requiredClaims: ['sub', 'iat', 'exp'],
    }
    const read = async (): Promise<JWTPayload> =>
      keys === 'unsigned'
        ? UnsecuredJWT.decode(idToken, options).payload
        : (await jwtVerify(idToken, keys, { ...options, algorithms: [algorithm] })).payload
    try {
      const claims = Claims.safeParse(await read())
      if (!claims.success) return 'invalid'
      // The tolerance is for tokens from the near future; an expired one is expired.
      if (claims.data.exp * 1_000 <= now.getTime()) return 'invalid'
      if (claims.data.iat * 1_000 > now.getTime() + CLOCK_SKEW_SECONDS * 1_000) return 'invalid'
      return claims.data
    } catch (error) {
      if (isUnreachable(error)) throw error
      return 'invalid'
    }
  }

/** For an issuer whose word is all there is to know. */
export const tokenVerifier = (trusted: TrustedIssuer): IdentityVerifier => {
  const check = tokenCheck(trusted)
  return {
    verify: async (idToken) => {
      const claims = await check(idToken)
      return claims === 'invalid' ? claims : identityFrom(claims)
    },
  }
}

export const identityFrom = ({
  sub,
  email,
  email_verified,
  exp,
  auth_time,
  roles,
  role,
}: Claims): Identity => ({
  subject: sub,
  // Whoever signs up may type anybody's address.
  ...(email === undefined || !email_verified ? {} : { email }),
  roles: [
    ...new Set<Role>([
      'customer',
      ...[...roles, role].filter((named): named is Role => Role.safeParse(named).success),
    ]),
  ],
  expiresAtMs: exp * 1_000,
  ...(auth_time === undefined ? {} : { signedInAtMs: auth_time * 1_000 }),
})

/**
 * What jose says about a token is a no. What it says about the issuer's keys leaves the token open: it could not fetch
 * them, they came with another status than 200 or not as JSON (its plain error), or they are no key set.
 */
const isUnreachable = (error: unknown): boolean =>
  !(error instanceof errors.JOSEError) ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  error.code === errors.JOSEError.code
