import { z } from 'zod'
import type { Attempt } from '#embedded/paypay/attempt.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import type { OrderViews } from './order-views.ts'
import type { AskedRefund, SimulatedPayPay } from './simulated-paypay.ts'
import type { Violation } from './violation.ts'

/**
 * What the log alone cannot show: whether our books say what really happened at the provider. The log's own rules
 * believe every observation; these know better.
 */
export interface Truth {
  readonly see: (event: RecordedEvent) => void
  readonly created: (merchantPaymentId: string) => void
  /** The provider accepted our cancel. */
  readonly cancelled: (merchantPaymentId: string) => void
  readonly opened: (merchantPaymentId: string) => void
  /** The shop has a code of this attempt on record. */
  readonly isIssued: (merchantPaymentId: string) => boolean
  /** The provider was asked for a refund, and took it or did not. */
  readonly refunded: (refund: AskedRefund, isAccepted: boolean) => void
  readonly lied: (merchantPaymentId: string) => void
  /** Whether somebody was alerted to this money: the provider refused its refund, or spoke falsely of it. */
  readonly isForPeople: (merchantPaymentId: string) => boolean
  readonly wasLiedAbout: (merchantPaymentId: string) => boolean
  readonly liesWereTold: () => boolean
  /** Once everything has ended: the provider's books against ours. */
  readonly settle: () => void
}

export interface TruthOptions {
  /** Undefined until the provider is there, which is before anything is seen. */
  readonly paypay: () => SimulatedPayPay
  readonly views: OrderViews
  readonly nowMs: () => number
  /** How far the clocks of two instances are apart: whoever is ahead may rightly take something for over so much sooner. */
  readonly skewMs: number
  readonly found: (violation: Omit<Violation, 'atMs'>) => void
}

/** Clocks differ a little, and the provider tells expiries in whole seconds. */
const SLACK_MS = 2_000

const Way = z.object({ method: z.string() })
const Failed = z.object({ reason: z.string() })
const Booked = z.object({ amount: z.object({ amountMinor: z.int() }), paymentId: z.string() })
const Refund = z.object({ refundId: z.string() })
const Requested = Refund.extend({ amount: z.object({ amountMinor: z.int() }) })

export const truth = ({ paypay, views, nowMs, skewMs, found }: TruthOptions): Truth => {
  const slackMs = SLACK_MS + Math.abs(skewMs)
  const lies = new Set<string>()
  const openedAtMs = new Map<string, number>()
  /** Attempts of whose money the provider refused to give something back. */
  const refusedOf = new Set<string>()
  /** By refund id, the order whose refund we booked as rejected. */
  const rejected = new Map<string, string>()
  const booked = new Map<string, number>()
  /** By refund id, what we have on record that we ask for. */
  const requested = new Map<string, { readonly attempt: string; readonly amountMinor: number }>()
  const orphans = new Set<string>()
  const orderOf = new Map<string, string>()
  const issued = new Set<string>()
  /** Attempts that wallets pay: what is true of those stands in the log, and its own rules look at that. */
  const ofWallets = new Set<string>()

  const attemptsOf = (orderId: string): Attempt[] =>
    [...paypay().ledger.attempts()].filter(
      ({ merchantPaymentId }) => orderOf.get(merchantPaymentId) === orderId,
    )

  const isPayable = (attempt: Attempt): boolean =>
    !attempt.deleted &&
    attempt.cancelAcceptedAtMs === undefined &&
    nowMs() < attempt.expiresAtMs &&
    (attempt.payment.state === 'none' || attempt.payment.state === 'in-flight')

  /** Whether the provider held this money, or was about to, early enough for whoever asked at the time. */
  const wasUnderWay = (attempt: Attempt, beforeMs: number): boolean => {
    const { merchantPaymentId: id, payment, cancelAcceptedAtMs } = attempt
    if (cancelAcceptedAtMs !== undefined || orphans.has(id) || lies.has(id)) return false
    if (payment.state === 'completed') return payment.paidAtMs < beforeMs - slackMs
    return payment.state === 'in-flight' && (openedAtMs.get(id) ?? Infinity) < beforeMs - slackMs
  }

  const poisoned = (merchantPaymentId: string): void => {
    found({
      rule: 'I3',
      message: 'A code is shown that our own cancel has poisoned',
      ...(orderOf.has(merchantPaymentId) ? { orderId: orderOf.get(merchantPaymentId) ?? '' } : {}),
      facts: { merchantPaymentId },
    })
  }

  const wronglyRejected = (refundId: string, orderId: string): void => {
    found({
      rule: 'I1',
      message: 'A refund was booked as rejected that the provider accepted',
      orderId,
      facts: { refundId },
    })
  }

  const orderFailed = (orderId: string, reason: string): void => {
    const view = views.of(orderId)
    if (view === undefined || reason !== 'PAYMENT_EXPIRED') return
    if (nowMs() < view.windowEndsAtMs - slackMs)
      found({ rule: 'I12', message: 'An order expired before its window was over', orderId, facts: {} })
    for (const attempt of attemptsOf(orderId)) {
      const { merchantPaymentId, payment } = attempt
      if (view.judged.has(merchantPaymentId) || !wasUnderWay(attempt, view.windowEndsAtMs)) continue
      found({
        rule: 'I3',
        message: 'An order expired although a payment of it was made or under way in time',
        orderId,
        facts: { merchantPaymentId, payment: payment.state },
      })
    }
  }

  return {
    see: ({ stream, type, data, metadata }) => {
      const id = stream.slice(stream.indexOf('-') + 1)
      const orderId = metadata.correlationId
      const atProvider = stream.startsWith('payment-') ? paypay().ledger.findAttempt(id) : undefined
      switch (type) {
        case 'PaymentRequested':
          orderOf.set(id, orderId)
          if (Way.parse(data).method === 'WALLET') ofWallets.add(id)
          return
        case 'PaymentCodeIssued':
          issued.add(id)
          if (atProvider?.cancelAcceptedAtMs !== undefined) poisoned(id)
          return
        case 'PaymentOrphaned':
          orphans.add(id)
          return
        case 'PaymentSucceeded': {
          if (ofWallets.has(id)) return
          const { amount } = Booked.parse(data)
          booked.set(id, (booked.get(id) ?? 0) + amount.amountMinor)
          if (atProvider?.payment.state !== 'completed')
            found({
              rule: 'I1',
              message: 'A success was booked that the provider never had',
              orderId,
              facts: { merchantPaymentId: id, payment: atProvider?.payment.state ?? 'unknown' },
            })
          return
        }
        case 'PaymentFailed': {
          const { payment, cancelAcceptedAtMs } = atProvider ?? {}
          if (payment?.state === 'completed' && cancelAcceptedAtMs === undefined)
            found({
              rule: 'I3',
              message: 'A payment that took money was booked as failed',
              orderId,
              facts: { merchantPaymentId: id, reason: Failed.parse(data).reason },
            })
          return
        }
        case 'PaymentLapsed':
          if (atProvider !== undefined && wasUnderWay(atProvider, atProvider.expiresAtMs))
            found({
              rule: 'I3',
              message: 'A code was taken for lapsed although its payment was made or under way in time',
              orderId,
              facts: { merchantPaymentId: id, payment: atProvider.payment.state },
            })
          return
        case 'PaymentCodeDeleted':
          if (atProvider !== undefined && isPayable(atProvider))
            found({
              rule: 'I6',
              message: 'A code was booked as deleted that can still be paid',
              orderId,
              facts: { merchantPaymentId: id },
            })
          return
        case 'OrderFailed':
          orderFailed(orderId, Failed.parse(data).reason)
          return
        case 'RefundRequested': {
          const { refundId, amount } = Requested.parse(data)
          requested.set(refundId, { attempt: id, amountMinor: amount.amountMinor })
          return
        }
        case 'RefundRejected': {
          const { refundId } = Refund.parse(data)
          const { payment } = atProvider ?? {}
          rejected.set(refundId, orderId)
          if (
            payment?.state === 'completed' &&
            paypay().ledger.findRefund(refundId, payment.paymentId) !== undefined
          )
            wronglyRejected(refundId, orderId)
          return
        }
        case 'RefundCompleted': {
          const { refundId } = Refund.parse(data)
          booked.set(id, (booked.get(id) ?? 0) - (requested.get(refundId)?.amountMinor ?? 0))
          return
        }
        default:
      }
    },
    created: (merchantPaymentId) => {
      const orderId = orderOf.get(merchantPaymentId)
      if (orderId === undefined) {
        found({
          rule: 'I3',
          message: 'A code was made that no attempt is on record for',
          facts: { merchantPaymentId },
        })
        return
      }
      const payable = attemptsOf(orderId).filter(isPayable)
      if (payable.length > 1)
        found({
          rule: 'I6',
          message: 'Two codes of one order can be paid at the provider',
          orderId,
          facts: { codes: payable.map((attempt) => attempt.merchantPaymentId).join(' ') },
        })
    },
    cancelled: (merchantPaymentId) => {
      if (issued.has(merchantPaymentId)) poisoned(merchantPaymentId)
    },
    isIssued: (merchantPaymentId) => issued.has(merchantPaymentId),
    opened: (merchantPaymentId) => {
      if (!openedAtMs.has(merchantPaymentId)) openedAtMs.set(merchantPaymentId, nowMs())
    },
    refunded: ({ merchantRefundId, paymentId, amountMinor }, isAccepted) => {
      const onRecord = requested.get(merchantRefundId)
      if (!isAccepted) {
        if (onRecord !== undefined) refusedOf.add(onRecord.attempt)
        return
      }
      const wrongly = rejected.get(merchantRefundId)
      if (wrongly !== undefined) wronglyRejected(merchantRefundId, wrongly)
      if (onRecord?.amountMinor !== amountMinor)
        found({
          rule: 'I11',
          message: 'The provider gave back what is not on record as asked for',
          facts: { merchantRefundId, paymentId, amountMinor, onRecord: onRecord?.amountMinor ?? 'nothing' },
        })
    },
    lied: (merchantPaymentId) => {
      lies.add(merchantPaymentId)
    },
    isForPeople: (merchantPaymentId) => lies.has(merchantPaymentId) || refusedOf.has(merchantPaymentId),
    wasLiedAbout: (merchantPaymentId) => lies.has(merchantPaymentId),
    liesWereTold: () => lies.size > 0,
    settle: () => {
      for (const attempt of paypay().ledger.attempts()) {
        const { merchantPaymentId: id, payment, cancelAcceptedAtMs } = attempt
        if (lies.has(id)) continue
        const refunds = payment.state === 'completed' ? paypay().ledger.refundsOf(payment.paymentId) : []
        const heldMinor =
          payment.state === 'completed' && cancelAcceptedAtMs === undefined
            ? attempt.request.amountMinor - refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
            : 0
        const bookedMinor = booked.get(id) ?? 0
        if (heldMinor === bookedMinor) continue
        const orderId = orderOf.get(id)
        found({
          rule: 'I1',
          message: 'The provider holds another amount than our books say',
          ...(orderId === undefined ? {} : { orderId }),
          facts: { merchantPaymentId: id, heldMinor, bookedMinor, payment: payment.state },
        })
      }
    },
  }
}
