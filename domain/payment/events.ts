import { z } from 'zod'
import type { Event } from '../event.ts'
import { CustomerId, MerchantPaymentId, OrderId } from '../ids.ts'
import { Money } from '../money/money.ts'

/** Who brought an answer: the path differs, the booking does not. */
export const ObservationSource = z.enum(['webhook', 'poll', 'return', 'operator', 'wallet'])
export type ObservationSource = z.infer<typeof ObservationSource>

export const ObservedRefund = z.object({
  merchantRefundId: z.string(),
  amountMinor: z.int().nonnegative(),
  status: z.string(),
})

/** What the provider said about an attempt when it was asked. Never what a webhook claimed. */
export const Observation = z.object({
  /** The provider's word, kept as it came; `not-found` when it knows no such payment. */
  status: z.string().min(1),
  paymentId: z.string().optional(),
  amount: Money.optional(),
  acceptedAtMs: z.int().optional(),
  refunds: z.array(ObservedRefund).default([]),
})
export type Observation = z.infer<typeof Observation>

/** Who is asked for the money of an attempt: the provider, or the buyer's own wallet. */
export const AttemptMethod = z.enum(['PAYPAY', 'WALLET'])
export type AttemptMethod = z.infer<typeof AttemptMethod>

/**
 * An attempt to collect the order's total is about to be made. Written by checkout before the provider is called, or the
 * wallet debited, so that a call whose answer is lost can be found again. Does not mean that either knows of it.
 */
export const PaymentRequested = z.object({
  merchantPaymentId: MerchantPaymentId,
  orderId: OrderId,
  attempt: z.int().positive(),
  method: AttemptMethod,
  /** Whose wallet pays; only with the method WALLET. */
  account: CustomerId.optional(),
  amount: Money,
  /** The order's payment window, so that whoever watches the attempt needs no other stream. */
  windowEndsAtMs: z.int(),
  requestedAtMs: z.int(),
})

/** The provider issued a payable code. Written by checkout; from here on the buyer may pay at any moment. */
export const PaymentCodeIssued = z.object({
  codeId: z.string().min(1),
  url: z.url(),
  deeplink: z.string().min(1),
  /** The provider's expiry, not ours. A lapsed code keeps answering CREATED. */
  expiresAtMs: z.int(),
  atMs: z.int(),
})

/** The provider confirmed that the code can no longer be paid. Written by checkout. A success may still have been before it. */
export const PaymentCodeDeleted = z.object({ atMs: z.int() })

/**
 * The provider's answer changed. Written by whoever asked (confirmation, the API), only when status, payment id,
 * amount or refunds differ from the last answer. A fact about the provider, not yet about the order.
 */
export const PaymentObserved = z.object({
  observation: Observation,
  source: ObservationSource,
  atMs: z.int(),
})

/**
 * The provider holds the buyer's money for this attempt. Written with the observation that showed it, once per
 * attempt. Whether the order takes it (in time, right amount, first) is the order's decision, never made here.
 */
export const PaymentSucceeded = z.object({
  paymentId: z.string().min(1),
  amount: Money,
  succeededAtMs: z.int(),
  source: ObservationSource,
  atMs: z.int(),
})

/** The provider said definitely that this attempt took no money, or refused to make it. Written once per attempt. */
export const PaymentFailed = z.object({
  /** The provider's status or error code. */
  reason: z.string().min(1),
  source: ObservationSource,
  atMs: z.int(),
})

/**
 * The code's life ended and the provider, asked after that, knew of no payment. Written by confirmation. Not a
 * failure: a payment that was under way may still surface, so the attempt stays watched.
 */
export const PaymentLapsed = z.object({ atMs: z.int() })

/**
 * The answer to the create call was lost and the code never reached us, so nobody will be shown it. Written by checkout
 * before the provider is asked to cancel it, so that no late answer can still issue a code that is then cancelled; the
 * next attempt is minted only once the cancel is accepted. It stays watched.
 */
export const PaymentOrphaned = z.object({ reason: z.string().min(1), atMs: z.int() })

/**
 * `accepted`: the provider gives back what is or will be paid with this code. `not-reversible`: it takes no cancel of it
 * any more, so what it holds can only be refunded.
 */
export const CancelAnswer = z.enum(['accepted', 'not-reversible'])
export type CancelAnswer = z.infer<typeof CancelAnswer>

/**
 * The provider said for good what becomes of the cancel of an orphaned attempt. Written by checkout when the answer came,
 * which may be later than the provider took it: answers are lost, and then the cancel is repeated. None is sent
 * after this. Does not mean that money went back, nor that there was any.
 */
export const PaymentCancelAnswered = z.object({ answer: CancelAnswer, atMs: z.int() })

/** A refund is about to be asked for under this id. Written before the call, so that a lost answer repeats the same refund. */
export const RefundRequested = z.object({
  refundId: z.string().min(1),
  amount: Money,
  reason: z.string().min(1),
  atMs: z.int(),
})

/** The provider said the money of this refund has gone back. */
export const RefundCompleted = z.object({ refundId: z.string().min(1), atMs: z.int() })

/** The provider refused this refund definitely; a person must decide what happens to the money. */
export const RefundRejected = z.object({
  refundId: z.string().min(1),
  code: z.string().min(1),
  atMs: z.int(),
})

export type PaymentEvent =
  | Event<'PaymentRequested', typeof PaymentRequested>
  | Event<'PaymentCodeIssued', typeof PaymentCodeIssued>
  | Event<'PaymentCodeDeleted', typeof PaymentCodeDeleted>
  | Event<'PaymentObserved', typeof PaymentObserved>
  | Event<'PaymentSucceeded', typeof PaymentSucceeded>
  | Event<'PaymentFailed', typeof PaymentFailed>
  | Event<'PaymentLapsed', typeof PaymentLapsed>
  | Event<'PaymentOrphaned', typeof PaymentOrphaned>
  | Event<'PaymentCancelAnswered', typeof PaymentCancelAnswered>
  | Event<'RefundRequested', typeof RefundRequested>
  | Event<'RefundCompleted', typeof RefundCompleted>
  | Event<'RefundRejected', typeof RefundRejected>
