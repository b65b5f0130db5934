import { describe, it } from 'vitest'
import { money } from '#domain/money/money.ts'
import { attemptId, failed, orderId, paid, placed, surplus, total } from '#domain/order/samples.ts'
import { refundCompleted, refundRejected, refundRequested } from '#domain/payment/samples.ts'
import { bookedTaken, expectRule, inOrder, inPayment } from './expect-rule.ts'
import { successesAccountedFor } from './successes-accounted-for.ts'

const stream = `payment-${attemptId(1)}`
const merchantPaymentId = attemptId(1)
const open = (message: string, returnedMinor = 0) => ({
  rule: 'I3' as const,
  orderId,
  stream,
  message,
  facts: { amountMinor: 18_760, currency: 'JPY', returnedMinor },
})
const late = [inOrder(placed), inOrder(failed), bookedTaken(), inOrder(surplus('LATE', 1))]

describe('I3, a success of the provider', () => {
  it('ends as the payment of its order', () => {
    expectRule(successesAccountedFor, inOrder(placed), bookedTaken(), inOrder(paid(1))).toBeKept()
  })

  it('ends as surplus that went back in full, in one refund or several', () => {
    expectRule(
      successesAccountedFor,
      ...late,
      inPayment(refundRequested('r1', 18_760)),
      inPayment(refundCompleted('r1')),
    ).toBeKept()
    expectRule(
      successesAccountedFor,
      ...late,
      inPayment(refundRequested('r1', 10_000)),
      inPayment(refundCompleted('r1')),
      inPayment(refundRequested('r2', 8_760)),
      inPayment(refundCompleted('r2')),
    ).toBeKept()
  })

  it('is owed a judgement, a refund, and its money, until it has them', () => {
    expectRule(successesAccountedFor, inOrder(placed), bookedTaken()).toOwe(
      open('The order has not judged a success yet'),
    )
    expectRule(successesAccountedFor, ...late).toOwe(
      open('No refund of a surplus payment has been asked for yet'),
    )
    const asked = [...late, inPayment(refundRequested('r1', 10_000))]
    expectRule(successesAccountedFor, ...asked).toOwe(open('A surplus payment is on its way back'))
    expectRule(successesAccountedFor, ...asked, inPayment(refundCompleted('r1'))).toOwe(
      open('A surplus payment is on its way back', 10_000),
    )
    expectRule(successesAccountedFor, ...asked, inPayment(refundRejected('r1'))).toOwe(
      open('The provider rejected the refund of a surplus payment'),
    )
  })

  it('belongs to an order that was placed', () => {
    expectRule(successesAccountedFor, bookedTaken()).toFind({
      rule: 'I3',
      orderId,
      stream,
      message: 'Money was taken for an order that was never placed',
      facts: { revision: 0, merchantPaymentId },
    })
  })

  it('is judged once, and for what was taken', () => {
    const found = (message: string, revision: number, facts: object = {}) => ({
      rule: 'I3' as const,
      orderId,
      stream: `order-${orderId}`,
      message,
      facts: { revision, merchantPaymentId, ...facts },
    })
    const noSuccess = 'Surplus was recorded of an attempt that has no success left to judge'
    expectRule(successesAccountedFor, inOrder(placed), inOrder(surplus('LATE', 1))).toFind(
      found(noSuccess, 1),
    )
    expectRule(successesAccountedFor, ...late, inOrder(surplus('LATE', 1))).toFind(found(noSuccess, 3))
    expectRule(
      successesAccountedFor,
      inOrder(placed),
      bookedTaken(),
      inOrder(paid(1)),
      inOrder(surplus('DOUBLE', 1)),
    ).toFind(found(noSuccess, 2))
    expectRule(
      successesAccountedFor,
      inOrder(placed),
      bookedTaken(total),
      inOrder(surplus('MISMATCHED', 1, money(1, 'JPY'))),
    ).toFind(
      found('Surplus was recorded with another amount than the attempt took', 1, {
        expected: '18760 JPY',
        found: '1 JPY',
      }),
    )
  })
})
