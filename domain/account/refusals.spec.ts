import { describe, expect, it } from 'vitest'
import { fold } from '../given.ts'
import { MAX_BALANCE_MINOR } from './commands.ts'
import type { AccountCommand, AccountRefusal } from './commands.ts'
import { accountDecider } from './decider.ts'
import type { AccountEvent } from './events.ts'
import { debit, debited, deposit, deposited, opened, refund, refunded } from './samples.ts'

const full = [opened(), deposited('d1', 500, MAX_BALANCE_MINOR)]
const paid = [opened(), deposited('d1', 500, 500), debited('a1', 300, 200), refunded('r1', 'a1', 100, 300)]

/** Where a command can meet several refusals at once, the row is built so that it does: the first one must win. */
const table: Record<AccountRefusal, readonly [readonly AccountEvent[], AccountCommand]> = {
  'amount-out-of-range': [paid, refund('r1', 'a1', 0, 'USD')],
  'deposit-differs': [full, deposit('d1', 501, 'USD')],
  'debit-differs': [paid, debit('a1', 301)],
  'refund-differs': [paid, refund('r1', 'a1', 301, 'USD')],
  'unknown-debit': [paid, refund('r2', 'a2', 301, 'USD')],
  'currency-differs': [full, deposit('d2', 1, 'USD')],
  'balance-limit-exceeded': [full, deposit('d2', 1)],
  'refund-exceeds-debit': [paid, refund('r2', 'a1', 201)],
}

describe('refusals of a wallet, in their documented precedence', () => {
  it.each(Object.entries(table))('%s', (refusal, [events, command]) => {
    const decision = accountDecider.decide(fold(accountDecider, events), command)
    expect(decision).toStrictEqual({ kind: 'refused', refusal })
  })
})
