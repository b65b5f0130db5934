import type { Attempt, CodeRequest, Ledger, PaymentMethod, Refund } from './attempt.ts'
import type { Chance } from './chance.ts'
import type { Knobs } from './knobs.ts'
import { codeAnswer, paymentAnswer, refundAnswer } from './payment-answer.ts'
import { codeRequestSchema, readBody, refundRequestSchema } from './requests.ts'
import { type Answer, accepted, failure, success } from './results.ts'
import {
  type Announcement,
  type NotPayable,
  type PaymentStatus,
  type Step,
  beginAuthorisation,
  capturedMinor,
  deleteCode,
  fail,
  lapsed,
  pay,
  refundObstacle,
  refundStatusAt,
  requestCancel,
  statusAt,
} from './transitions.ts'

/**
 * PayPay without a network: the API calls by their bodies, and the deeds of buyers.
 * Synchronous, with time and chance injected, so that a simulation can drive it step by step.
 */
export interface Provider {
  createCode(rawBody: Buffer): Answer
  deleteCode(codeId: string): Answer
  paymentDetails(merchantPaymentId: string): Answer
  cancelPayment(merchantPaymentId: string): Answer
  refundPayment(rawBody: Buffer): Answer
  refundDetails(merchantRefundId: string, paymentId: string | undefined): Answer

  /**
   * The buyer's deeds. What PayPay would now announce by webhook is in the answer, stored already;
   * sending it is the caller's business.
   */
  buyerPays(merchantPaymentId: string, how?: { method?: PaymentMethod; late?: boolean }): Deed
  buyerOpensApp(merchantPaymentId: string): Deed
  /** To be announced only if asked for: PayPay "may not" announce a failure. */
  paymentFails(merchantPaymentId: string, how?: { announce?: boolean }): Deed
  /** The code's life ends now. */
  codeLapses(merchantPaymentId: string): Deed
  /** Settles one refund, or all that wait; answers how many. */
  refundsSettle(merchantRefundId?: string): number

  statusOf(attempt: Attempt): PaymentStatus
}

export type Deed =
  | { kind: 'done'; attempt: Attempt; status: PaymentStatus; announced?: Announcement }
  | { kind: 'refused'; because: NotPayable | 'unknown-payment' }

export interface ProviderParts {
  ledger: Ledger
  chance: Chance
  nowMs: () => number
  knobs: () => Knobs
  /** Where buyers reach the cashier page. */
  publicUrl: () => string
}

export function createProvider(parts: ProviderParts): Provider {
  const { ledger, chance } = parts
  const save = (attempt: Attempt) => ledger.saveAttempt(attempt, capturedMinor(attempt))
  const refundsFor = (attempt: Attempt): Refund[] =>
    attempt.payment.state === 'completed' ? ledger.refundsOf(attempt.payment.paymentId) : []
  const statusOf = (attempt: Attempt) => statusAt(attempt, refundsFor(attempt), parts.nowMs(), parts.knobs())

  function paymentIdFor(attempt: Attempt): string {
    return attempt.payment.state === 'none'
      ? chance.paymentId(attempt.merchantPaymentId)
      : attempt.payment.paymentId
  }

  function deed(
    merchantPaymentId: string,
    step: (attempt: Attempt) => Step<NotPayable>,
    announce = true,
  ): Deed {
    const attempt = ledger.findAttempt(merchantPaymentId)
    if (attempt === undefined) return { kind: 'refused', because: 'unknown-payment' }
    const taken = step(attempt)
    if (taken.kind === 'refused') return taken
    save(taken.attempt)
    const done = { kind: 'done', attempt: taken.attempt, status: statusOf(taken.attempt) } as const
    return taken.announce === undefined || !announce ? done : { ...done, announced: taken.announce }
  }

  return {
    createCode: (rawBody) => {
      const read = readBody(codeRequestSchema, rawBody)
      if (read.kind === 'refused') {
        const { malformedCreate } = parts.knobs()
        return read.because === 'INVALID_REQUEST_PARAMS' ? failure(malformedCreate) : failure(read.because)
      }
      const { value } = read
      if (value.isAuthorization === true) return failure('PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT')
      const { merchantPaymentId } = value
      const known = ledger.findAttempt(merchantPaymentId)
      if (known !== undefined) {
        if (parts.knobs().duplicateCreate === 'refuse') return failure('DUPLICATE_DYNAMIC_QR_REQUEST')
        return success(codeAnswer(known, parts.publicUrl()), 201)
      }
      const nowMs = parts.nowMs()
      const { codeLifeMs, codeLifeJitterMs } = parts.knobs()
      const earlyCancel = ledger.findEarlyCancel(merchantPaymentId)
      const attempt: Attempt = {
        merchantPaymentId,
        linkKey: chance.linkKey(merchantPaymentId),
        request: remembered(value),
        createdAtMs: nowMs,
        expiresAtMs: nowMs + codeLifeMs + chance.jitterMs(merchantPaymentId, codeLifeJitterMs),
        deleted: false,
        payment: { state: 'none' },
        ...(earlyCancel === undefined ? {} : { cancelAcceptedAtMs: earlyCancel.acceptedAtMs }),
      }
      save(attempt)
      return success(codeAnswer(attempt, parts.publicUrl()), 201)
    },

    deleteCode: (codeId) => {
      const attempt = codeId.startsWith('04-') ? ledger.findAttemptByLinkKey(codeId.slice(3)) : undefined
      if (attempt === undefined) return failure('DYNAMIC_QR_NOT_FOUND')
      const step = deleteCode(attempt, parts.knobs())
      if (step.kind === 'refused') return failure(step.because)
      save(step.attempt)
      return success(parts.knobs().deleteData === 'null' ? null : { qrStatus: 'DELETED' })
    },

    paymentDetails: (merchantPaymentId) => {
      const knobs = parts.knobs()
      const nowMs = parts.nowMs()
      const attempt = ledger.findAttempt(merchantPaymentId)
      const unpaid = attempt?.payment.state === 'none'
      const purged = unpaid && knobs.lapsedAnswers === 'not-found' && lapsed(attempt, nowMs)
      if (attempt === undefined || purged || (unpaid && attempt.deleted)) {
        return failure('DYNAMIC_QR_PAYMENT_NOT_FOUND', knobs.notFoundStatus)
      }
      return success(paymentAnswer(attempt, refundsFor(attempt), nowMs, knobs))
    },

    cancelPayment: (merchantPaymentId) => {
      const attempt = ledger.findAttempt(merchantPaymentId)
      const nowMs = parts.nowMs()
      if (attempt === undefined) {
        if (parts.knobs().unknownCancel === 'not-found') return failure('RESOURCE_NOT_FOUND')
        if (!/^[A-Za-z0-9_-]{1,64}$/.test(merchantPaymentId)) return failure('INVALID_REQUEST_PARAMS')
        ledger.saveEarlyCancel({ merchantPaymentId, acceptedAtMs: nowMs })
        return accepted()
      }
      const step = requestCancel(attempt, refundsFor(attempt), nowMs, parts.knobs())
      if (step.kind === 'refused') return failure(step.because)
      save(step.attempt)
      return accepted()
    },

    refundPayment: (rawBody) => {
      const read = readBody(refundRequestSchema, rawBody)
      if (read.kind === 'refused') return failure(read.because)
      const { merchantRefundId, paymentId, amount, requestedAt, reason } = read.value
      const knobs = parts.knobs()
      const nowMs = parts.nowMs()
      const answer = (refund: Refund) => success(refundAnswer(refund, nowMs), knobs.refundHttpStatus)

      const earlier = ledger.findRefund(merchantRefundId, paymentId)
      if (earlier !== undefined) return answer(earlier)
      const attempt = ledger.findAttemptByPaymentId(paymentId)
      if (attempt === undefined) {
        // A help article names this answer for the common mistake of sending one's own id as PayPay's.
        const ownIdSent = ledger.findAttempt(paymentId) !== undefined
        return failure(ownIdSent ? 'REFUND_SERVER_ERROR' : 'RESOURCE_NOT_FOUND')
      }
      const obstacle = refundObstacle(attempt, refundsFor(attempt), amount.amount, nowMs, knobs)
      if (obstacle !== undefined) return failure(obstacle)
      const refund: Refund = {
        merchantRefundId,
        paymentId,
        amountMinor: amount.amount,
        requestedAtSeconds: requestedAt,
        acceptedAtMs: nowMs,
        ...(reason == null ? {} : { reason }),
        ...(knobs.refundSettleMs === null ? {} : { settlesAtMs: nowMs + knobs.refundSettleMs }),
      }
      ledger.saveRefund(refund)
      return answer(refund)
    },

    refundDetails: (merchantRefundId, paymentId) => {
      const refund = paymentId === undefined ? undefined : ledger.findRefund(merchantRefundId, paymentId)
      if (refund === undefined) return failure('NO_SUCH_REFUND_ORDER')
      return success(refundAnswer(refund, parts.nowMs()))
    },

    buyerPays: (merchantPaymentId, how = {}) =>
      deed(merchantPaymentId, (attempt) =>
        pay(attempt, {
          paymentId: paymentIdFor(attempt),
          method: how.method ?? 'WALLET',
          late: how.late ?? false,
          nowMs: parts.nowMs(),
        }),
      ),

    buyerOpensApp: (merchantPaymentId) =>
      deed(merchantPaymentId, (attempt) => beginAuthorisation(attempt, paymentIdFor(attempt), parts.nowMs())),

    paymentFails: (merchantPaymentId, how = {}) =>
      deed(
        merchantPaymentId,
        (attempt) => fail(attempt, paymentIdFor(attempt), parts.nowMs()),
        how.announce ?? false,
      ),

    codeLapses: (merchantPaymentId) =>
      deed(merchantPaymentId, (attempt) => ({
        kind: 'done',
        attempt: { ...attempt, expiresAtMs: Math.min(attempt.expiresAtMs, parts.nowMs()) },
      })),

    refundsSettle: (merchantRefundId) => {
      const nowMs = parts.nowMs()
      const waiting = ledger
        .unsettledRefunds(nowMs)
        .filter((refund) => merchantRefundId === undefined || refund.merchantRefundId === merchantRefundId)
        .filter((refund) => refundStatusAt(refund, nowMs) === 'CREATED')
      for (const refund of waiting) ledger.saveRefund({ ...refund, settlesAtMs: nowMs })
      return waiting.length
    },

    statusOf,
  }
}

function remembered(value: ReturnType<typeof codeRequestSchema.parse>): CodeRequest {
  const kept = {
    orderDescription: value.orderDescription,
    redirectUrl: value.redirectUrl,
    redirectType: value.redirectType,
    storeId: value.storeId,
    terminalId: value.terminalId,
    requestedAtSeconds: value.requestedAt,
    orderItems: value.orderItems,
  }
  const present = Object.fromEntries(Object.entries(kept).filter(([, sent]) => sent != null))
  return { amountMinor: value.amount.amount, ...present }
}
