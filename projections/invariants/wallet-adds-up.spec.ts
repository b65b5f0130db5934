import { describe, it } from 'vitest'
import type { AccountEvent } from '#domain/account/events.ts'
import { debited, debitRefused, deposited, opened, refunded } from '#domain/account/samples.ts'
import type { Entry } from '../given.ts'
import { expectRule } from './expect-rule.ts'
import { walletAddsUp } from './wallet-adds-up.ts'

const expectStory = (...events: readonly AccountEvent[]) =>
  expectRule(walletAddsUp, ...events.map((event): Entry => ({ stream: 'account-c1', event })))
const finding = (revision: number, message: string, facts: object = {}) => ({
  rule: 'I1' as const,
  stream: 'account-c1',
  message,
  facts: { revision, ...facts },
})
const DIFFERS = 'A wallet does not hold what its entries add up to'

describe('I1, wallets', () => {
  it('is kept by a wallet that tells what its entries add up to', () => {
    expectStory(
      opened(),
      deposited('d1', 500, 500),
      debited('a1', 300, 200),
      debitRefused('a2', 900),
      refunded('r1', 'a1', 100, 300),
      refunded('r2', 'a1', 200, 500),
    ).toBeKept()
  })

  it.each([
    ['a deposit', [deposited('d1', 500, 501)], '500 JPY', '501 JPY'],
    ['a debit', [deposited('d1', 500, 500), debited('a1', 300, 201)], '200 JPY', '201 JPY'],
  ])('finds a balance that is not what it was with %s', (_, events, expected, found) => {
    expectStory(opened(), ...events).toFind(finding(events.length, DIFFERS, { expected, found }))
  })

  it('finds a wallet that is overdrawn', () => {
    // The event cannot even tell a balance below zero, so it tells another one.
    expectStory(opened(), deposited('d1', 5, 5), debited('a1', 6, 0)).toFind(
      finding(2, DIFFERS, { expected: '-1 JPY', found: '0 JPY' }),
      finding(2, 'A wallet is overdrawn', { balanceMinor: -1 }),
    )
  })

  it('finds what came or went twice', () => {
    const paid = [opened(), deposited('d1', 500, 500), debited('a1', 100, 400)]
    expectStory(...paid, deposited('d1', 500, 900)).toFind(finding(3, 'A deposit came in twice'))
    expectStory(...paid, debited('a1', 100, 300)).toFind(finding(3, 'A wallet paid an attempt twice'))
    expectStory(...paid, refunded('r1', 'a1', 50, 450), refunded('r1', 'a1', 50, 500)).toFind(
      finding(4, 'A refund came into a wallet twice'),
    )
    expectStory(...paid, opened()).toFind(finding(3, 'A wallet was opened twice'))
  })

  it('finds more back than was paid', () => {
    expectStory(
      opened(),
      deposited('d1', 500, 500),
      debited('a1', 100, 400),
      refunded('r1', 'a1', 101, 501),
    ).toFind(finding(3, 'More came back into a wallet than it paid'))
  })
})
