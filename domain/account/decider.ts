import { accepted, impossible, refused, unchanged, type Decider, type Decision } from '../decider.ts'
import { MAX_AMOUNT_MINOR, money } from '../money/money.ts'
import {
  MAX_BALANCE_MINOR,
  MAX_DEPOSIT_MINOR,
  type AccountCommand,
  type AccountRefusal,
  type CloseDebit,
  type DebitFunds,
  type DepositFunds,
  type RefundFunds,
} from './commands.ts'
import type { AccountEvent } from './events.ts'
import { evolve, type AccountState } from './state.ts'

export type { AccountState } from './state.ts'

type AccountDecision = Decision<AccountEvent, AccountRefusal>

/**
 * The wallet of one customer, stream `account-{customerId}`: its balance is what came in less what went out, and never
 * below zero. All who want of it meet here at one revision each, so a hundred orders at once pay out no more than it has.
 */
export const accountDecider: Decider<AccountState, AccountCommand, AccountEvent, AccountRefusal> = {
  initial: { status: 'none' },
  evolve,
  decide: (state, command) => {
    switch (command.type) {
      case 'DepositFunds':
        return decideDeposit(state, command)
      case 'DebitFunds':
      case 'CloseDebit':
        return decideDebit(state, command)
      case 'RefundFunds':
        return decideRefund(state, command)
      default:
        return impossible(command)
    }
  },
}

const decideDeposit = (state: AccountState, command: DepositFunds): AccountDecision => {
  const { customerId, depositId, amount, atMs } = command
  const { amountMinor, currency } = amount
  if (!isAmount(amountMinor, MAX_DEPOSIT_MINOR)) return refused('amount-out-of-range')
  if (state.status === 'none')
    return accepted(
      { type: 'AccountOpened', data: { customerId, currency, atMs } },
      { type: 'FundsDeposited', data: { depositId, amount, balance: amount, atMs } },
    )
  const before = state.deposits.get(depositId)
  if (before !== undefined)
    return before === amountMinor && currency === state.currency ? unchanged : refused('deposit-differs')
  if (currency !== state.currency) return refused('currency-differs')
  const balance = state.balanceMinor + amountMinor
  if (balance > MAX_BALANCE_MINOR) return refused('balance-limit-exceeded')
  return accepted({
    type: 'FundsDeposited',
    data: { depositId, amount, balance: money(balance, currency), atMs },
  })
}

const decideDebit = (state: AccountState, command: DebitFunds | CloseDebit): AccountDecision => {
  const { customerId, debitId, orderId, amount, atMs } = command
  const { amountMinor, currency } = amount
  if (!isAmount(amountMinor, MAX_AMOUNT_MINOR)) return refused('amount-out-of-range')
  const refusal: AccountEvent = {
    type: 'DebitRefused',
    data: {
      debitId,
      orderId,
      amount,
      reason: command.type === 'CloseDebit' ? 'order-ended' : 'insufficient-funds',
      atMs,
    },
  }
  if (state.status === 'none')
    return accepted<AccountEvent>({ type: 'AccountOpened', data: { customerId, currency, atMs } }, refusal)
  const before = state.debits.get(debitId)
  if (before !== undefined) {
    const isSame =
      before.orderId === orderId && before.amountMinor === amountMinor && before.currency === currency
    return isSame ? unchanged : refused('debit-differs')
  }
  const isCovered = currency === state.currency && amountMinor <= state.balanceMinor
  if (command.type === 'CloseDebit' || !isCovered) return accepted(refusal)
  const balance = money(state.balanceMinor - amountMinor, currency)
  return accepted({ type: 'FundsDebited', data: { debitId, orderId, amount, balance, atMs } })
}

const decideRefund = (state: AccountState, command: RefundFunds): AccountDecision => {
  const { refundId, debitId, amount, atMs } = command
  const { amountMinor, currency } = amount
  if (!isAmount(amountMinor, MAX_AMOUNT_MINOR)) return refused('amount-out-of-range')
  if (state.status === 'none') return refused('unknown-debit')
  const before = state.refunds.get(refundId)
  if (before !== undefined) {
    const isSame =
      before.debitId === debitId && before.amountMinor === amountMinor && currency === state.currency
    return isSame ? unchanged : refused('refund-differs')
  }
  const debit = state.debits.get(debitId)
  if (debit?.outcome !== 'paid') return refused('unknown-debit')
  if (currency !== state.currency) return refused('currency-differs')
  if (debit.refundedMinor + amountMinor > debit.amountMinor) return refused('refund-exceeds-debit')
  const balance = money(state.balanceMinor + amountMinor, currency)
  const { orderId } = debit
  return accepted({ type: 'FundsRefunded', data: { refundId, debitId, orderId, amount, balance, atMs } })
}

const isAmount = (amountMinor: number, most: number): boolean =>
  Number.isInteger(amountMinor) && amountMinor >= 1 && amountMinor <= most
