import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import type { Clock } from '../clock/clock.ts'
import type { FirebaseAccounts } from './firebase-accounts.ts'
import { IdentityUnavailable, type Identity, type IdentityVerifier, type Standing } from './port.ts'
import { identityFrom, tokenCheck, type Claims } from './token-verifier.ts'

/**
 * Where Google keeps the keys that sign ID tokens, as a JWK set (Firebase, "Verify ID tokens using a third-party JWT
 * library", names the same keys as certificates).
 */
const GOOGLE_KEYS = new URL(
  'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
)
const KEYS_WITHIN_MS = 2_000
/** Keys and account together. A buyer waits for this, and a page gives up after ten seconds. */
const WITHIN_MS = 3_000
/** Of somebody who is signed in already, and waits for something else. */
const STANDING_WITHIN_MS = 1_500
/** Questions that Firebase has not answered yet; whoever comes beyond them is told at once to come back. */
const MOST_UNANSWERED = 64

export interface FirebaseIdentityOptions {
  readonly projectId: string
  readonly accounts: FirebaseAccounts
  readonly clock: Clock
  /** Google's, unless told; `unsigned` for an emulator. */
  readonly keys?: JWTVerifyGetKey | 'unsigned'
  readonly withinMs?: number
}

/**
 * Firebase's ID tokens, through the checks every issuer's pass, and then by what Firebase says of the account today:
 * a disabled or deleted one, or one whose tokens were revoked since, is a definite no. Everything that is not an answer
 * throws {@link IdentityUnavailable}, within `withinMs`.
 */
export const firebaseIdentity = (options: FirebaseIdentityOptions): IdentityVerifier => {
  const { projectId, accounts, clock, withinMs = WITHIN_MS } = options
  const check = tokenCheck({
    issuer: `https://securetoken.google.com/${projectId}`,
    audience: projectId,
    algorithm: 'RS256',
    keys: options.keys ?? createRemoteJWKSet(GOOGLE_KEYS, { timeoutDuration: KEYS_WITHIN_MS }),
    clock,
  })

  const decide = async (idToken: string): Promise<Identity | 'invalid'> => {
    const claims = await check(idToken)
    if (claims === 'invalid' || claims.auth_time === undefined || !isOfSomebody(claims)) return 'invalid'
    const account = await standingOf(claims.sub)
    return account === 'ended' || claims.auth_time * 1_000 < account.validSinceMs
      ? 'invalid'
      : identityFrom(claims)
  }

  const standingOf = async (subject: string): Promise<Standing> => {
    const account = await accounts.find(subject)
    if (account === undefined || account.disabled) return 'ended'
    return { validSinceMs: account.validSinceMs }
  }

  let unanswered = 0
  const asked = async <T>(question: () => Promise<T>, patienceMs: number): Promise<T> => {
    if (unanswered >= MOST_UNANSWERED) throw new IdentityUnavailable('Too many questions are open')
    unanswered += 1
    const answer = question().finally(() => {
      unanswered -= 1
    })
    return await bounded(answer, patienceMs, clock)
  }
  return {
    verify: (idToken) => asked(() => decide(idToken), withinMs),
    standing: (subject) => asked(() => standingOf(subject), Math.min(withinMs, STANDING_WITHIN_MS)),
    forget: (subject) => bounded(accounts.remove(subject), withinMs, clock),
  }
}

const FirebaseClaims = z.looseObject({
  sign_in_provider: z.string().optional(),
  tenant: z.undefined().optional(),
})

/**
 * Whether a token is of an account of the project's own that somebody can come back to. An anonymous one is anybody's who
 * asks, and nobody could ever come for what is in its wallet. A tenant's people are named by the tenant, and may be named
 * as somebody of the project is; issuer and audience are the same for both.
 */
const isOfSomebody = ({ firebase = {} }: Claims): boolean => {
  const known = FirebaseClaims.safeParse(firebase)
  return known.success && known.data.sign_in_provider !== 'anonymous'
}

/** Names whatever went wrong, and does not wait for longer. */
const bounded = async <T>(decision: Promise<T>, withinMs: number, clock: Clock): Promise<T> => {
  let cancel = (): void => {}
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.timer(withinMs, () => {
      reject(new IdentityUnavailable(`No answer within ${withinMs} ms`))
    })
  })
  try {
    return await Promise.race([decision, late])
  } catch (error) {
    if (error instanceof IdentityUnavailable) throw error
    throw new IdentityUnavailable(error instanceof Error ? `${error.name}: ${error.message}` : 'unknown')
  } finally {
    cancel()
  }
}
