import { describe, expect, it } from 'vitest'
import { fold, given } from '../given.ts'
import { MAX_AMOUNT_MINOR, money } from '../money/money.ts'
import { MAX_BALANCE_MINOR, MAX_DEPOSIT_MINOR } from './commands.ts'
import { accountDecider } from './decider.ts'
import type { AccountEvent } from './events.ts'
import {
  closeDebit,
  debit,
  debitClosed,
  debited,
  debitRefused,
  deposit,
  deposited,
  opened,
  refund,
  refunded,
} from './samples.ts'

const wallet = (...events: readonly AccountEvent[]) => given(accountDecider, ...events)
const holding = (balanceMinor: number) => [opened(), deposited('d1', balanceMinor, balanceMinor)]

describe('paying into a wallet', () => {
  it('opens it with the first deposit', () => {
    wallet()
      .when(deposit('d1', 500))
      .then(opened(), deposited('d1', 500, 500))
    wallet(...holding(500))
      .when(deposit('d2', 200))
      .then(deposited('d2', 200, 700))
  })

  it('happens once per deposit', () => {
    wallet(...holding(500))
      .when(deposit('d1', 500))
      .thenUnchanged()
  })

  it('takes whole amounts from one to the bound', () => {
    wallet()
      .when(deposit('d1', MAX_DEPOSIT_MINOR))
      .then(opened(), deposited('d1', MAX_DEPOSIT_MINOR, MAX_DEPOSIT_MINOR))
    for (const amountMinor of [-1, 0, 0.5, MAX_DEPOSIT_MINOR + 1, Number.NaN])
      wallet().when(deposit('d1', amountMinor)).thenRefused('amount-out-of-range')
  })

  it('keeps to the currency it was opened in', () => {
    wallet(...holding(500))
      .when(deposit('d2', 200, 'USD'))
      .thenRefused('currency-differs')
  })

  it('fills it no further than it may be', () => {
    const full = [opened(), deposited('d1', 1, MAX_BALANCE_MINOR - 5)]
    wallet(...full)
      .when(deposit('d2', 5))
      .then(deposited('d2', 5, MAX_BALANCE_MINOR))
    wallet(...full)
      .when(deposit('d2', 6))
      .thenRefused('balance-limit-exceeded')
  })
})

describe('paying from a wallet', () => {
  it('takes what it holds, to the last yen', () => {
    wallet(...holding(500))
      .when(debit('a1', 500))
      .then(debited('a1', 500, 0))
    wallet(...holding(500), debited('a1', 300, 200))
      .when(debit('a2', 200))
      .then(debited('a2', 200, 0))
  })

  it('never pays what was closed, and closes nothing that it has answered', () => {
    wallet(...holding(500))
      .when(closeDebit('a1', 300))
      .then(debitClosed('a1', 300))
    wallet().when(closeDebit('a1', 300)).then(opened(), debitClosed('a1', 300))
    wallet(...holding(500), debitClosed('a1', 300))
      .when(debit('a1', 300))
      .thenUnchanged()
    wallet(...holding(500), debited('a1', 300, 200))
      .when(closeDebit('a1', 300))
      .thenUnchanged()
    wallet(...holding(500), debitRefused('a1', 501))
      .when(closeDebit('a1', 501))
      .thenUnchanged()
  })

  it('records that there is not enough, and leaves the balance as it is', () => {
    wallet(...holding(500))
      .when(debit('a1', 501))
      .then(debitRefused('a1', 501))
    expect(fold(accountDecider, [...holding(500), debitRefused('a1', 501)])).toMatchObject({
      balanceMinor: 500,
    })
  })

  it('finds nothing in a wallet that nobody has opened', () => {
    wallet().when(debit('a1', 1)).then(opened(), debitRefused('a1', 1))
  })

  it('finds no money of another currency in it', () => {
    wallet(...holding(500))
      .when(debit('a1', 1, 'USD'))
      .then(debitRefused('a1', 1, 'USD'))
  })

  it('happens once per attempt', () => {
    wallet(...holding(500), debited('a1', 300, 200))
      .when(debit('a1', 300))
      .thenUnchanged()
  })

  it('stays refused for an attempt once refused, whatever comes in later', () => {
    wallet(...holding(500), debitRefused('a1', 501), deposited('d2', 1_000, 1_500))
      .when(debit('a1', 501))
      .thenUnchanged()
  })

  it('never overdraws, however many want of it at once', () => {
    let state = fold(accountDecider, holding(1_050))
    let paid = 0
    for (let nth = 0; nth < 100; nth += 1) {
      const decision = accountDecider.decide(state, debit(`a${nth}`, 100))
      if (decision.kind !== 'accepted') throw new Error(decision.kind)
      paid += decision.events.filter(({ type }) => type === 'FundsDebited').length
      state = decision.events.reduce(accountDecider.evolve, state)
    }
    expect(paid).toBe(10)
    expect(state).toMatchObject({ balanceMinor: 50 })
  })
})

describe('giving back into a wallet', () => {
  const paid = [...holding(500), debited('a1', 300, 200)]

  it('credits it, in part or in whole', () => {
    wallet(...paid)
      .when(refund('r1', 'a1', 300))
      .then(refunded('r1', 'a1', 300, 500))
    wallet(...paid, refunded('r1', 'a1', 100, 300))
      .when(refund('r2', 'a1', 200))
      .then(refunded('r2', 'a1', 200, 500))
  })

  it('happens once per refund', () => {
    wallet(...paid, refunded('r1', 'a1', 300, 500))
      .when(refund('r1', 'a1', 300))
      .thenUnchanged()
  })

  it('is never more than that debit took, whatever others took', () => {
    wallet(...paid, debited('a2', 200, 0), refunded('r1', 'a1', 100, 100))
      .when(refund('r2', 'a1', 201))
      .thenRefused('refund-exceeds-debit')
  })

  it('is nothing of a debit that was refused', () => {
    wallet(...holding(5), debitRefused('a1', 10))
      .when(refund('r1', 'a1', 10))
      .thenRefused('unknown-debit')
  })

  it('is not kept back because the wallet is full', () => {
    const amount = money(MAX_AMOUNT_MINOR, 'JPY').amountMinor
    wallet(
      opened(),
      deposited('d1', 1, amount),
      debited('a1', amount, 0),
      deposited('d2', 1, MAX_BALANCE_MINOR),
    )
      .when(refund('r1', 'a1', amount))
      .then(refunded('r1', 'a1', amount, MAX_BALANCE_MINOR + amount))
  })
})
