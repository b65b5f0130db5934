import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { codeData, paymentData, refundData } from './answers.ts'
import { type Verdict, judge } from './verdict.ts'
import type {
  CodeRequest,
  PaymentDetails,
  PaymentProvider,
  ProviderOutcome,
  RefundDetails,
  RefundRequest,
  UnknownReason,
} from './port.ts'
import { authorizationHeader } from './signature.ts'
import { type Transport, type TransportRequest, createHttpTransport } from './transport.ts'

type ProviderOperation =
  'create-code' | 'delete-code' | 'payment-details' | 'cancel-payment' | 'refund-payment' | 'refund-details'

/** One finished call, for logs and counters. Carries no secret and no personal data. */
export interface ProviderCall {
  operation: ProviderOperation
  outcome: 'ok' | 'refused' | 'unknown'
  /** PayPay's result code of a refusal. */
  code?: string
  /** `unauthorized` needs a person: key, clock, merchant id or contract. */
  reason?: UnknownReason
  httpStatus?: number
  requestId?: string
  durationMs: number
}

export interface PayPayClientOptions {
  /** Origin, http or https. */
  baseUrl: string
  apiKey: string
  apiSecret: string
  merchantId: string
  /** Trusted besides the public roots. */
  extraCaPem?: string
  /** PayPay refuses a request whose clock is two minutes off. */
  clock?: { nowMs(): number }
  nonce?: () => string
  /** The documented limits: 30 s for create and refund, 15 s for the rest. */
  timeouts?: { slowMs?: number; quickMs?: number }
  onCall?: (call: ProviderCall) => void
  /** Replaces the network, for simulations. */
  transport?: Transport
}

export interface PayPayClient extends PaymentProvider {
  /** Ends idle connections. */
  close(): void
}

const CONTENT_TYPE = 'application/json'
const OUR_ID = /^[A-Za-z0-9_-]{1,64}$/
const CODE_ID = /^[A-Za-z0-9_-]{1,128}$/
const PAYMENT_ID = /^[A-Za-z0-9]{1,64}$/
const MAX_AMOUNT_MINOR = 99_999_999_999

/** PayPay through signed HTTP. See `port.ts` for what each call promises. */
export function createPayPayClient(options: PayPayClientOptions): PayPayClient {
  const clock = options.clock ?? { nowMs: () => Date.now() }
  const nonce = options.nonce ?? randomUUID
  const slowMs = options.timeouts?.slowMs ?? 30_000
  const quickMs = options.timeouts?.quickMs ?? 15_000
  const transport = options.transport ?? createHttpTransport(options.baseUrl, options.extraCaPem)

  async function call<T>(
    operation: ProviderOperation,
    request: {
      method: TransportRequest['method']
      path: string
      query?: string
      body?: object
      timeoutMs: number
    },
    read: (verdict: Verdict) => ProviderOutcome<T>,
  ): Promise<ProviderOutcome<T>> {
    const startedAtMs = clock.nowMs()
    const body = request.body === undefined ? undefined : JSON.stringify(request.body)
    const authorization = authorizationHeader(options, {
      method: request.method,
      path: request.path,
      nonce: nonce(),
      epochSeconds: Math.floor(startedAtMs / 1000),
      ...(body === undefined ? {} : { body: { contentType: CONTENT_TYPE, bytes: body } }),
    })
    const answer = await transport.send({
      method: request.method,
      target: request.query === undefined ? request.path : `${request.path}?${request.query}`,
      headers: {
        authorization,
        'x-assume-merchant': options.merchantId,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': CONTENT_TYPE }),
      },
      timeoutMs: request.timeoutMs,
      ...(body === undefined ? {} : { body }),
    })
    const outcome = read(judge(answer))
    const httpStatus = answer.httpStatus
    options.onCall?.({
      operation,
      outcome: outcome.kind,
      durationMs: clock.nowMs() - startedAtMs,
      ...(outcome.kind === 'refused' ? { code: outcome.code } : {}),
      ...(outcome.kind === 'unknown' ? { reason: outcome.reason } : {}),
      ...(httpStatus === undefined ? {} : { httpStatus }),
      ...(outcome.requestId === undefined ? {} : { requestId: outcome.requestId }),
    })
    return outcome
  }

  return {
    createCode: async (request) => {
      requireId(OUR_ID, request.merchantPaymentId)
      requireAmount(request.amountMinor)
      return await call(
        'create-code',
        { method: 'POST', path: '/v2/codes', body: codeBody(request), timeoutMs: slowMs },
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
        'delete-code',
        { method: 'DELETE', path: `/v2/codes/${codeId}`, timeoutMs: quickMs },
        (verdict) => {
          if (refusedWith(verdict, 'DYNAMIC_QR_NOT_FOUND')) return ok(verdict, 'not-found')
          if (refusedWith(verdict, 'DYNAMIC_QR_ALREADY_PAID')) return ok(verdict, 'already-paid')
          return verdict.kind === 'said' ? ok(verdict, 'deleted') : verdict
        },
      )
    },

    paymentDetails: async (merchantPaymentId) => {
      requireId(OUR_ID, merchantPaymentId)
      return await call<PaymentDetails>(
        'payment-details',
        { method: 'GET', path: `/v2/codes/payments/${merchantPaymentId}`, timeoutMs: quickMs },
        (verdict) => {
          // The reference gives both 400 and 404 for this code, so only the code counts.
          if (refusedWith(verdict, 'DYNAMIC_QR_PAYMENT_NOT_FOUND')) return ok(verdict, { kind: 'not-found' })
          return whenSaid<typeof paymentData, PaymentDetails>(verdict, paymentData, (data) => {
            if (!sameOrAbsent(data.merchantPaymentId, merchantPaymentId)) return undefined
            return {
              kind: 'found',
              status: data.status,
              ...(data.paymentId ? { paymentId: data.paymentId } : {}),
              ...(data.amount ? { amountMinor: data.amount.amount, currency: data.amount.currency } : {}),
              ...(data.acceptedAt ? { acceptedAtMs: data.acceptedAt * 1000 } : {}),
              refunds: (data.refunds?.data ?? []).map(({ merchantRefundId, amount, status }) => ({
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
        'cancel-payment',
        { method: 'DELETE', path: `/v2/payments/${merchantPaymentId}`, timeoutMs: quickMs },
        (verdict) => (verdict.kind === 'said' ? ok(verdict, 'accepted') : verdict),
      )
    },

    refundPayment: async (request) => {
      requireId(OUR_ID, request.merchantRefundId)
      requireId(PAYMENT_ID, request.paymentId)
      requireAmount(request.amountMinor)
      return await call(
        'refund-payment',
        { method: 'POST', path: '/v2/refunds', body: refundBody(request), timeoutMs: slowMs },
        (verdict) =>
          whenSaid(verdict, refundData, (data) =>
            data.merchantRefundId === request.merchantRefundId &&
            sameOrAbsent(data.paymentId, request.paymentId) &&
            data.amount.amount === request.amountMinor
              ? { status: data.status }
              : undefined,
          ),
      )
    },

    refundDetails: async (merchantRefundId, paymentId) => {
      requireId(OUR_ID, merchantRefundId)
      requireId(PAYMENT_ID, paymentId)
      return await call<RefundDetails>(
        'refund-details',
        {
          method: 'GET',
          path: `/v2/refunds/${merchantRefundId}`,
          query: `paymentId=${paymentId}`,
          timeoutMs: quickMs,
        },
        (verdict) => {
          if (refusedWith(verdict, 'NO_SUCH_REFUND_ORDER')) return ok(verdict, { kind: 'not-found' })
          return whenSaid<typeof refundData, RefundDetails>(verdict, refundData, (data) =>
            data.merchantRefundId === merchantRefundId && sameOrAbsent(data.paymentId, paymentId)
              ? { kind: 'found', status: data.status, amountMinor: data.amount.amount }
              : undefined,
          )
        },
      )
    },

    close: () => transport.close(),
  }
}

function codeBody(request: CodeRequest): object {
  return {
    merchantPaymentId: request.merchantPaymentId,
    amount: { amount: request.amountMinor, currency: request.currency },
    codeType: 'ORDER_QR',
    isAuthorization: false,
    requestedAt: Math.floor(request.requestedAtMs / 1000),
    ...(request.description === undefined ? {} : { orderDescription: cut(request.description, 255) }),
    ...(request.redirectUrl === undefined
      ? {}
      : { redirectUrl: request.redirectUrl, redirectType: 'WEB_LINK' }),
    ...(request.userAgent === undefined ? {} : { userAgent: request.userAgent }),
  }
}

function refundBody(request: RefundRequest): object {
  return {
    merchantRefundId: request.merchantRefundId,
    paymentId: request.paymentId,
    amount: { amount: request.amountMinor, currency: request.currency },
    requestedAt: Math.floor(request.requestedAtMs / 1000),
    reason: cut(request.reason, 255),
  }
}

/** Cuts by code point, so that no half of a surrogate pair is left. */
function cut(text: string, length: number): string {
  return text.length <= length
    ? text
    : Array.from(text).slice(0, length).join('').slice(0, length).toWellFormed()
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
