import type { Clock } from '../clock/clock.ts'
import type { CircuitBreaker, Evidence } from './circuit-breaker.ts'
import { clockSkewMs } from './clock-skew.ts'
import type { ProviderOutcome, UnknownReason, Urgency } from './port.ts'
import { backOffMs, isWorthRepeating } from './repeating.ts'
import type { RequestBudget } from './request-budget.ts'
import { type SigningKey, authorizationHeader } from './signature.ts'
import type { Transport, TransportAnswer } from './transport.ts'
import { type Verdict, judge } from './verdict.ts'

export type ProviderOperation =
  'create-code' | 'delete-code' | 'payment-details' | 'cancel-payment' | 'refund-payment' | 'refund-details'

/** One finished attempt at a call, for logs and counters. Carries no secret and no personal data. */
export interface ProviderCall {
  operation: ProviderOperation
  /** From 1; a call that is safe to repeat may take several. */
  attempt: number
  outcome: 'ok' | 'refused' | 'unknown'
  /** PayPay's result code of a refusal. */
  code?: string
  /** `unauthorized` needs a person: key, clock, merchant id or contract. */
  reason?: UnknownReason
  httpStatus?: number
  requestId?: string
  /** Time on the wire, without the queue. */
  durationMs: number
  /** How far PayPay's clock is ahead of ours, as far as its Date header shows. */
  clockSkewMs?: number
}

export interface CallSpec {
  operation: ProviderOperation
  method: 'GET' | 'POST' | 'DELETE'
  /** Without the query, which the signature does not cover. */
  path: string
  query?: string
  body?: object
  /** For everything: the queue, the attempts and the waits between them. */
  timeoutMs: number
  /** The caller waits for less than the call's usual time, so its silence says nothing of the provider's health. */
  isHasty?: boolean
  urgency: Urgency
  /** Whether PayPay takes the same request twice for one. */
  repeatable: boolean
}

export interface GuardedCalls {
  readonly call: <T>(
    spec: CallSpec,
    read: (verdict: Verdict) => ProviderOutcome<T>,
  ) => Promise<ProviderOutcome<T>>
  /** How far PayPay's clock is ahead of ours by its latest answer with a date; undefined before the first. */
  clockSkewMs(): number | undefined
  /** Settles what waits; later calls are held back. */
  close(): void
}

export interface GuardedCallsParts {
  credentials: SigningKey & { merchantId: string }
  clock: Pick<Clock, 'nowMs' | 'sleep'>
  random: () => number
  nonce: () => string
  transport: Transport
  breaker: CircuitBreaker
  budget: RequestBudget
  onCall?: ((call: ProviderCall) => void) | undefined
}

const CONTENT_TYPE = 'application/json'

/** A sender that asks for longer is asked again after this. */
const LONGEST_PAUSE_MS = 5 * 60_000

const HELD_BACK = { kind: 'unknown', reason: 'held-back' } as const

/** Signed calls under the budget and the breaker, repeated where that is safe. */
export function createGuardedCalls(parts: GuardedCallsParts): GuardedCalls {
  const { credentials, clock, random, transport, breaker, budget } = parts
  const closing = new AbortController()
  let latestSkewMs: number | undefined
  let throttledAtMs = 0
  let throttledInARow = 0

  /** A 429 halts every call, not this one alone: the limit is the merchant's. So does a 503 that says for how long. */
  function heed(answer: TransportAnswer, verdict: Verdict, sentAtMs: number): void {
    if (answer.kind !== 'answered') return
    const throttled = verdict.kind === 'unknown' && verdict.reason === 'rate-limited'
    // Calls sent before the latest 429 was known belong to the same burst and are no news.
    const isNews = sentAtMs >= throttledAtMs
    if (isNews) throttledInARow = throttled ? throttledInARow + 1 : 0
    if (throttled) throttledAtMs = clock.nowMs()
    const ownMs = throttled && isNews ? backOffMs(throttledInARow + 2, random) : 0
    const askedMs = throttled || answer.httpStatus === 503 ? (answer.retryAfterMs ?? 0) : 0
    const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(ownMs, askedMs))
    if (pauseMs > 0) budget.hold(clock.nowMs() + pauseMs)
  }

  async function send(spec: CallSpec, timeoutMs: number): Promise<TransportAnswer> {
    const body = spec.body === undefined ? undefined : JSON.stringify(spec.body)
    const authorization = authorizationHeader(credentials, {
      method: spec.method,
      path: spec.path,
      nonce: parts.nonce(),
      epochSeconds: Math.floor(clock.nowMs() / 1000),
      ...(body === undefined ? {} : { body: { contentType: CONTENT_TYPE, bytes: body } }),
    })
    return await transport.send({
      method: spec.method,
      target: spec.query === undefined ? spec.path : `${spec.path}?${spec.query}`,
      headers: {
        authorization,
        'x-assume-merchant': credentials.merchantId,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': CONTENT_TYPE }),
      },
      timeoutMs,
      ...(body === undefined ? {} : { body }),
    })
  }

  function record<T>(
    { operation }: CallSpec,
    attempt: number,
    outcome: ProviderOutcome<T>,
    wire: { durationMs: number; httpStatus?: number; clockSkewMs?: number },
  ): ProviderOutcome<T> {
    parts.onCall?.({
      operation,
      attempt,
      outcome: outcome.kind,
      ...(outcome.kind === 'refused' ? { code: outcome.code } : {}),
      ...(outcome.kind === 'unknown' ? { reason: outcome.reason } : {}),
      ...(outcome.requestId === undefined ? {} : { requestId: outcome.requestId }),
      ...wire,
    })
    return outcome
  }

  async function once<T>(
    spec: CallSpec,
    attempt: number,
    deadlineMs: number,
    read: (verdict: Verdict) => ProviderOutcome<T>,
  ): Promise<ProviderOutcome<T>> {
    const mayGo = breaker.isPassable() && (await budget.take(spec.urgency, deadlineMs))
    const ticket = mayGo ? breaker.admit() : undefined
    if (ticket === undefined) return record<T>(spec, attempt, HELD_BACK, { durationMs: 0 })

    let evidence: Evidence = 'none'
    try {
      const sentAtMs = clock.nowMs()
      const answer = await send(spec, Math.max(1, deadlineMs - sentAtMs))
      const receivedAtMs = clock.nowMs()
      const verdict = judge(answer)
      evidence = evidenceOf(verdict, spec)
      heed(answer, verdict, sentAtMs)
      const { httpStatus, serverTimeMs } = answer
      if (serverTimeMs !== undefined) latestSkewMs = clockSkewMs({ serverTimeMs, sentAtMs, receivedAtMs })
      return record(spec, attempt, read(verdict), {
        durationMs: receivedAtMs - sentAtMs,
        ...(httpStatus === undefined ? {} : { httpStatus }),
        ...(serverTimeMs === undefined || latestSkewMs === undefined ? {} : { clockSkewMs: latestSkewMs }),
      })
    } finally {
      ticket.report(evidence)
    }
  }

  return {
    call: async (spec, read) => {
      const deadlineMs = clock.nowMs() + spec.timeoutMs
      let outcome = await once(spec, 1, deadlineMs, read)
      for (let attempt = 1; spec.repeatable && isWorthRepeating(outcome, attempt); attempt += 1) {
        const waitMs = backOffMs(attempt, random)
        if (clock.nowMs() + waitMs >= deadlineMs) break
        await clock.sleep(waitMs, closing.signal)
        if (closing.signal.aborted) break
        const again = await once(spec, attempt + 1, deadlineMs, read)
        // What the earlier attempt met says more than that this one was not made.
        if (again.kind === 'unknown' && again.reason === 'held-back') break
        outcome = again
      }
      return outcome
    },
    clockSkewMs: () => latestSkewMs,
    close: () => {
      closing.abort()
      budget.stop()
    },
  }
}

/** A 429 is no sign of health, nor of trouble: it is heeded by a pause. */
function evidenceOf(verdict: Verdict, { isHasty }: CallSpec): Evidence {
  if (verdict.kind !== 'unknown') return 'answered'
  if (verdict.reason === 'timed-out' && isHasty === true) return 'none'
  if (verdict.reason === 'unauthorized') return 'unauthorized'
  return verdict.reason === 'rate-limited' ? 'none' : 'failed'
}
