import { describe, it } from 'vitest'
import { money, type Money } from '#domain/money/money.ts'
import { attemptId, orderId, paid, placed, surplus } from '#domain/order/samples.ts'
import {
  observed,
  refundCompleted,
  refundRejected,
  refundRequested,
  saying,
} from '#domain/payment/samples.ts'
import { bookedTaken, expectRule, inOrder, inPayment, paidWith, saidTaken } from './expect-rule.ts'
import { moneyAgrees } from './money-agrees.ts'

const found = (
  message: string,
  revision: number,
  facts: Record<string, string | number>,
  stream = 'payment',
) => ({
  rule: 'I1' as const,
  orderId,
  stream: stream === 'payment' ? `payment-${attemptId(1)}` : `order-${orderId}`,
  message,
  facts: { revision, ...facts },
})
const inTotal = (provider: number, payments: number, orders: number) => ({
  rule: 'I1' as const,
  message: 'The books differ in total',
  facts: { currency: 'JPY', provider, payments, orders },
})
const sale = [inOrder(placed), saidTaken(), bookedTaken(), inOrder(paid(1))]
const refundsSaid = (status: string, amountMinor: number, amount?: Money) =>
  inPayment(
    observed(
      saying('REFUNDED', {
        ...(amount === undefined ? {} : { amount }),
        refunds: [{ merchantRefundId: 'r1', amountMinor, status }],
      }),
    ),
  )

describe('I1, the three books', () => {
  it('agree about a sale, a refund, and an attempt that took nothing', () => {
    expectRule(moneyAgrees, ...sale).toBeKept()
    expectRule(
      moneyAgrees,
      ...sale,
      inPayment(refundRequested('r1', 760)),
      inPayment(refundCompleted('r1')),
      refundsSaid('REFUNDED', 760, money(18_760, 'JPY')),
    ).toBeKept()
    expectRule(
      moneyAgrees,
      ...sale,
      inPayment(refundRequested('r1', 760)),
      inPayment(refundRejected('r1')),
    ).toBeKept()
    expectRule(moneyAgrees, inOrder(placed), inPayment(observed(saying('FAILED')))).toBeKept()
    expectRule(moneyAgrees, inOrder(placed), inPayment(observed(saying('HM')))).toBeKept()
  })

  it('agree about a payment that was reversed before we knew of it', () => {
    const reversed = saying('REFUNDED', { paymentId: 'p', amount: money(18_760, 'JPY') })
    expectRule(moneyAgrees, inOrder(placed), inPayment(observed(reversed))).toBeKept()
  })

  it('agree about a reversal under whatever id the provider gave it', () => {
    expectRule(moneyAgrees, inOrder(placed), refundsSaid('REFUNDED', 18_760, money(18_760, 'JPY'))).toBeKept()
  })

  it('are not shaken by a stale word', () => {
    expectRule(moneyAgrees, ...sale, inPayment(observed(saying('CREATED')))).toBeKept()
  })

  it('differ when a success was booked that the provider did not speak of', () => {
    expectRule(moneyAgrees, bookedTaken()).toFind(
      found('A success was booked that the provider did not speak of', 0, {
        provider: 'nothing',
        booked: '18760 JPY',
      }),
    )
    expectRule(moneyAgrees, saidTaken(money(18_760, 'USD')), bookedTaken()).toFind(
      found('A success was booked that the provider did not speak of', 1, {
        provider: '18760 USD',
        booked: '18760 JPY',
      }),
    )
  })

  it('differ when the provider later says otherwise', () => {
    const differs = 'The provider took another amount than we booked'
    expectRule(moneyAgrees, ...sale, saidTaken(money(1, 'JPY'))).toFind(
      found(differs, 2, { provider: '1 JPY', booked: '18760 JPY' }),
    )
    for (const status of ['FAILED', 'REFUNDED'])
      expectRule(moneyAgrees, ...sale, inPayment(observed(saying(status)))).toFind(
        found(differs, 2, { provider: '0 JPY', booked: '18760 JPY' }),
      )
  })

  it('differ when an order took an attempt for another amount', () => {
    const differs = 'The order took an attempt for another amount than was booked'
    expectRule(
      moneyAgrees,
      saidTaken(),
      bookedTaken(),
      inOrder(paidWith({ amount: money(1, 'JPY') })),
    ).toFind(
      found(differs, 0, { merchantPaymentId: attemptId(1), booked: '18760 JPY', order: '1 JPY' }, 'order'),
    )
    expectRule(moneyAgrees, inOrder(surplus('LATE', 1))).toFind(
      found(differs, 0, { merchantPaymentId: attemptId(1), booked: 'nothing', order: '18760 JPY' }, 'order'),
    )
  })

  it('differ when a refund is not the one that was asked for', () => {
    const strange = 'The provider has a refund that we did not ask for so'
    expectRule(moneyAgrees, ...sale, refundsSaid('CREATED', 700)).toFind(
      found(strange, 2, { refundId: 'r1', amountMinor: 700, asked: 'never' }),
    )
    expectRule(
      moneyAgrees,
      ...sale,
      inPayment(refundRequested('r1', 760)),
      refundsSaid('CREATED', 700),
    ).toFind(found(strange, 3, { refundId: 'r1', amountMinor: 700, asked: 760 }))
    expectRule(moneyAgrees, ...sale, inPayment(refundCompleted('r1'))).toFind(
      found('A refund was completed that was never asked for', 2, { refundId: 'r1' }),
    )
  })

  it('differ when more goes back than came, or in another currency', () => {
    expectRule(
      moneyAgrees,
      ...sale,
      inPayment(refundRequested('r1', 18_760)),
      inPayment(refundCompleted('r1')),
      inPayment(refundRequested('r2', 1)),
      inPayment(refundCompleted('r2')),
    ).toFind(
      found('More was given back than was taken', 5, {
        refundId: 'r2',
        bookedMinor: 18_760,
        returnedMinor: 18_761,
      }),
    )
    const dollars = {
      type: 'RefundRequested',
      data: { refundId: 'r1', amount: money(1, 'USD'), reason: 'r', atMs: 0 },
    } as const
    expectRule(moneyAgrees, ...sale, inPayment(dollars)).toFind(
      found('A refund is in another currency than its payment', 2, {
        refundId: 'r1',
        payment: '18760 JPY',
        refund: '1 USD',
      }),
    )
  })

  it('are open while something is not booked or judged yet', () => {
    const open = (message: string, facts: Record<string, string | number>) => ({
      rule: 'I1' as const,
      orderId,
      stream: `payment-${attemptId(1)}`,
      message,
      facts,
    })
    expectRule(moneyAgrees, saidTaken()).toOwe(
      open('The provider holds money that is not booked', { heldMinor: 18_760 }),
      inTotal(18_760, 0, 0),
    )
    expectRule(moneyAgrees, saidTaken(), bookedTaken()).toOwe(inTotal(18_760, 18_760, 0))
    expectRule(
      moneyAgrees,
      ...sale,
      inPayment(refundRequested('r1', 760)),
      refundsSaid('REFUNDED', 760),
    ).toOwe(
      open('The provider gave money back and that is not booked', { refundId: 'r1', amountMinor: 760 }),
      inTotal(18_000, 18_760, 18_760),
    )
  })
})
