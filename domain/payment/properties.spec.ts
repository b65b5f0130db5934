import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  expectAnyEventsFold,
  expectEventsSurviveTheLog,
  expectTwiceIsOnce,
  overRandomHistories,
} from '../laws.ts'
import { money } from '../money/money.ts'
import { paymentCodec } from './codec.ts'
import type { PaymentCommand } from './commands.ts'
import { paymentDecider, type PaymentState } from './decider.ts'
import { ObservationSource, type Observation } from './events.ts'
import {
  cancelAnswered,
  codeDeleted,
  codeIssued,
  completed,
  completeRefund,
  failedAs,
  issueCode,
  lapseCode,
  lapsed,
  observe,
  observed,
  orphanAttempt,
  orphaned,
  recordCancelAnswer,
  recordCodeDeleted,
  refundCompleted,
  refundRejected,
  refundRequested,
  rejectRefund,
  rejectRequest,
  requested,
  requestPayment,
  requestRefund,
  saying,
  succeeded,
} from './samples.ts'

const observation: fc.Arbitrary<Observation> = fc.record(
  {
    status: fc.constantFrom(
      'CREATED',
      'COMPLETED',
      'captured',
      'FAILED',
      'EXPIRED',
      'REFUNDED',
      'not-found',
      'HM',
    ),
    paymentId: fc.constantFrom('', '04137808670405270001', '04137808670405270002'),
    amount: fc.constantFrom(money(1_000, 'JPY'), money(999, 'JPY'), money(10, 'USD')),
    acceptedAtMs: fc.constantFrom(1, 2),
    refunds: fc.array(
      fc.record(
        {
          merchantRefundId: fc.constantFrom('r1', 'r2'),
          amountMinor: fc.constantFrom(0, 100),
          status: fc.constantFrom('CREATED', 'REFUNDED'),
        },
        { noNullPrototype: true },
      ),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['status', 'refunds'], noNullPrototype: true },
)
const refundId = fc.constantFrom('r1', 'r2', 'r3', 'r4')
const command: fc.Arbitrary<PaymentCommand> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<PaymentCommand[]>(
      requestPayment,
      requestPayment,
      requestPayment,
      { ...requestPayment, attempt: 2 },
      issueCode,
      rejectRequest,
      recordCodeDeleted,
      lapseCode,
      orphanAttempt,
      recordCancelAnswer('not-reversible'),
      recordCancelAnswer('accepted'),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(observation, fc.constantFrom(...ObservationSource.options))
      .map(([observation, source]) => observe(observation, source)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        refundId,
        fc.constantFrom(1, 300, 500, 1_000, 1_001),
        fc.constantFrom('JPY', 'JPY', 'JPY', 'USD'),
      )
      .map(([id, amountMinor, currency]) => requestRefund(id, amountMinor, currency)),
  },
  { weight: 1, arbitrary: refundId.map(completeRefund) },
  { weight: 1, arbitrary: refundId.map(rejectRefund) },
)

const moneyOf = (state: PaymentState) =>
  state.status === 'succeeded'
    ? {
        captured: state.captured.amountMinor,
        refunded: [...state.refunds.values()]
          .filter((refund) => refund.status !== 'rejected')
          .reduce((sum, refund) => sum + refund.amount.amountMinor, 0),
        currencies: new Set(
          [state.captured, ...[...state.refunds.values()].map(({ amount }) => amount)].map(
            ({ currency }) => currency,
          ),
        ).size,
      }
    : { captured: 0, refunded: 0, currencies: 1 }

describe('a payment attempt, whatever happens to it', () => {
  it('decides a command that comes twice only once', () => {
    expectTwiceIsOnce(paymentDecider, command)
  })

  it('writes only events that can be read back', () => {
    expectEventsSurviveTheLog(paymentDecider, paymentCodec, command)
  })

  it('folds any events', () => {
    const refunds = [
      refundRequested('r1', 400),
      refundCompleted('r1'),
      refundRejected('r1'),
      refundRejected('r2'),
    ]
    const code = [
      codeIssued,
      codeDeleted,
      lapsed,
      orphaned,
      cancelAnswered('not-reversible'),
      cancelAnswered(),
    ]
    const answers = [observed(completed), observed(saying('FAILED')), succeeded, failedAs('FAILED')]
    expectAnyEventsFold(paymentDecider, [requested, ...code, ...answers, ...refunds])
  })

  it('never refunds more than was captured, nor in another currency', () => {
    overRandomHistories(paymentDecider, command, ({ after }) => {
      const { captured, refunded, currencies } = moneyOf(after)
      expect(refunded).toBeLessThanOrEqual(captured)
      expect(currencies).toBe(1)
    })
  })

  it('keeps a success for ever, and what it captured', () => {
    overRandomHistories(paymentDecider, command, ({ before, after, events }) => {
      if (before.status !== 'succeeded') return
      const { paymentId, captured } = before
      expect(after).toMatchObject({ status: 'succeeded', paymentId, captured })
      expect(events.map(({ type }) => type)).not.toContain('PaymentSucceeded')
      expect(events.map(({ type }) => type)).not.toContain('PaymentFailed')
    })
  })
})
