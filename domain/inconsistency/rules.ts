import type { AlertRule } from '../alert/rules.ts'
import { isReturned, type AttemptFacts, type Facts } from './facts.ts'
import { said, type Occurrence, type RuleOf, type Thresholds } from './occurrence.ts'

export type InconsistencyRule = RuleOf<AlertRule>

/** The attempts of a case that have this, with it. */
const attemptsWith = <K extends 'success' | 'judged' | 'denial'>(facts: Facts, part: K) =>
  Object.entries(facts.attempts).flatMap(([id, attempt]) => {
    const value: AttemptFacts[K] = attempt[part]
    return value === undefined ? [] : [{ id, attempt, value }]
  })

/** Money that the order could not take: what happened stays true, and is over once the money is back. */
const surplus =
  (kind: 'LATE' | 'DOUBLE' | 'MISMATCHED', observedCode: string, expectedCode: string) =>
  (facts: Facts): readonly Occurrence[] =>
    attemptsWith(facts, 'judged')
      .filter(({ value }) => value.as === kind)
      .map(({ id, attempt, value: { eventId, atMs, amount } }) => ({
        subject: id,
        triggerEventId: eventId,
        sinceMs: atMs,
        source: attempt.success?.source ?? 'order',
        observed: said(observedCode, {
          merchantPaymentId: id,
          paymentId: attempt.success?.paymentId,
          amountMinor: amount.amountMinor,
          currency: amount.currency,
        }),
        expected: said(expectedCode, {
          amountMinor: facts.order?.total.amountMinor,
          currency: facts.order?.total.currency,
        }),
        amount,
        ...(attempt.success && { succeededAtMs: attempt.success.succeededAtMs }),
        ...(isReturned(attempt, amount) && { healed: 'surplus-refunded' }),
      }))

const MONEY_GOES_BACK =
  'The refund runs by itself; see that it ends. Tell the buyer. If it is refused, pay the money back by hand.'

/**
 * Everything that an operator is told of, in one table: pure, and the same whether the provider was asked after a webhook,
 * by a poll, by staff or by the buyer. Thresholds are configuration.
 */
export const INCONSISTENCY_RULES: readonly InconsistencyRule[] = [
  {
    id: 'A',
    severity: 'P2',
    after: 'unpaidSuccessMs',
    violated: 'The provider took a payment, and the order neither is PAID by it nor recorded it as surplus.',
    heals: 'The order takes it as its payment or as surplus, or the money has gone back.',
    action:
      'Look whether the checkout process is connected and has parked the order; replay it once the cause is mended.',
    whenGone: 'superseded',
    occurrences: (facts) =>
      attemptsWith(facts, 'success').map(({ id, attempt, value }) => ({
        subject: id,
        triggerEventId: value.eventId,
        sinceMs: value.atMs,
        source: value.source,
        observed: said('payment-succeeded', { merchantPaymentId: id, paymentId: value.paymentId }),
        expected: said('order-paid-or-surplus'),
        amount: value.amount,
        succeededAtMs: value.succeededAtMs,
        ...healedBy(
          attempt.judged && (attempt.judged.as === 'PAID' ? 'order-paid' : 'surplus-recorded'),
          isReturned(attempt, value.amount) && 'money-returned',
        ),
      })),
  },
  {
    id: 'B',
    severity: 'P2',
    after: 'unfundedOrderMs',
    violated:
      'An order is PAID and its attempt has no success on record; or the provider later reports a failure of that payment which is not our own cancel or refund.',
    heals: 'The success is recorded, the provider confirms the payment again, or the money has gone back.',
    action:
      'Do not ship. Ask PayPay about the payment id; cancel the delivery or ask the buyer to pay again.',
    whenGone: 'superseded',
    occurrences: (facts) => [...paidWithoutSuccess(facts), ...deniedSuccesses(facts)],
  },
  {
    id: 'C-double',
    severity: 'P1',
    violated: 'A second payment of a paid order succeeded.',
    heals: 'The second payment has gone back in full.',
    action: MONEY_GOES_BACK,
    whenGone: 'superseded',
    occurrences: surplus('DOUBLE', 'paid-twice', 'one-payment'),
  },
  {
    id: 'C-late',
    severity: 'P1',
    violated: 'A payment succeeded after its order had failed, expired or been cancelled.',
    heals: 'The payment has gone back in full.',
    action: MONEY_GOES_BACK,
    whenGone: 'superseded',
    occurrences: surplus('LATE', 'paid-after-end', 'no-payment'),
  },
  {
    id: 'amount-mismatch',
    severity: 'P1',
    violated: 'A payment succeeded with another amount or currency than the order’s total.',
    heals: 'The payment has gone back in full.',
    action: `${MONEY_GOES_BACK} Find out why the amounts differ before anything else is sold.`,
    whenGone: 'superseded',
    occurrences: surplus('MISMATCHED', 'other-amount-paid', 'order-total'),
  },
  {
    id: 'refund-stuck',
    severity: 'P2',
    after: 'stuckRefundMs',
    violated: 'A refund was requested and neither done nor refused.',
    heals: 'The refund is done, or refused for good.',
    action:
      'Ask PayPay: a buyer whose balance is at its limit can hold a refund up for days. Tell the buyer.',
    whenGone: 'superseded',
    occurrences: (facts) =>
      refundsOf(facts).map(({ id, refundId, refund }) => ({
        subject: refundId,
        triggerEventId: refund.eventId,
        sinceMs: refund.atMs,
        source: 'refunding',
        observed: said('refund-open', { merchantPaymentId: id, refundId, requestedAtMs: refund.atMs }),
        expected: said('refund-ended'),
        amount: refund.amount,
        ...healedBy(refund.ended && `refund-${refund.status}`),
      })),
  },
  {
    id: 'refund-rejected',
    severity: 'P2',
    violated: 'The provider refused a refund for good.',
    heals: 'As much has gone back by later refunds of the same payment, or all of the payment has.',
    action:
      'Read the provider’s code. Ask for the refund again under another id, or pay the money back by hand.',
    whenGone: 'superseded',
    occurrences: (facts) =>
      refundsOf(facts).flatMap(({ id, attempt, refundId, refund }) =>
        refund.status === 'rejected' && refund.ended !== undefined
          ? [
              {
                subject: refundId,
                triggerEventId: refund.ended.eventId,
                sinceMs: refund.ended.atMs,
                source: 'refunding',
                observed: said('refund-refused', {
                  merchantPaymentId: id,
                  refundId,
                  code: refund.ended.code,
                }),
                expected: said('money-returned'),
                amount: refund.amount,
                ...healedBy(isMadeUpFor(attempt, refund.ended.atMs, refund.amount) && 'money-returned'),
              },
            ]
          : [],
      ),
  },
  {
    id: 'payment-unknown',
    severity: 'P2',
    after: 'unknownPaymentMs',
    violated: 'The payment window is over, and nobody knows yet whether the order is paid.',
    heals: 'The order is paid, failed or cancelled.',
    action:
      'See whether PayPay answers. The stock stays held meanwhile; the buyer sees that it is being confirmed.',
    whenGone: 'superseded',
    occurrences: ({ order }) =>
      order === undefined
        ? []
        : [
            {
              subject: order.orderId,
              triggerEventId: order.placed.eventId,
              sinceMs: order.windowEndsAtMs,
              source: 'order',
              observed: said('order-open', { windowEndsAtMs: order.windowEndsAtMs }),
              expected: said('order-ended'),
              amount: order.total,
              ...healedBy(
                order.status !== 'PENDING' &&
                  order.status !== 'WAITING_PAYMENT' &&
                  `order-${order.status.toLowerCase()}`,
              ),
            },
          ],
  },
  {
    id: 'process-parked',
    severity: 'P2',
    violated: 'A process put a case aside, because a step kept failing or an event could not be read.',
    heals: 'The case was replayed and released.',
    action:
      'Read on /admin/parked why it is parked. Mend the cause, or deploy the build that can read the event, then replay it there.',
    whenGone: 'key-released',
    occurrences: ({ parked = {} }) =>
      Object.entries(parked).map(([subject, { process, key, eventId, atMs }]) => ({
        subject,
        triggerEventId: eventId,
        sinceMs: atMs,
        source: process,
        observed: said('key-parked', { process, key }),
        expected: said('key-flows'),
      })),
  },
  {
    id: 'provider-refuses-credentials',
    severity: 'P2',
    after: 'refusedCredentialsMs',
    violated: 'The provider refuses our key, our clock or our merchant id.',
    heals: 'The provider answers a call again.',
    action:
      'Compare the clock with a time server, then key, secret and merchant id with PayPay’s console. Nothing is failed meanwhile.',
    whenGone: 'credentials-accepted',
    occurrences: ({ refusing = {} }) =>
      Object.entries(refusing).map(([provider, { eventId, atMs }]) => ({
        subject: provider,
        triggerEventId: eventId,
        sinceMs: atMs,
        source: provider,
        observed: said('credentials-refused', { provider }),
        expected: said('credentials-accepted', { provider }),
      })),
  },
]

/** The first of these reasons that holds. */
const healedBy = (...reasons: readonly (string | false | undefined)[]): { readonly healed?: string } => {
  const reason = reasons.find((one) => typeof one === 'string')
  return typeof reason === 'string' ? { healed: reason } : {}
}

const paidWithoutSuccess = ({ order, attempts }: Facts): readonly Occurrence[] => {
  if (order?.paid === undefined) return []
  const { merchantPaymentId, eventId, atMs, amount } = order.paid
  return [
    {
      subject: merchantPaymentId,
      triggerEventId: eventId,
      sinceMs: atMs,
      source: 'order',
      observed: said('no-success-recorded', { merchantPaymentId }),
      expected: said('payment-succeeded'),
      amount,
      ...healedBy(attempts[merchantPaymentId]?.success && 'payment-recorded'),
    },
  ]
}

const deniedSuccesses = (facts: Facts): readonly Occurrence[] =>
  attemptsWith(facts, 'denial').flatMap(({ id, attempt, value: denial }) =>
    attempt.judged?.as !== 'PAID'
      ? []
      : [
          {
            subject: id,
            triggerEventId: denial.eventId,
            sinceMs: denial.atMs,
            source: denial.source,
            observed: said('provider-denies-payment', { merchantPaymentId: id, status: denial.status }),
            expected: said('payment-succeeded'),
            amount: attempt.judged.amount,
            ...(attempt.success && { succeededAtMs: attempt.success.succeededAtMs }),
            ...healedBy(
              denial.isWithdrawn && 'provider-confirms-payment',
              isReturned(attempt, attempt.judged.amount) && 'money-returned',
            ),
          },
        ],
  )

const refundsOf = (facts: Facts) =>
  Object.entries(facts.attempts).flatMap(([id, attempt]) =>
    Object.entries(attempt.refunds).map(([refundId, refund]) => ({ id, attempt, refundId, refund })),
  )

/** Whether later refunds brought back as much as the refused one would have, or all there was. */
const isMadeUpFor = (
  attempt: AttemptFacts,
  sinceMs: number,
  amount: { readonly amountMinor: number; readonly currency: string },
): boolean => {
  const later = Object.values(attempt.refunds)
    .filter(({ status, ended }) => status === 'completed' && (ended?.atMs ?? 0) >= sinceMs)
    .filter((refund) => refund.amount.currency === amount.currency)
    .reduce((sum, refund) => sum + refund.amount.amountMinor, 0)
  const taken = attempt.success?.amount
  return later >= amount.amountMinor || (taken !== undefined && isReturned(attempt, taken))
}

/** How long an occurrence of this rule must last before it is told. */
export const thresholdOf = ({ after }: InconsistencyRule, thresholds: Thresholds): number =>
  after === undefined ? 0 : thresholds[after]
