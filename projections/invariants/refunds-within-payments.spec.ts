import { describe, it } from 'vitest'
import { money } from '#domain/money/money.ts'
import { attemptId, orderId, paid, placed, refundRejected, refundRequested } from '#domain/order/samples.ts'
import { refundIdOf, total } from '#domain/order/samples.ts'
import * as payments from '#domain/payment/samples.ts'
import { bookedTaken, expectRule, inOrder, inPayment } from './expect-rule.ts'
import { refundsWithinPayments } from './refunds-within-payments.ts'

const yen = (amountMinor: number) => money(amountMinor, 'JPY')
const found = (message: string, stream: string, revision: number, facts: object) => ({
  rule: 'I11' as const,
  orderId,
  stream,
  message,
  facts: { revision, ...facts },
})

describe('I11, refunds of a payment', () => {
  const stream = `payment-${attemptId(1)}`
  const asked = (name: string, minor: number) => inPayment(payments.refundRequested(name, minor))

  it('come to no more than was taken; what was rejected does not count', () => {
    const all = asked('r1', total.amountMinor)
    expectRule(refundsWithinPayments, bookedTaken(), all).toBeKept()
    const rejected = inPayment(payments.refundRejected('r1'))
    expectRule(refundsWithinPayments, bookedTaken(), all, rejected, asked('r2', 18_760)).toBeKept()
    expectRule(refundsWithinPayments, bookedTaken(), asked('r1', 18_000), asked('r2', 761)).toFind(
      found('More is to go back than was taken', stream, 2, {
        refundId: 'r2',
        taken: '18760 JPY',
        asked: '18761 JPY',
      }),
    )
  })

  it('are not of money that was never taken', () => {
    expectRule(refundsWithinPayments, asked('r1', 1)).toFind(
      found('More is to go back than was taken', stream, 0, {
        refundId: 'r1',
        taken: 'nothing',
        asked: '1 JPY',
      }),
    )
  })

  it('each have an id of their own, over all payments of the order', () => {
    const elsewhere = inPayment(payments.refundRequested('r1', 1), 2)
    expectRule(refundsWithinPayments, bookedTaken(), bookedTaken(total, 2), asked('r1', 1), elsewhere).toFind(
      found('One refund id was asked for twice', `payment-${attemptId(2)}`, 1, {
        refundId: 'r1',
        before: attemptId(1),
        now: attemptId(2),
      }),
    )
  })
})

describe('I11, refunds of an order', () => {
  it('come to no more than it was paid with; what was rejected does not count', () => {
    const sold = [inOrder(placed), inOrder(paid(1)), inOrder(refundRequested('a', total))]
    expectRule(
      refundsWithinPayments,
      ...sold,
      inOrder(refundRejected('a')),
      inOrder(refundRequested('b', total)),
    ).toBeKept()
    expectRule(refundsWithinPayments, ...sold, inOrder(refundRequested('b', yen(1)))).toFind(
      found('More is to go back than was taken', `order-${orderId}`, 3, {
        refundId: refundIdOf('b'),
        taken: '18760 JPY',
        asked: '18761 JPY',
      }),
    )
  })
})
