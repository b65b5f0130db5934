import { LRUCache } from 'lru-cache'
import type { Clock } from '#platform/clock/clock.ts'
import type { IdentityVerifier, Standing } from '#platform/identity/port.ts'
import type { Customer } from './session-cookies.ts'

/** How old the issuer's last word may be where something changes, or where staff ask. */
export const CLOSE_LOOK_MS = 60_000
/** And where buyers read what is their own. */
export const WIDE_LOOK_MS = 5 * 60_000
/** Somebody waits for each question; whose was not answered is not asked about again for this long. */
const ASK_AGAIN_AFTER_MS = 30_000
/** The longest unseen is asked about anew. */
const REMEMBERED = 20_000

export interface AccountStanding {
  /**
   * Whether the account behind a session may still act: `ended` when it is disabled or gone, or was signed out at its issuer
   * since; otherwise until when that is known. The issuer is asked where its last word is older than `withinMs`, once
   * for all who wait. What it does not answer ends nobody: the last word then stays, and is as old as it is.
   */
  readonly of: (customer: Customer, withinMs: number) => Promise<'ended' | { readonly knownAtMs: number }>
}

interface Known {
  /** What was heard last, and when it was asked for. */
  readonly heard?: { readonly standing: Standing; readonly atMs: number }
  readonly askedAtMs: number
}

export interface AccountStandingOptions {
  readonly identity: IdentityVerifier
  readonly clock: Clock
  /** The issuer did not say. */
  readonly onUnknown: (error: unknown) => void
}

/** Nobody's account ends where the issuer keeps none. */
export const accountStanding = ({ identity, clock, onUnknown }: AccountStandingOptions): AccountStanding => {
  const known = new LRUCache<string, Known>({ max: REMEMBERED })
  const asking = new Map<string, Promise<void>>()

  const ask = async (subject: string, question: Promise<Standing>): Promise<void> => {
    const askedAtMs = clock.nowMs()
    try {
      known.set(subject, { heard: { standing: await question, atMs: askedAtMs }, askedAtMs })
    } catch (error) {
      known.set(subject, { ...known.get(subject), askedAtMs })
      onUnknown(error)
    }
  }

  return {
    of: async (customer, withinMs) => {
      const { subject } = customer
      if (subject === undefined || identity.standing === undefined) return { knownAtMs: clock.nowMs() }
      const lastWord = (): 'ended' | { readonly knownAtMs: number } => {
        const { lookedAtMs = 0 } = customer
        const heard = known.peek(subject)?.heard
        // The sign-in was a look, too: what was heard before it is of an earlier life.
        if (heard === undefined || heard.atMs <= lookedAtMs) return { knownAtMs: lookedAtMs }
        return isOver(heard.standing, customer) ? 'ended' : { knownAtMs: heard.atMs }
      }
      const before = lastWord()
      const now = clock.nowMs()
      if (before === 'ended' || now - before.knownAtMs <= withinMs) return before
      const asked = asking.get(subject)
      if (asked === undefined && now - (known.get(subject)?.askedAtMs ?? -Infinity) < ASK_AGAIN_AFTER_MS)
        return before
      const question =
        asked ??
        ask(subject, identity.standing(subject)).finally(() => {
          asking.delete(subject)
        })
      asking.set(subject, question)
      await question
      return lastWord()
    },
  }
}

const isOver = (standing: Standing, { signedInAtMs }: Customer): boolean =>
  standing === 'ended' || (signedInAtMs !== undefined && signedInAtMs < standing.validSinceMs)
