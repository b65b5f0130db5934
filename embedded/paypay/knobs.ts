import { z } from 'zod'

/**
 * Where PayPay's behaviour is undocumented, contradictory or set by contract, the simulator has a knob.
 * The defaults are the reading that integrators report most often; `spec-sdk.ts` runs the conformance suite in both.
 *
 * Written from documents and captures, never tried against PayPay. Choices without a knob: an id stays taken for ever
 * (PayPay frees it after 525 or 921 days), a repeated cancel stays accepted, and the daily file's time format.
 */
const knobsSchema = z.strictObject({
  /** Captured codes live 300 s plus up to two seconds. */
  codeLifeMs: z.int().min(1).max(86_400_000),
  codeLifeJitterMs: z.int().min(0).max(60_000),
  /** A repeated merchantPaymentId: the error table says refuse, the schema text says the earlier result. */
  duplicateCreate: z.enum(['refuse', 'replay']),
  /** What a malformed create is called: the common table's name, or the one in the call's own table. */
  malformedCreate: z.enum(['INVALID_REQUEST_PARAMS', 'DYNAMIC_QR_BAD_REQUEST']),
  /** What a delete answers beside SUCCESS: the reference says a qrStatus, its older editions null. */
  deleteData: z.enum(['qr-status', 'null']),
  /** What deleting a paid code is refused with; the code the older tables give is missing from the current one. */
  paidDelete: z.enum(['DYNAMIC_QR_ALREADY_PAID', 'DYNAMIC_QR_NOT_FOUND', 'DYNAMIC_QR_BAD_REQUEST']),
  /** The error table says 400 for DYNAMIC_QR_PAYMENT_NOT_FOUND, the OpenAPI document 404. */
  notFoundStatus: z.union([z.literal(400), z.literal(404)]),
  /** Whether an unpaid, lapsed code answers CREATED for ever, or is purged. */
  lapsedAnswers: z.enum(['created', 'not-found']),
  /** Whether a cancel of an id never seen is accepted like one of an unpaid code. */
  unknownCancel: z.enum(['accept', 'not-found']),
  /** How long after its acceptance, or after the payment it lay in wait for, a cancel shows as FAILED. */
  cancelSettleMs: z.int().min(0).max(86_400_000),
  /** Several refunds of one payment are a contract option. */
  multipleRefunds: z.boolean(),
  /** Two tables name two refusals for a contract without that option. */
  multipleRefundRefusal: z.enum(['UNACCEPTABLE_OP', 'MERCHANT_MULTIPLE_REFUND_REJECTED']),
  /** Least time between two refunds of one payment. */
  refundThrottleMs: z.int().min(0).max(86_400_000),
  /** Null keeps refunds in CREATED until they are settled on command. */
  refundSettleMs: z.int().min(0).max(31_536_000_000).nullable(),
  /** Documented as 200, seen as 201. */
  refundHttpStatus: z.union([z.literal(200), z.literal(201)]),
  /** Whether REFUNDED already shows after a partial refund; undocumented. */
  partialRefundAnswers: z.enum(['REFUNDED', 'COMPLETED']),
  /** Whether REFUNDED already shows when a refund is accepted, or only when it has settled; undocumented. */
  refundShows: z.enum(['when-accepted', 'when-settled']),
  /**
   * How long after its making an order can be cancelled or refunded at all. PayPay announced such a limit from autumn
   * 2026 without saying how long; null keeps orders for ever.
   */
  retentionMs: z.int().min(1).max(315_360_000_000).nullable(),
  /** Failed payments "may be absent" from the daily file. */
  reconFailures: z.enum(['listed', 'absent']),
  /** A nonce used twice within the permitted skew; not documented as an error. */
  repeatedNonce: z.enum(['accept', 'reject']),
  /** `real` lets the virtual clock run ahead without every request being refused for its epoch. */
  authClock: z.enum(['virtual', 'real']),
  /** Which answers end the delivery of a webhook. */
  webhookSuccess: z.enum(['200', '2xx']),
})

export const knobChangeSchema = knobsSchema.exactPartial()

export type Knobs = z.output<typeof knobsSchema>

export const defaultKnobs: Knobs = {
  codeLifeMs: 300_000,
  codeLifeJitterMs: 2_000,
  duplicateCreate: 'refuse',
  malformedCreate: 'INVALID_REQUEST_PARAMS',
  deleteData: 'qr-status',
  paidDelete: 'DYNAMIC_QR_ALREADY_PAID',
  notFoundStatus: 404,
  lapsedAnswers: 'created',
  unknownCancel: 'accept',
  cancelSettleMs: 0,
  multipleRefunds: true,
  multipleRefundRefusal: 'UNACCEPTABLE_OP',
  refundThrottleMs: 60_000,
  refundSettleMs: 3_000,
  refundHttpStatus: 200,
  partialRefundAnswers: 'REFUNDED',
  refundShows: 'when-accepted',
  retentionMs: null,
  reconFailures: 'listed',
  repeatedNonce: 'accept',
  authClock: 'virtual',
  webhookSuccess: '200',
}
