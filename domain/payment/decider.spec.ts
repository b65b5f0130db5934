import { describe, expect, it } from 'vitest'
import { fold, given, inWords } from '../given.ts'
import { money } from '../money/money.ts'
import type { PaymentCommand } from './commands.ts'
import { paymentDecider } from './decider.ts'
import type { PaymentEvent } from './events.ts'
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
  observed,
  orphanAttempt,
  orphaned,
  otherOrderId,
  recordCancelAnswer,
  recordCodeDeleted,
  rejectRefund,
  rejectRequest,
  requested,
  requestPayment,
  requestRefund,
  saying,
  succeeded,
} from './samples.ts'

const payment = (...events: readonly PaymentEvent[]) => given(paymentDecider, ...events)

const open = [requested, codeIssued]
const failed = [...open, observed(saying('FAILED')), failedAs('FAILED')]
const paid = [...open, observed(completed), succeeded]
const states: Record<string, readonly PaymentEvent[]> = {
  none: [],
  requested: [requested],
  open: open,
  'open, deleted': [...open, codeDeleted],
  'open, lapsed': [...open, lapsed],
  orphaned: [requested, orphaned],
  'orphaned, cancelled': [requested, orphaned, cancelAnswered()],
  'orphaned, not reversible': [requested, orphaned, cancelAnswered('not-reversible')],
  'failed, as an orphan': [requested, orphaned, observed(saying('FAILED')), failedAs('FAILED')],
  'failed, without a code': [requested, failedAs('TRANSACTION_FAILED')],
  failed: failed,
  'succeeded, without a code': [requested, orphaned, observed(completed), succeeded],
  succeeded: paid,
}

describe('every command in every state', () => {
  const succeeded = 'no: already-succeeded'
  const closed = 'no: attempt-closed'
  const issued = 'no: code-already-issued'
  const noCode = 'no: no-code'
  const unknown = 'no: unknown-attempt'
  const answers = (name: string, commands: readonly PaymentCommand[]) => {
    const state = fold(paymentDecider, states[name] ?? [])
    expect(state.status).toBe(name.split(',')[0])
    return commands.map((command) => inWords(paymentDecider.decide(state, command)))
  }

  it.each([
    ['none', 'PaymentRequested', unknown, unknown, unknown, unknown, unknown],
    ['requested', 'unchanged', 'PaymentCodeIssued', 'PaymentFailed', noCode, noCode, 'PaymentOrphaned'],
    ['open', 'unchanged', 'unchanged', issued, 'PaymentCodeDeleted', 'PaymentLapsed', issued],
    ['open, deleted', 'unchanged', 'unchanged', issued, 'unchanged', 'PaymentLapsed', issued],
    ['open, lapsed', 'unchanged', 'unchanged', issued, 'PaymentCodeDeleted', 'unchanged', issued],
    ['orphaned', 'unchanged', closed, closed, noCode, 'unchanged', 'unchanged'],
    ['orphaned, cancelled', 'unchanged', closed, closed, noCode, 'unchanged', 'unchanged'],
    ['failed, as an orphan', 'unchanged', closed, 'unchanged', noCode, 'unchanged', 'unchanged'],
    ['failed, without a code', 'unchanged', closed, 'unchanged', noCode, 'unchanged', 'unchanged'],
    ['failed', 'unchanged', closed, 'unchanged', 'unchanged', 'unchanged', 'unchanged'],
    ['succeeded, without a code', 'unchanged', succeeded, succeeded, noCode, succeeded, succeeded],
    ['succeeded', 'unchanged', 'unchanged', succeeded, 'unchanged', succeeded, succeeded],
  ])('of an attempt that is %s', (name, ...expected) => {
    const commands = [requestPayment, issueCode, rejectRequest, recordCodeDeleted, lapseCode, orphanAttempt]
    expect(answers(name, commands)).toStrictEqual(expected)
  })

  it.each([
    ['none', unknown, unknown],
    ['requested', 'no: not-orphaned', 'no: not-orphaned'],
    ['open', 'no: not-orphaned', 'no: not-orphaned'],
    ['orphaned', 'PaymentCancelAnswered', 'PaymentCancelAnswered'],
    ['orphaned, not reversible', 'unchanged', 'PaymentCancelAnswered'],
    ['orphaned, cancelled', 'unchanged', 'unchanged'],
    ['failed, as an orphan', 'PaymentCancelAnswered', 'PaymentCancelAnswered'],
    ['failed', 'no: not-orphaned', 'no: not-orphaned'],
    ['succeeded, without a code', succeeded, succeeded],
    ['succeeded', succeeded, succeeded],
  ])('of a cancel when the attempt is %s', (name, ...expected) => {
    const commands = [recordCancelAnswer('not-reversible'), recordCancelAnswer('accepted')]
    expect(answers(name, commands)).toStrictEqual(expected)
  })

  it.each(Object.keys(states))('of a refund when the attempt is %s', (name) => {
    const commands = [requestRefund('r1', 1_000), completeRefund('r1'), rejectRefund('r1')]
    const expected = name.startsWith('succeeded')
      ? ['RefundRequested', 'no: unknown-refund', 'no: unknown-refund']
      : commands.map(() => (name === 'none' ? unknown : 'no: not-captured'))
    expect(answers(name, commands)).toStrictEqual(expected)
  })
})

describe('an attempt and its code', () => {
  it('is requested once, and again only for the same order, number and amount', () => {
    payment().when(requestPayment).then(requested)
    payment(...paid)
      .when({ ...requestPayment, requestedAtMs: 1 })
      .thenUnchanged()
    payment(requested)
      .when({ ...requestPayment, orderId: otherOrderId })
      .thenRefused('attempt-differs')
    payment(requested)
      .when({ ...requestPayment, attempt: 2 })
      .thenRefused('attempt-differs')
    payment(requested)
      .when({ ...requestPayment, amount: money(999, 'JPY') })
      .thenRefused('attempt-differs')
    payment(requested)
      .when({ ...requestPayment, amount: money(1_000, 'USD') })
      .thenRefused('attempt-differs')
  })

  it('has a code, which is deleted, lapses or never reaches us', () => {
    payment(requested).when(issueCode).then(codeIssued)
    payment(...open)
      .when(recordCodeDeleted)
      .then(codeDeleted)
    payment(...open, codeDeleted)
      .when(lapseCode)
      .then(lapsed)
    payment(requested).when(orphanAttempt).then(orphaned)
    payment(requested, orphaned).when(recordCancelAnswer()).then(cancelAnswered())
  })

  it('was rejected by the provider with a code of its own', () => {
    payment(requested).when(rejectRequest).then(failedAs('TRANSACTION_FAILED'))
  })
})
