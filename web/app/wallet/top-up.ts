import { typedNumber } from '../admin/typed-number.ts'

/** What a press of one button fills in, in the smallest unit of the shop's currency. */
export const PRESETS_MINOR = [1_000, 3_000, 10_000] as const
/** The most that one top-up may be; as the API has it. */
export const MOST_AT_ONCE_MINOR = 10_000_000

/** Why an amount is not one that can be booked. */
export type AmountProblem = 'missing' | 'unreadable' | 'too-little' | 'too-much'

/** The amount as somebody may type it, `¥3,000` and `３０００円` too. */
export const amountIn = (text: string): number | AmountProblem => {
  const plain = text.normalize('NFKC').replaceAll(/[¥円元\s]/g, '')
  if (plain === '') return 'missing'
  if (/^\+?[\d,]{11,}$/.test(plain)) return 'too-much'
  const amountMinor = typedNumber(plain)
  if (amountMinor === undefined) return 'unreadable'
  if (amountMinor < 1) return 'too-little'
  return amountMinor > MOST_AT_ONCE_MINOR ? 'too-much' : amountMinor
}

/** What became of one request to top up. */
export type ToppingUp =
  | { readonly kind: 'booked'; readonly position: number }
  /** Nobody knows: it may be booked now, later, or never. */
  | { readonly kind: 'unsure' }
  | { readonly kind: 'signed-out' }
  /** The page's CSRF token is of an earlier session. */
  | { readonly kind: 'stale-token' }
  | { readonly kind: 'throttled'; readonly seconds: number }
  /** The session store does not answer; nothing was booked. */
  | { readonly kind: 'resting' }
  /** Where real people shop, the staff book what was paid in. */
  | { readonly kind: 'staff-only' }
  /** The wallet would hold more than one may. */
  | { readonly kind: 'full' }
  /** The key was used before with another amount: that top-up is in the books. */
  | { readonly kind: 'booked-before' }
  | { readonly kind: 'amount' }
  | { readonly kind: 'refused' }

export interface TopUpAnswer {
  readonly data?: { readonly position: number } | undefined
  readonly error?: unknown
  readonly response: { readonly status: number; readonly headers: Pick<Headers, 'get'> }
}

interface ProblemBody {
  readonly code?: string
  readonly errors?: readonly { readonly path: string }[]
}

const USUAL_WAIT_SECONDS = 30

export const toppingUpOf = ({ data, error, response }: TopUpAnswer): ToppingUp => {
  if (data !== undefined) return { kind: 'booked', position: data.position }
  const body: ProblemBody = typeof error === 'object' && error !== null ? error : {}
  const { status, headers } = response
  if (body.code === 'REDIS_UNAVAILABLE') return { kind: 'resting' }
  if (status >= 500) return { kind: 'unsure' }
  if (status === 401) return { kind: 'signed-out' }
  if (status === 429) {
    const seconds = Number(headers.get('retry-after'))
    return { kind: 'throttled', seconds: seconds > 0 ? Math.ceil(seconds) : USUAL_WAIT_SECONDS }
  }
  switch (body.code) {
    case 'csrf-token-invalid':
      return { kind: 'stale-token' }
    case 'role-missing':
      return { kind: 'staff-only' }
    case 'balance-limit-exceeded':
      return { kind: 'full' }
    case 'idempotency-key-reused':
      return { kind: 'booked-before' }
    case 'validation-failed':
      // Staff may pay into any wallet but their own, and must name it.
      return {
        kind: body.errors?.some(({ path }) => path === 'customerId') === true ? 'staff-only' : 'amount',
      }
    default:
      return { kind: 'refused' }
  }
}

/**
 * A top-up of which nobody knows what became. Whatever is pressed next bears its key until somebody knows: the shop
 * books one key once, and refuses it with another amount, so that one intention never moves money twice.
 */
export interface PendingTopUp {
  readonly key: string
  readonly amountMinor: number
  readonly atMs: number
}

/** Longer than any request may still be on its way; afterwards the statement tells whether it arrived. */
const WORTH_KEEPING_MS = 10 * 60_000

/** The record as it counts now: what cannot be read, or is too old to matter, is none. */
export const pendingIn = (text: string | null, nowMs: number): PendingTopUp | undefined => {
  if (text === null) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const { key, amountMinor, atMs }: Readonly<Record<string, unknown>> = { ...value }
    if (typeof key !== 'string' || !KEY.test(key)) return undefined
    if (typeof amountMinor !== 'number' || typeof atMs !== 'number') return undefined
    const ageMs = nowMs - atMs
    return ageMs >= 0 && ageMs <= WORTH_KEEPING_MS ? { key, amountMinor, atMs } : undefined
  } catch {
    return undefined
  }
}

const KEY = /^[0-9a-f]{32}$/
