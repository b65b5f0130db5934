import { describe, it } from 'vitest'
import {
  awaiting,
  cancelled,
  failed,
  orderId,
  paid,
  partlyRefunded,
  placed,
  refunded,
  refundIdOf,
  refundRejected as orderRefundRejected,
  refundRequested as orderRefundRequested,
  renewing,
  surplus,
  total,
} from '#domain/order/samples.ts'
import {
  codeIssued,
  lapsed,
  refundCompleted,
  refundRejected,
  refundRequested,
  requested,
} from '#domain/payment/samples.ts'
import { attemptId } from '#domain/order/samples.ts'
import { bookedTaken, expectRule, inOrder, inPayment, saidTaken } from './expect-rule.ts'
import { legalOrderRefunds, legalRefunds, legalTransitions } from './legal-transitions.ts'

const illegal = (type: string, revision: number, state: string, stream = `order-${orderId}`) => ({
  rule: 'I5' as const,
  orderId,
  stream,
  message: `${type} came where it may not`,
  facts: { revision, state },
})

describe('I5, a stream', () => {
  const begun = [inOrder(placed), inOrder(awaiting(1)), inOrder(renewing(2)), inOrder(awaiting(2))]

  it('goes from state to state as it may', () => {
    expectRule(legalTransitions, ...begun, inOrder(paid(2)), inOrder(surplus('DOUBLE', 1))).toBeKept()
    expectRule(
      legalTransitions,
      inPayment(requested),
      inPayment(codeIssued),
      inPayment(lapsed),
      saidTaken(),
      bookedTaken(),
    ).toBeKept()
  })

  it('is in flight until its order has ended', () => {
    expectRule(legalTransitions, ...begun).toOwe({
      rule: 'I5',
      orderId,
      stream: `order-${orderId}`,
      message: 'An order has not ended',
      facts: { state: 'WAITING_PAYMENT' },
    })
  })

  it('never leaves an end', () => {
    for (const [end, state] of [
      [paid(2), 'PAID'],
      [failed, 'FAILED'],
      [cancelled, 'CANCELLED'],
    ] as const)
      for (const after of [paid(1), failed, cancelled, awaiting(3), renewing(3), placed])
        expectRule(legalTransitions, ...begun, inOrder(end), inOrder(after)).toFind(
          illegal(after.type, 5, state),
        )
  })

  it('leads from paid to refunded, which is an end', () => {
    const back = [orderRefundRequested('a', total), refunded('a', total)].map((event) => inOrder(event))
    const paidOrder = [inOrder(placed), inOrder(paid(1)), ...back]
    expectRule(legalTransitions, ...paidOrder, inOrder(surplus('DOUBLE', 2))).toBeKept()
    for (const after of [paid(2), cancelled, orderRefundRequested('b', total), orderRefundRejected('a')])
      expectRule(legalTransitions, ...paidOrder, inOrder(after)).toFind(illegal(after.type, 4, 'REFUNDED'))
  })

  it('begins with its first event, which is told once', () => {
    expectRule(legalTransitions, inOrder(paid(1)), inOrder(surplus('DOUBLE', 2))).toFind(
      illegal('OrderPaid', 0, 'none'),
    )
  })

  it('holds no event of another kind of stream', () => {
    expectRule(
      legalTransitions,
      inOrder(placed),
      { ...inOrder(awaiting(1)), event: lapsed },
      inOrder(paid(1)),
    ).toFind(illegal('PaymentLapsed', 1, 'PENDING'))
  })

  it('succeeds once', () => {
    expectRule(legalTransitions, inPayment(requested), saidTaken(), bookedTaken(), bookedTaken()).toFind(
      illegal('PaymentSucceeded', 3, 'succeeded', `payment-${attemptId(1)}`),
    )
  })
})

describe('I5, a refund', () => {
  const stream = `payment-${attemptId(1)}`
  const asked = inPayment(refundRequested('r1', 1))

  it('is asked for, and ends one way', () => {
    expectRule(legalRefunds, asked, inPayment(refundCompleted('r1'))).toBeKept()
    expectRule(legalRefunds, asked, inPayment(refundRejected('r1'))).toBeKept()
  })

  it('does not end twice, nor without being asked for, nor begin again', () => {
    expectRule(legalRefunds, asked, inPayment(refundCompleted('r1')), inPayment(refundRejected('r1'))).toFind(
      illegal('RefundRejected', 2, 'completed', stream),
    )
    expectRule(legalRefunds, inPayment(refundCompleted('r1'))).toFind(
      illegal('RefundCompleted', 0, 'none', stream),
    )
    expectRule(legalRefunds, asked, asked).toFind(illegal('RefundRequested', 1, 'requested', stream))
  })
})

describe('I5, a refund by staff', () => {
  const asked = inOrder(orderRefundRequested('a', total))

  it('is asked for, and ends one way', () => {
    for (const end of [partlyRefunded('a', total, total), refunded('a', total), orderRefundRejected('a')])
      expectRule(legalOrderRefunds, asked, inOrder(end)).toBeKept()
  })

  it('is in flight until it has ended', () => {
    expectRule(legalOrderRefunds, asked).toOwe({
      rule: 'I5',
      orderId,
      stream: `order-${orderId}`,
      message: 'A refund of an order has not ended',
      facts: { refundId: refundIdOf('a') },
    })
  })

  it('does not end twice, nor without being asked for, nor begin again', () => {
    const end = inOrder(refunded('a', total))
    expectRule(legalOrderRefunds, asked, end, inOrder(orderRefundRejected('a'))).toFind(
      illegal('OrderRefundRejected', 2, 'completed'),
    )
    expectRule(legalOrderRefunds, end).toFind(illegal('OrderRefunded', 0, 'none'))
    expectRule(legalOrderRefunds, asked, end, asked).toFind(illegal('OrderRefundRequested', 2, 'completed'))
  })
})
