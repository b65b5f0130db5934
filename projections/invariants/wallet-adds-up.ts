import { Map, Set } from 'immutable'
import type { Money } from '#domain/money/money.ts'
import { idIn } from '../events.ts'
import { findingAt, step, told, type KeyedRule } from './rule.ts'

/** One wallet as its entries make it, whatever they say of the balance. */
interface Purse {
  readonly currency?: string
  readonly balanceMinor: number
  /** Deposits by id, and minor units that are still out by debit. */
  readonly deposits: Set<string>
  readonly debits: Map<string, number>
  readonly refunds: Set<string>
}

const EMPTY: Purse = { balanceMinor: 0, deposits: Set(), debits: Map(), refunds: Set() }

/**
 * I1, wallets: the balance that each entry tells is what all entries up to it add up to, and never below zero; nothing is
 * paid in, paid or given back twice, and no debit gives back more than it took.
 */
export const walletAddsUp: KeyedRule<Purse> = {
  name: 'I1',
  counts: 'wallets',
  key: ({ recorded }) => (recorded.stream.startsWith('account-') ? idIn(recorded.stream) : undefined),
  see: (purse = EMPTY, fact) => {
    const found = findingAt('I1', fact)
    const { event } = fact
    const after = (changes: Partial<Purse>, balance: Money, ...faults: readonly (string | false)[]) => {
      const now = { ...purse, ...changes }
      return step(
        now,
        now.balanceMinor === balance.amountMinor && now.currency === balance.currency
          ? undefined
          : found('A wallet does not hold what its entries add up to', {
              expected: `${now.balanceMinor} ${now.currency ?? 'of nothing'}`,
              found: told(balance),
            }),
        now.balanceMinor < 0 ? found('A wallet is overdrawn', { balanceMinor: now.balanceMinor }) : undefined,
        ...faults.map((message) => (message === false ? undefined : found(message))),
      )
    }
    switch (event?.type) {
      case 'AccountOpened':
        return step(
          { ...purse, currency: event.data.currency },
          purse.currency === undefined ? undefined : found('A wallet was opened twice'),
        )
      case 'FundsDeposited': {
        const { depositId, amount, balance } = event.data
        const deposits = purse.deposits.add(depositId)
        const isTwice = purse.deposits.has(depositId)
        const balanceMinor = purse.balanceMinor + amount.amountMinor
        return after({ balanceMinor, deposits }, balance, isTwice && 'A deposit came in twice')
      }
      case 'FundsDebited': {
        const { debitId, amount, balance } = event.data
        const debits = purse.debits.set(debitId, amount.amountMinor)
        const isTwice = purse.debits.has(debitId)
        const balanceMinor = purse.balanceMinor - amount.amountMinor
        return after({ balanceMinor, debits }, balance, isTwice && 'A wallet paid an attempt twice')
      }
      case 'FundsRefunded': {
        const { refundId, debitId, amount, balance } = event.data
        const outMinor = purse.debits.get(debitId, 0) - amount.amountMinor
        const changes = {
          balanceMinor: purse.balanceMinor + amount.amountMinor,
          debits: purse.debits.set(debitId, outMinor),
          refunds: purse.refunds.add(refundId),
        }
        const isTwice = purse.refunds.has(refundId)
        return after(
          changes,
          balance,
          isTwice && 'A refund came into a wallet twice',
          outMinor < 0 && 'More came back into a wallet than it paid',
        )
      }
      default:
        return step(purse)
    }
  },
}
