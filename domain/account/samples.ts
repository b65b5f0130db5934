import { CustomerId, MerchantPaymentId, OrderId, RefundId } from '../ids.ts'
import { money } from '../money/money.ts'
import type { AccountCommand } from './commands.ts'
import type { AccountEvent } from './events.ts'

/** One wallet in yen, as its specs tell it. */
const customerId = CustomerId.parse('c1')
const orderId = OrderId.parse('6f2a1d7c-3b54-4c1e-9a0d-5e8b7c6d4f10')
const atMs = 1_795_200_000_000

/** Amounts in commands may be anything: judging them is the decider's. */
const of = (amountMinor: number, currency: string) => ({ amountMinor, currency })

export const deposit = (depositId: string, amountMinor: number, currency = 'JPY'): AccountCommand => ({
  type: 'DepositFunds',
  customerId,
  depositId,
  amount: of(amountMinor, currency),
  atMs,
})
const asking =
  (type: 'DebitFunds' | 'CloseDebit') =>
  (debitId: string, amountMinor: number, currency = 'JPY'): AccountCommand => ({
    type,
    customerId,
    debitId: MerchantPaymentId.parse(debitId),
    orderId,
    amount: of(amountMinor, currency),
    atMs,
  })
export const debit = asking('DebitFunds')
export const closeDebit = asking('CloseDebit')
export const refund = (
  refundId: string,
  debitId: string,
  amountMinor: number,
  currency = 'JPY',
): AccountCommand => ({
  type: 'RefundFunds',
  refundId: RefundId.parse(refundId),
  debitId: MerchantPaymentId.parse(debitId),
  amount: of(amountMinor, currency),
  atMs,
})

const yen = (amountMinor: number) => money(amountMinor, 'JPY')

export const opened = (currency = 'JPY'): AccountEvent => ({
  type: 'AccountOpened',
  data: { customerId, currency, atMs },
})
export const deposited = (depositId: string, amountMinor: number, balanceMinor: number): AccountEvent => ({
  type: 'FundsDeposited',
  data: { depositId, amount: yen(amountMinor), balance: yen(balanceMinor), atMs },
})
export const debited = (debitId: string, amountMinor: number, balanceMinor: number): AccountEvent => ({
  type: 'FundsDebited',
  data: {
    debitId: MerchantPaymentId.parse(debitId),
    orderId,
    amount: yen(amountMinor),
    balance: yen(balanceMinor),
    atMs,
  },
})
const notPaid =
  (reason: 'insufficient-funds' | 'order-ended') =>
  (debitId: string, amountMinor: number, currency = 'JPY'): AccountEvent => ({
    type: 'DebitRefused',
    data: {
      debitId: MerchantPaymentId.parse(debitId),
      orderId,
      amount: money(amountMinor, currency),
      reason,
      atMs,
    },
  })
export const debitRefused = notPaid('insufficient-funds')
export const debitClosed = notPaid('order-ended')
export const refunded = (
  refundId: string,
  debitId: string,
  amountMinor: number,
  balanceMinor: number,
): AccountEvent => ({
  type: 'FundsRefunded',
  data: {
    refundId: RefundId.parse(refundId),
    debitId: MerchantPaymentId.parse(debitId),
    orderId,
    amount: yen(amountMinor),
    balance: yen(balanceMinor),
    atMs,
  },
})
