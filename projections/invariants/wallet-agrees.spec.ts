import { describe, it } from 'vitest'
import type { AccountEvent } from '#domain/account/events.ts'
import { CustomerId, MerchantPaymentId, OrderId, RefundId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { attemptId, orderId, total } from '#domain/order/samples.ts'
import { refundCompleted, requested } from '#domain/payment/samples.ts'
import type { Entry } from '../given.ts'
import { bookedTaken, expectRule, inPayment } from './expect-rule.ts'
import { walletAgrees } from './wallet-agrees.ts'

const debitId = MerchantPaymentId.parse(attemptId(1))
const inAccount = (event: AccountEvent): Entry => ({
  stream: 'account-c1',
  event,
  metadata: { correlationId: orderId },
})
const balance = money(0, 'JPY')
const paidOf = { debitId, orderId: OrderId.parse(orderId), balance, atMs: 0 }
const asked: Entry = inPayment({
  type: 'PaymentRequested',
  data: {
    merchantPaymentId: debitId,
    orderId: OrderId.parse(orderId),
    attempt: 1,
    method: 'WALLET',
    account: CustomerId.parse('c1'),
    amount: total,
    windowEndsAtMs: 0,
    requestedAtMs: 0,
  },
})
const debit = (amount = total) => inAccount({ type: 'FundsDebited', data: { ...paidOf, amount } })
const refundId = RefundId.parse('r1')
const credit = (amount = total) => inAccount({ type: 'FundsRefunded', data: { ...paidOf, refundId, amount } })
const refund = inPayment({
  type: 'RefundRequested',
  data: { refundId, amount: total, reason: 'surplus-late', atMs: 0 },
})
const completed = inPayment(refundCompleted('r1'))
const yen = `${total.amountMinor} JPY`
const owed = (message: string, facts: object) => ({
  rule: 'I1' as const,
  orderId,
  stream: `payment-${debitId}`,
  message,
  facts: { ...facts },
})
const found = (stream: string, revision: number, message: string, facts: object) => ({
  ...owed(message, { revision, ...facts }),
  stream,
})

describe('I1, orders paid from wallets', () => {
  it('is kept where the wallet paid what we booked and got back what we booked', () => {
    expectRule(walletAgrees, asked, debit(), bookedTaken(), refund, credit(), completed).toBeKept()
  })

  it('says nothing about what PayPay is asked for', () => {
    expectRule(walletAgrees, inPayment(requested), bookedTaken(), refund, completed).toBeKept()
  })

  it('owes the booking of what a wallet paid, and of what it got back', () => {
    expectRule(walletAgrees, asked, debit()).toOwe(
      owed('A wallet has paid and that is not booked', { debited: yen }),
    )
    expectRule(walletAgrees, asked, debit(), bookedTaken(), refund, credit()).toOwe(
      owed('A wallet was given money back and that is not booked', { refundId }),
    )
  })

  it('finds a success that the wallet did not pay, or paid otherwise', () => {
    const message = 'A success was booked that the wallet did not pay'
    const stream = `payment-${debitId}`
    expectRule(walletAgrees, asked, bookedTaken()).toFind(
      found(stream, 1, message, { wallet: 'nothing', booked: yen }),
    )
    expectRule(walletAgrees, asked, debit(money(1, 'JPY')), bookedTaken()).toFind(
      found(stream, 1, message, { wallet: '1 JPY', booked: yen }),
    )
  })

  it('finds a refund that no wallet was given, and one that nobody asked for so', () => {
    expectRule(walletAgrees, asked, debit(), bookedTaken(), refund, completed).toFind(
      found(`payment-${debitId}`, 3, 'A refund was booked that no wallet was given', { refundId }),
    )
    const message = 'A wallet was given back what was not asked for so'
    expectRule(walletAgrees, asked, debit(), bookedTaken(), credit()).toFind(
      found('account-c1', 1, message, { refundId, wallet: yen, asked: 'nothing' }),
    )
    expectRule(walletAgrees, asked, debit(), bookedTaken(), refund, credit(money(1, 'JPY'))).toFind(
      found('account-c1', 1, message, { refundId, wallet: '1 JPY', asked: yen }),
    )
  })

  it('finds somebody else’s wallet that paid, and one that got back what it had not paid', () => {
    const message = 'A wallet was asked about an attempt that is not its own'
    expectRule(walletAgrees, asked, { ...debit(), stream: 'account-c2' }).toFind(
      found('account-c2', 0, message, { debitId }),
    )
    expectRule(walletAgrees, asked, debit(), bookedTaken(), refund, {
      ...credit(),
      stream: 'account-c2',
    }).toFind(found('account-c2', 0, message, { debitId }))
  })

  it('finds a wallet that was asked about an attempt of PayPay’s', () => {
    expectRule(walletAgrees, inPayment(requested), debit()).toFind(
      found('account-c1', 0, 'A wallet was asked about an attempt that is not its own', { debitId }),
    )
  })
})
