import { describe, it } from 'vitest'
import { money, type Money } from '#domain/money/money.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import {
  attemptId,
  orderId,
  paid,
  partlyRefunded,
  placed,
  refunded,
  refundIdOf,
  refundRejected,
  refundRequested,
  total,
} from '#domain/order/samples.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import { expectRule, inOrder, inPayment } from './expect-rule.ts'
import { refundsAgree } from './refunds-agree.ts'

const yen = (amountMinor: number) => money(amountMinor, 'JPY')
const refundId = refundIdOf('a')
const asked = (amount: Money): PaymentEvent => ({
  type: 'RefundRequested',
  data: { refundId, amount, reason: 'staff', atMs: 0 },
})
const completed: PaymentEvent = { type: 'RefundCompleted', data: { refundId, atMs: 0 } }
const rejected: PaymentEvent = { type: 'RefundRejected', data: { refundId, code: 'NO', atMs: 0 } }
const found = (message: string, revision: number, facts: object, stream = `order-${orderId}`) => ({
  rule: 'I1' as const,
  orderId,
  stream,
  message,
  facts: { revision, refundId, ...facts },
})

const sold = [inOrder(placed), inOrder(paid(1))]
const expectOf = (...events: readonly (OrderEvent | PaymentEvent)[]) =>
  expectRule(
    refundsAgree,
    ...sold,
    ...events.map((event) => (isOfOrder(event) ? inOrder(event) : inPayment(event))),
  )
const isOfOrder = (event: OrderEvent | PaymentEvent): event is OrderEvent => event.type.startsWith('Order')

describe('I1, a refund by staff', () => {
  it('is asked of the payment and ends as the payment says', () => {
    expectOf(refundRequested('a', total), asked(total), completed, refunded('a', total)).toBeKept()
    expectOf(refundRequested('a', total), asked(total), rejected, refundRejected('a')).toBeKept()
    const part = partlyRefunded('a', yen(760), yen(760))
    expectOf(refundRequested('a', yen(760)), asked(yen(760)), completed, part).toBeKept()
  })

  it('is owed until it is asked of the payment, and until the order knows its end', () => {
    const owed = (message: string) => ({
      rule: 'I1' as const,
      orderId,
      stream: `order-${orderId}`,
      message,
      facts: { refundId, amountMinor: total.amountMinor },
    })
    const request = refundRequested('a', total)
    expectOf(request).toOwe(owed('A refund of an order has not been asked of its payment yet'))
    for (const end of [completed, rejected])
      expectOf(request, asked(total), end).toOwe(owed('The order does not know yet how its refund ended'))
  })

  it('is not asked of the payment with another amount', () => {
    expectOf(refundRequested('a', yen(760)), asked(yen(761))).toFind(
      found(
        'A refund is asked of the payment otherwise than the order asked for it',
        0,
        { order: '760 JPY', payment: '761 JPY' },
        `payment-${attemptId(1)}`,
      ),
    )
  })

  it('is not completed before its payment gave it back, nor after it was refused', () => {
    const message = 'An order was given back what its payment did not give back'
    expectOf(refundRequested('a', total), asked(total), refunded('a', total)).toFind(
      found(message, 3, { order: '18760 JPY', payment: '18760 JPY requested' }),
    )
    expectOf(refundRequested('a', total), asked(total), rejected, refunded('a', total)).toFind(
      found(message, 3, { order: '18760 JPY', payment: '18760 JPY rejected' }),
    )
  })

  it('is not given up while its payment did not reject it', () => {
    expectOf(refundRequested('a', total), asked(total), refundRejected('a')).toFind(
      found('A refund was given up that its payment did not reject', 3, {}),
    )
  })

  it('is taken from the payment of its order', () => {
    const request = refundRequested('a', total)
    expectRule(refundsAgree, inOrder(placed), inOrder(paid(2)), inOrder(request)).toFind(
      found('A refund is to be taken from money that is not the payment of its order', 2, {
        merchantPaymentId: attemptId(1),
        paidBy: attemptId(2),
      }),
    )
  })

  it('adds up, and ends the order with its total alone', () => {
    const begun = [refundRequested('a', yen(760)), asked(yen(760)), completed]
    expectOf(...begun, partlyRefunded('a', yen(760), yen(761))).toFind(
      found('The refunds of an order do not add up', 3, { expected: 760, found: 761 }),
    )
    const ended: OrderEvent = {
      type: 'OrderRefunded',
      data: { refundId, amount: yen(760), refundedInTotal: yen(760), atMs: 0 },
    }
    expectOf(...begun, ended).toFind({
      rule: 'I1',
      orderId,
      stream: `order-${orderId}`,
      message: 'An order is refunded by another sum than its total',
      facts: { revision: 3, refundedMinor: 760, total: '18760 JPY' },
    })
  })
})
