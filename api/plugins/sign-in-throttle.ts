import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Clock } from '#platform/clock/clock.ts'
import type { Config } from '#platform/config/config.ts'
import { Problem } from '../problems.ts'

/** Who tries to sign in, as far as it can be told beforehand. */
export interface SignInAttempt {
  readonly address: string
  /** Address and claimed subject together. Anybody may claim to be anybody, so a claim alone holds nobody up. */
  readonly claim: string
}

/**
 * Makes those wait, longer each time, whose tokens keep being refused. A stranger holds up only their own address, and of
 * that for long only the subject they claim to be.
 */
export interface SignInThrottle {
  /** @throws Problem `rate-limited` while this one has to wait; what is refused here counts as no failure. */
  readonly admit: (attempt: SignInAttempt) => void
  readonly failed: (attempt: SignInAttempt) => void
  /** Forgets the failures of the claim; those of the address fade, for whoever guesses may own an account too. */
  readonly succeeded: (attempt: SignInAttempt) => void
}

/** A laptop runs whole test suites from one address. */
const FREE_FAILURES = 1_000
const FREE_FAILURES_IN_PRODUCTION = 10
/** Many people may share an address. */
const ADDRESS_SHARE = 4
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_OF_A_CLAIM_MS = 5 * 60_000
const LONGEST_WAIT_OF_AN_ADDRESS_MS = 30_000
/** After the last failure and its wait. */
const FORGOTTEN_AFTER_MS = 15 * 60_000
const REMEMBERED = 20_000

interface Failures {
  readonly count: number
  readonly waitUntilMs: number
}

export const signInThrottle = (
  config: Pick<Config, 'NODE_ENV' | 'SIGN_IN_FAILURES_BEFORE_WAITING'>,
  clock: Clock,
): SignInThrottle => {
  const free =
    config.SIGN_IN_FAILURES_BEFORE_WAITING ??
    (config.NODE_ENV === 'production' ? FREE_FAILURES_IN_PRODUCTION : FREE_FAILURES)
  const claims = remembering(clock, free, LONGEST_WAIT_OF_A_CLAIM_MS)
  const addresses = remembering(clock, free * ADDRESS_SHARE, LONGEST_WAIT_OF_AN_ADDRESS_MS)
  return {
    admit: ({ address, claim }) => {
      const waitMs = Math.max(claims.waitMs(claim), addresses.waitMs(address))
      if (waitMs > 0) throw new Problem('rate-limited', { retryAfterSeconds: Math.ceil(waitMs / 1_000) })
    },
    failed: ({ address, claim }) => {
      claims.add(claim)
      addresses.add(address)
    },
    succeeded: ({ claim }) => {
      claims.forget(claim)
    },
  }
}

const remembering = (clock: Clock, free: number, longestWaitMs: number) => {
  const known = new LRUCache<string, Failures>({ max: REMEMBERED })
  const failuresOf = (key: string): Failures | undefined => {
    const failures = known.get(key)
    if (failures === undefined || clock.nowMs() < failures.waitUntilMs + FORGOTTEN_AFTER_MS) return failures
    known.delete(key)
    return undefined
  }
  return {
    waitMs: (key: string): number => Math.max(0, (failuresOf(key)?.waitUntilMs ?? 0) - clock.nowMs()),
    add: (key: string): void => {
      const count = (failuresOf(key)?.count ?? 0) + 1
      const doublings = Math.min(count - free, 30)
      const waitMs = doublings < 0 ? 0 : Math.min(longestWaitMs, FIRST_WAIT_MS * 2 ** doublings)
      known.set(key, { count, waitUntilMs: clock.nowMs() + waitMs })
    },
    forget: (key: string): void => {
      known.delete(key)
    },
  }
}

/** The subject is read without being believed. */
export const signInAttempt = (address: string, idToken: string): SignInAttempt => ({
  address,
  claim: createHash('sha256')
    .update(`${address} ${claimedSubject(idToken)}`)
    .digest('base64url'),
})

/** Whom a token claims to be of; nobody where it cannot be read. */
export const claimedSubject = (idToken: string): string => {
  try {
    const { sub }: { readonly sub?: unknown } = decodeJwt(idToken)
    // Nobody has looked at it yet: it may be anything that JSON can be.
    return typeof sub === 'string' ? sub.toWellFormed() : ''
  } catch {
    return ''
  }
}
