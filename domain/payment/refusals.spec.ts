import { describe, expect, it } from 'vitest'
import { fold } from '../given.ts'
import { money } from '../money/money.ts'
import type { PaymentCommand, PaymentRefusal } from './commands.ts'
import { paymentDecider } from './decider.ts'
import type { PaymentEvent } from './events.ts'
import {
  codeIssued,
  completed,
  completeRefund,
  issueCode,
  lapseCode,
  observed,
  orphanAttempt,
  orphaned,
  recordCancelAnswer,
  refundCompleted,
  refundRejected,
  refundRequested,
  rejectRefund,
  requested,
  requestPayment,
  requestRefund,
  succeeded,
} from './samples.ts'

const paid = [requested, codeIssued, observed(completed), succeeded]

/** Where a command can meet several refusals at once, the row is built so that it does: the first one must win. */
const table: Record<PaymentRefusal, readonly [readonly PaymentEvent[], PaymentCommand]> = {
  'unknown-attempt': [[], requestRefund('r1', 1_001)],
  'attempt-differs': [[requested, orphaned], { ...requestPayment, amount: money(1, 'JPY') }],
  'attempt-closed': [[requested, orphaned], issueCode],
  'code-already-issued': [[requested, codeIssued], orphanAttempt],
  'no-code': [[requested], lapseCode],
  'already-succeeded': [paid, orphanAttempt],
  'not-orphaned': [[requested, codeIssued], recordCancelAnswer()],
  'not-captured': [[requested, codeIssued], requestRefund('r1', 1_001)],
  'refund-exceeds-capture': [[...paid, refundRequested('r1', 400)], requestRefund('r1', 1_001)],
  'refund-differs': [[...paid, refundRequested('r1', 400)], requestRefund('r1', 401)],
  'unknown-refund': [[...paid, refundRequested('r1', 400), refundCompleted('r1')], completeRefund('r2')],
  'refund-already-completed': [
    [...paid, refundRequested('r1', 400), refundCompleted('r1')],
    rejectRefund('r1'),
  ],
  'refund-already-rejected': [
    [...paid, refundRequested('r1', 400), refundRejected('r1')],
    completeRefund('r1'),
  ],
}

describe('refusals of a payment attempt, in their documented precedence', () => {
  it.each(Object.entries(table))('%s', (refusal, [events, command]) => {
    const decision = paymentDecider.decide(fold(paymentDecider, events), command)
    expect(decision).toStrictEqual({ kind: 'refused', refusal })
  })
})
