import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { type Clock, systemClock } from '../clock/clock.ts'
import { codeData, paymentData, refundData } from './answers.ts'
import { createCircuitBreaker } from './circuit-breaker.ts'
import type { ProviderCondition } from './condition.ts'
import { type PayPayEnvironment, requireFittingAddress } from './environment.ts'
import { type ProviderCall, createGuardedCalls } from './guarded-calls.ts'
import type { PaymentDetails, PaymentProvider, ProviderOutcome, RefundDetails } from './port.ts'
import { codeBody, refundBody } from './request-bodies.ts'
import { createRequestBudget } from './request-budget.ts'
import { type Transport, createHttpTransport } from './transport.ts'
import type { Verdict } from './verdict.ts'

export type { ProviderCall } from './guarded-calls.ts'

export interface PayPayClientOptions {
  /** Origin, http or https. */
  baseUrl: string
  apiKey: string
  apiSecret: string
  merchantId: string
  /** Which PayPay the keys are for; a contradicting address is refused. Keys do not show it themselves. */
  environment?: PayPayEnvironment
  /** Trusted besides the public roots. */
  extraCaPem?: string
  /** PayPay refuses a request whose clock is two minutes off. */
  clock?: Pick<Clock, 'nowMs' | 'sleep' | 'timer'>
  /** For jitter, 0 to below 1. */
  random?: () => number
  nonce?: () => string
  /** The documented limits: 30 s for create and refund, 15 s for the rest. */
  timeouts?: { slowMs?: number; quickMs?: number }
  /** The bound on all requests together. PayPay does not say how many it takes. */
  budget?: { perSecond: number; burst: number }
  onCall?: (call: ProviderCall) => void
  /** Replaces the network, for simulations. */
  transport?: Transport
}

export interface PayPayClient extends PaymentProvider {
  condition(): ProviderCondition
  /**
   * Asks for a payment that nobody made, if the circuit is open and its pause is over; else does nothing. To be called
   * by whatever looks at readiness now and then, so that the circuit closes although no buyer comes. Never rejects.
   */
  probe(): Promise<void>
  /** Ends idle connections and settles what waits for its turn; calls on the wire still settle. */
  close(): void
}

/** Far more than a shop of this size asks, and below what would look like an attack. */
const BUDGET = { perSecond: 200, burst: 200 }

/** No payment of ours begins so. */
const PROBE_ID = 'probe'

const OUR_ID = /^[A-Za-z0-9_-]{1,64}$/
const CODE_ID = /^[A-Za-z0-9_-]{1,128}$/
const PAYMENT_ID = /^[A-Za-z0-9]{1,64}$/
const MAX_AMOUNT_MINOR = 99_999_999_999

/**
 * PayPay through signed HTTP. See `port.ts` for what each call promises. Throws a TypeError when keys, environment and
 * address cannot belong together.
 */
export function createPayPayClient(options: PayPayClientOptions): PayPayClient {
  requireFittingAddress(options)
  const clock = options.clock ?? systemClock
  const random = options.random ?? Math.random
  const slowMs = options.timeouts?.slowMs ?? 30_000
  const quickMs = options.timeouts?.quickMs ?? 15_000
  const transport = options.transport ?? createHttpTransport(options.baseUrl, options.extraCaPem)
  const breaker = createCircuitBreaker({ nowMs: () => clock.nowMs(), random })
  const budget = createRequestBudget(clock, options.budget ?? BUDGET)
  const calls = createGuardedCalls({
    credentials: options,
    clock,
    random,
    nonce: options.nonce ?? randomUUID,
    transport,
    breaker,
    budget,
    onCall: options.onCall,
  })
  const { call } = calls

  const client: PayPayClient = {
    createCode: async (request) => {
      requireId(OUR_ID, request.merchantPaymentId)
      requireAmount(request.amountMinor)
      return await call(
        {
          operation: 'create-code',
          method: 'POST',
          path: '/v2/codes',
          body: codeBody(request),
          timeoutMs: slowMs,
          urgency: 'now',
          // PayPay does not replay a create: the second answer would hide a code that exists.
          repeatable: false,
        },
        (verdict) =>
          whenSaid(verdict, codeData, (data) =>
            sameOrAbsent(data.merchantPaymentId, request.merchantPaymentId) &&
            sameOrAbsent(data.amount?.amount, request.amountMinor) &&
            sameOrAbsent(data.amount?.currency, request.currency)
              ? {
                  codeId: data.codeId,
                  url: data.url,
                  deeplink: data.deeplink,
                  expiresAtMs: data.expiryDate * 1000,
                }
              : undefined,
          ),
      )
    },

    deleteCode: async (codeId) => {
      requireId(CODE_ID, codeId)
      return await call(
        {
          operation: 'delete-code',
          method: 'DELETE',
          path: `/v2/codes/${codeId}`,
          timeoutMs: quickMs,
          urgency: 'now',
          repeatable: true,
        },
        (verdict) => {
          if (refusedWith(verdict, 'DYNAMIC_QR_NOT_FOUND')) return ok(verdict, 'not-found')
          if (refusedWith(verdict, 'DYNAMIC_QR_ALREADY_PAID')) return ok(verdict, 'already-paid')
          return verdict.kind === 'said' ? ok(verdict, 'deleted') : verdict
        },
      )
    },

    paymentDetails: async (merchantPaymentId, urgency = 'soon', patienceMs = quickMs) => {
      requireId(OUR_ID, merchantPaymentId)
      return await call<PaymentDetails>(
        {
          operation: 'payment-details',
          method: 'GET',
          path: `/v2/codes/payments/${merchantPaymentId}`,
          timeoutMs: Math.min(patienceMs, quickMs),
          isHasty: patienceMs < quickMs,
          urgency,
          repeatable: true,
        },
        (verdict) => {
          // The reference gives both 400 and 404 for this code, so only the code counts.
          if (refusedWith(verdict, 'DYNAMIC_QR_PAYMENT_NOT_FOUND')) return ok(verdict, { kind: 'not-found' })
          return whenSaid<typeof paymentData, PaymentDetails>(verdict, paymentData, (data) => {
            if (!sameOrAbsent(data.merchantPaymentId, merchantPaymentId)) return undefined
            const refunds = data.refunds?.data ?? []
            // Refunds are summed, which makes no sense across currencies.
            if (refunds.some(({ amount }) => amount.currency !== data.amount?.currency)) return undefined
            return {
              kind: 'found',
              status: data.status,
              ...(data.paymentId ? { paymentId: data.paymentId } : {}),
              ...(data.amount ? { amountMinor: data.amount.amount, currency: data.amount.currency } : {}),
              ...(data.acceptedAt ? { acceptedAtMs: data.acceptedAt * 1000 } : {}),
              refunds: refunds.map(({ merchantRefundId, amount, status }) => ({
                merchantRefundId,
                amountMinor: amount.amount,
                status,
              })),
            }
          })
        },
      )
    },

    cancelPayment: async (merchantPaymentId) => {
      requireId(OUR_ID, merchantPaymentId)
      return await call(
        {
          operation: 'cancel-payment',
          method: 'DELETE',
          path: `/v2/payments/${merchantPaymentId}`,
          timeoutMs: quickMs,
          urgency: 'now',
          repeatable: true,
        },
        (verdict) => (verdict.kind === 'said' ? ok(verdict, 'accepted') : verdict),
      )
    },

    refundPayment: async (request) => {
      requireId(OUR_ID, request.merchantRefundId)
      requireId(PAYMENT_ID, request.paymentId)
      requireAmount(request.amountMinor)
      return await call(
        {
          operation: 'refund-payment',
          method: 'POST',
          path: '/v2/refunds',
          body: refundBody(request),
          timeoutMs: slowMs,
          urgency: 'soon',
          // The merchantRefundId makes the repeat answer the earlier result.
          repeatable: true,
        },
        (verdict) =>
          whenSaid(verdict, refundData, (data) =>
            data.merchantRefundId === request.merchantRefundId &&
            sameOrAbsent(data.paymentId, request.paymentId) &&
            data.amount.amount === request.amountMinor &&
            data.amount.currency === request.currency
              ? { status: data.status }
              : undefined,
          ),
      )
    },

    refundDetails: async (merchantRefundId, paymentId) => {
      requireId(OUR_ID, merchantRefundId)
      requireId(PAYMENT_ID, paymentId)
      return await call<RefundDetails>(
        {
          operation: 'refund-details',
          method: 'GET',
          path: `/v2/refunds/${merchantRefundId}`,
          query: `paymentId=${paymentId}`,
          timeoutMs: quickMs,
          urgency: 'whenever',
          repeatable: true,
        },
        (verdict) => {
          if (refusedWith(verdict, 'NO_SUCH_REFUND_ORDER')) return ok(verdict, { kind: 'not-found' })
          return whenSaid<typeof refundData, RefundDetails>(verdict, refundData, (data) =>
            data.merchantRefundId === merchantRefundId &&
            sameOrAbsent(data.paymentId, paymentId) &&
            data.amount.currency === 'JPY'
              ? { kind: 'found', status: data.status, amountMinor: data.amount.amount }
              : undefined,
          )
        },
      )
    },

    probe: async () => {
      if (breaker.state().kind === 'open' && breaker.isPassable())
        await client.paymentDetails(PROBE_ID, 'now')
    },

    condition: () => ({
      circuit: breaker.state(),
      heldUntilMs: budget.heldUntilMs(),
      waiting: budget.waiting(),
      clockSkewMs: calls.clockSkewMs(),
    }),
    close: () => {
      calls.close()
      transport.close()
    },
  }
  return client
}

function requireId(pattern: RegExp, id: string): void {
  if (!pattern.test(id)) throw new TypeError(`not an id PayPay knows: ${JSON.stringify(id.slice(0, 80))}`)
}

function requireAmount(amountMinor: number): void {
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 1 || amountMinor > MAX_AMOUNT_MINOR) {
    throw new RangeError(`not an amount in whole yen: ${amountMinor}`)
  }
}

function sameOrAbsent<T>(said: T | undefined, expected: T): boolean {
  return said === undefined || said === expected
}

function refusedWith(verdict: Verdict, code: string): boolean {
  return verdict.kind === 'refused' && verdict.code === code
}

function requestIdOf(from: { requestId?: string }): { requestId?: string } {
  return from.requestId === undefined ? {} : { requestId: from.requestId }
}

function ok<const T>(verdict: Verdict, value: T): ProviderOutcome<T> {
  return { kind: 'ok', value, ...requestIdOf(verdict) }
}

/** Reads the data of a yes; `pick` answers undefined when it speaks of something other than what was asked. */
function whenSaid<S extends z.ZodType, T>(
  verdict: Verdict,
  schema: S,
  pick: (data: z.output<S>) => T | undefined,
): ProviderOutcome<T> {
  if (verdict.kind !== 'said') return verdict
  const parsed = schema.safeParse(verdict.data)
  const value = parsed.success ? pick(parsed.data) : undefined
  if (value !== undefined) return ok(verdict, value)
  return {
    kind: 'unknown',
    reason: 'unreadable-answer',
    httpStatus: verdict.httpStatus,
    ...requestIdOf(verdict),
  }
}
