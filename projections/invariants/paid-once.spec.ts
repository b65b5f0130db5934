import { describe, it } from 'vitest'
import { money } from '#domain/money/money.ts'
import { attemptId, orderId, paid, placed, rice, surplus, total } from '#domain/order/samples.ts'
import { requested } from '#domain/payment/samples.ts'
import { bookedTaken, expectRule, inOrder, inPayment, paidWith, placedWith } from './expect-rule.ts'
import { paidOnce } from './paid-once.ts'

const stream = `order-${orderId}`
const finding = (message: string, revision: number, facts: Record<string, string> = {}) => ({
  rule: 'I2' as const,
  orderId,
  stream,
  message,
  facts: { revision, ...facts },
})

describe('I2, a paid order', () => {
  it('has one success of its own amount, before it', () => {
    expectRule(paidOnce, inOrder(placed), bookedTaken(), inOrder(paid(1))).toBeKept()
    expectRule(
      paidOnce,
      inOrder(placed),
      bookedTaken(),
      bookedTaken(total, 2),
      inOrder(paid(2)),
      inOrder(surplus('DOUBLE', 1)),
    ).toBeKept()
  })

  it('is none without a success, or with one that comes later', () => {
    const never = finding('An order was paid by an attempt that took no money', 1, {
      merchantPaymentId: attemptId(1),
    })
    expectRule(paidOnce, inOrder(placed), inOrder(paid(1))).toFind(never)
    expectRule(paidOnce, inOrder(placed), inOrder(paid(1)), bookedTaken()).toFind(never)
    expectRule(paidOnce, inOrder(placed), bookedTaken(total, 2), inOrder(paid(1))).toFind(never)
  })

  it('is none that was never placed', () => {
    expectRule(paidOnce, bookedTaken(), inOrder(paid(1))).toFind(
      finding('An order was paid that was never placed', 0, { merchantPaymentId: attemptId(1) }),
    )
  })

  it('is paid once', () => {
    expectRule(
      paidOnce,
      inOrder(placed),
      bookedTaken(),
      bookedTaken(total, 2),
      inOrder(paid(1)),
      inOrder(paid(2)),
    ).toFind(finding('An order that is paid was paid again', 2, { merchantPaymentId: attemptId(2) }))
  })

  it('is paid what it costs, in its currency', () => {
    const order = paid(1)
    for (const amount of [money(18_759, 'JPY'), money(18_760, 'USD')]) {
      const facts = { expected: '18760 JPY', found: `${amount.amountMinor} ${amount.currency}` }
      const less = paidWith({ amount })
      expectRule(paidOnce, inOrder(placed), bookedTaken(amount), inOrder(less)).toFind(
        finding('An order was paid with another amount than its total', 1, facts),
      )
      expectRule(paidOnce, inOrder(placed), bookedTaken(amount), inOrder(order)).toFind(
        finding('An order was paid with another amount than the attempt took', 1, {
          expected: facts.found,
          found: facts.expected,
        }),
      )
    }
  })

  it('is paid under the payment id of its attempt', () => {
    const other = paidWith({ paymentId: 'other' })
    expectRule(paidOnce, inOrder(placed), bookedTaken(), inOrder(other)).toFind(
      finding('An order was paid under another payment id than the attempt has', 1, {
        expected: '04137808670405270001',
        found: 'other',
      }),
    )
  })

  it('costs what its lines cost, and is asked nothing else for', () => {
    const dearer = placedWith({ total: money(18_761, 'JPY') })
    expectRule(paidOnce, inOrder(dearer)).toFind(
      finding('The total of an order is not the sum of its lines', 0, {
        expected: '18760 JPY',
        found: '18761 JPY',
      }),
    )
    const mixed = placedWith({ lines: [{ ...rice, unitPrice: money(2_980, 'USD') }] })
    expectRule(paidOnce, inOrder(mixed)).toFind(
      finding('The total of an order is not the sum of its lines', 0, {
        expected: '0 JPY',
        found: '18760 JPY',
      }),
    )
    expectRule(paidOnce, inOrder(placed), inPayment(requested)).toFind({
      rule: 'I2',
      orderId,
      stream: `payment-${attemptId(1)}`,
      message: 'An attempt asks for another amount than the total of its order',
      facts: { revision: 0, expected: '18760 JPY', found: '1000 JPY' },
    })
  })
})
