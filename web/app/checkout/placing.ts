import { type FieldProblems, refusedFields } from './buyer.ts'

/** What became of one request to place an order. */
export type Placing =
  | { readonly kind: 'placed'; readonly orderId: string }
  /** Nobody knows: it may be placed now, later, or never. */
  | { readonly kind: 'unsure' }
  | { readonly kind: 'signed-out' }
  /** The page's CSRF token is of an earlier session. */
  | { readonly kind: 'stale-token' }
  | { readonly kind: 'throttled'; readonly seconds: number }
  /** Who is asking could not be looked up, so the request went no further: nothing was placed by it. */
  | { readonly kind: 'resting' }
  | { readonly kind: 'fields'; readonly problems: FieldProblems }
  | { readonly kind: 'price-changed'; readonly totalMinor: number }
  /** These lines, counted from 0, are no longer sold. */
  | { readonly kind: 'lines'; readonly indices: readonly number[] }
  | { readonly kind: 'method' }
  /** The key was used before with another content: that order exists. */
  | { readonly kind: 'placed-before' }
  /** Refused for good, for a reason a buyer cannot change on this page. */
  | { readonly kind: 'refused' }

export interface PlacingAnswer {
  readonly data?: { readonly orderId: string } | undefined
  readonly error?: unknown
  readonly response: { readonly status: number; readonly headers: Pick<Headers, 'get'> }
}

interface ProblemBody {
  readonly code?: string
  readonly errors?: readonly { readonly path: string }[]
  readonly amount?: { readonly amountMinor: number }
}

const USUAL_WAIT_SECONDS = 30

export const placingOf = ({ data, error, response }: PlacingAnswer): Placing => {
  if (data !== undefined) return { kind: 'placed', orderId: data.orderId }
  const body: ProblemBody = typeof error === 'object' && error !== null ? error : {}
  const { status } = response
  if (body.code === 'REDIS_UNAVAILABLE') return { kind: 'resting' }
  if (status >= 500) return { kind: 'unsure' }
  if (status === 401) return { kind: 'signed-out' }
  if (status === 429) return { kind: 'throttled', seconds: secondsIn(response.headers) }
  switch (body.code) {
    case 'csrf-token-invalid':
      return { kind: 'stale-token' }
    case 'price-changed':
      return body.amount === undefined
        ? { kind: 'refused' }
        : { kind: 'price-changed', totalMinor: body.amount.amountMinor }
    case 'unknown-product':
    case 'product-unavailable':
      return { kind: 'lines', indices: indicesIn(body.errors ?? []) }
    case 'payment-method-unavailable':
      return { kind: 'method' }
    case 'idempotency-key-reused':
      return { kind: 'placed-before' }
    case 'validation-failed': {
      const problems = refusedFields(body.errors ?? [])
      return Object.keys(problems).length === 0 ? { kind: 'refused' } : { kind: 'fields', problems }
    }
    default:
      return { kind: 'refused' }
  }
}

const secondsIn = (headers: Pick<Headers, 'get'>): number => {
  const seconds = Number(headers.get('retry-after'))
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : USUAL_WAIT_SECONDS
}

const indicesIn = (errors: readonly { readonly path: string }[]): readonly number[] =>
  errors.flatMap(({ path }) => {
    const [, index] = /^items\.(\d+)\./.exec(path) ?? []
    return index === undefined ? [] : [Number(index)]
  })
