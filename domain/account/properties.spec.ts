import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { impossible } from '../decider.ts'
import { inWords } from '../given.ts'
import {
  expectAnyEventsFold,
  expectEventsSurviveTheLog,
  expectTwiceIsOnce,
  overRandomHistories,
} from '../laws.ts'
import { accountCodec } from './codec.ts'
import type { AccountCommand } from './commands.ts'
import { accountDecider } from './decider.ts'
import {
  closeDebit,
  debit,
  debited,
  debitRefused,
  deposit,
  deposited,
  opened,
  refund,
  refunded,
} from './samples.ts'

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const amount = fc.integer({ min: 0, max: 6 })
const currency = fc.constantFrom('JPY', 'JPY', 'JPY', 'JPY', 'USD')
const command: fc.Arbitrary<AccountCommand> = fc.oneof(
  fc.tuple(id, amount, currency).map((args) => deposit(...args)),
  fc.tuple(id, amount, currency).map((args) => debit(...args)),
  fc.tuple(id, amount, currency).map((args) => closeDebit(...args)),
  fc.tuple(id, id, amount, currency).map((args) => refund(...args)),
)

const total = (amounts: Iterable<number>) => [...amounts].reduce((sum, amount) => sum + amount, 0)

/** A purse as a child would count it: every coin that came and went in plain maps, the sum taken anew each time. */
const purse = () => {
  let holds: string | undefined
  const came = new Map<string, number>()
  const went = new Map<string, { amount: number; currency: string; isPaid: boolean }>()
  const back = new Map<string, { debitId: string; amount: number }>()
  const backOf = (debitId: string) =>
    total([...back.values()].filter((one) => one.debitId === debitId).map((one) => one.amount))
  const balance = () =>
    total(came.values()) -
    total([...went.values()].filter(({ isPaid }) => isPaid).map((one) => one.amount)) +
    total([...back.values()].map((one) => one.amount))

  const apply = (command: AccountCommand): string => {
    const { amountMinor, currency } = command.amount
    if (amountMinor === 0) return 'no: amount-out-of-range'
    const isNew = holds === undefined
    const opening = isNew ? 'AccountOpened + ' : ''
    switch (command.type) {
      case 'DepositFunds': {
        const before = came.get(command.depositId)
        if (before !== undefined)
          return before === amountMinor && currency === holds ? 'unchanged' : 'no: deposit-differs'
        if (!isNew && currency !== holds) return 'no: currency-differs'
        holds = currency
        came.set(command.depositId, amountMinor)
        return `${opening}FundsDeposited`
      }
      case 'DebitFunds':
      case 'CloseDebit': {
        const before = went.get(command.debitId)
        if (before !== undefined)
          return before.amount === amountMinor && before.currency === currency
            ? 'unchanged'
            : 'no: debit-differs'
        holds ??= currency
        const isPaid = command.type === 'DebitFunds' && currency === holds && amountMinor <= balance()
        went.set(command.debitId, { amount: amountMinor, currency, isPaid })
        return `${opening}${isPaid ? 'FundsDebited' : 'DebitRefused'}`
      }
      case 'RefundFunds': {
        const { refundId, debitId } = command
        const before = back.get(refundId)
        if (before !== undefined)
          return before.debitId === debitId && before.amount === amountMinor && currency === holds
            ? 'unchanged'
            : 'no: refund-differs'
        const debit = went.get(debitId)
        if (debit?.isPaid !== true) return 'no: unknown-debit'
        if (currency !== holds) return 'no: currency-differs'
        if (backOf(debitId) + amountMinor > debit.amount) return 'no: refund-exceeds-debit'
        back.set(refundId, { debitId, amount: amountMinor })
        return 'FundsRefunded'
      }
      default:
        return impossible(command)
    }
  }
  return { apply, balance }
}

describe('the wallet of a customer, whatever happens to it', () => {
  it('holds what its entries add up to, never less than nothing, and says so in each of them', () => {
    overRandomHistories(accountDecider, command, ({ before, after, events }) => {
      let balance = before.status === 'none' ? 0 : before.balanceMinor
      for (const event of events) {
        if (event.type === 'FundsDeposited' || event.type === 'FundsRefunded')
          balance += event.data.amount.amountMinor
        if (event.type === 'FundsDebited') balance -= event.data.amount.amountMinor
        if ('balance' in event.data) expect(event.data.balance.amountMinor).toBe(balance)
      }
      expect(after.status === 'none' ? 0 : after.balanceMinor).toBe(balance)
      expect(balance).toBeGreaterThanOrEqual(0)
    })
  })

  it('agrees with a plain count in every answer and every balance', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const model = purse()
        let state = accountDecider.initial
        for (const command of commands) {
          const decision = accountDecider.decide(state, command)
          expect(inWords(decision)).toBe(model.apply(command))
          if (decision.kind === 'accepted') state = decision.events.reduce(accountDecider.evolve, state)
          expect(state.status === 'none' ? 0 : state.balanceMinor).toBe(model.balance())
        }
      }),
      { numRuns: 200 },
    )
  })

  it('decides a command that comes twice only once', () => {
    expectTwiceIsOnce(accountDecider, command)
  })

  it('writes only events that can be read back', () => {
    expectEventsSurviveTheLog(accountDecider, accountCodec, command)
  })

  it('folds any events', () => {
    const entries = [deposited('d', 5, 5), debited('a', 2, 3), debitRefused('b', 9)]
    expectAnyEventsFold(accountDecider, [opened(), refunded('r', 'a', 2, 5), ...entries])
  })
})
