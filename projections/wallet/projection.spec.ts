import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { debited, debitRefused, deposited, opened, refunded } from '#domain/account/samples.ts'
import type { AccountEvent } from '#domain/account/events.ts'
import type { StoredDocument } from '#platform/readstore/port.ts'
import { emptyReadStore } from '../empty-read-store.ts'
import {
  documentsAfter,
  expectReplayIsHarmless,
  givenEvents,
  logOf,
  positionOf,
  type Entry,
} from '../given.ts'
import { WALLET, WALLET_ENTRIES } from './collection.ts'
import { walletEntries } from './entries.ts'
import { wallet } from './projection.ts'
import { walletQueries } from './queries.ts'

const AT_MS = 1_795_200_000_000
const ORDER = '6f2a1d7c-3b54-4c1e-9a0d-5e8b7c6d4f10'
const yen = (amountMinor: number) => ({ amountMinor, currency: 'JPY' })
const of = (customerId: string, event: AccountEvent): Entry => ({ stream: `account-${customerId}`, event })
const STORY = [
  opened(),
  deposited('d1', 500, 500),
  debited('a1', 300, 200),
  debitRefused('a2', 900),
  refunded('r1', 'a1', 100, 300),
].map((event) => of('c1', event))

describe('the balance of a wallet', () => {
  it('is what its last entry says', () => {
    expect(givenEvents(wallet, ...STORY).document).toStrictEqual({
      customerId: 'c1',
      openedAtMs: AT_MS,
      balance: yen(300),
    })
  })

  it('is nothing right after it was opened, and not changed by what it could not pay', () => {
    const poor = [of('c1', opened()), of('c1', debitRefused('a1', 5))]
    expect(givenEvents(wallet, ...poor).document).toMatchObject({ balance: yen(0) })
  })

  it('is the same after any replay', () => {
    expectReplayIsHarmless(
      wallet,
      fc.integer({ min: 1, max: STORY.length }).map((n) => STORY.slice(0, n)),
    )
  })
})

describe('the statement of a wallet', () => {
  const stored = async (...entries: readonly Entry[]) => {
    const readStore = emptyReadStore()
    await readStore.prepare([WALLET, WALLET_ENTRIES])
    const documents: StoredDocument[] = [...documentsAfter(walletEntries, logOf(entries)).values()]
    const writes = documents.map((document) => ({
      kind: 'put' as const,
      collection: WALLET_ENTRIES.name,
      ...document,
    }))
    await readStore.commit({ writes })
    return walletQueries(readStore)
  }

  it('has an entry for all that moved money, newest first, with the order it was about', async () => {
    const { items } = await (await stored(...STORY)).entries('c1', { limit: 10 })
    const about = { customerId: 'c1', atMs: AT_MS }
    expect(items).toStrictEqual([
      {
        ...about,
        position: positionOf(4),
        kind: 'refund',
        amount: yen(100),
        balance: yen(300),
        orderId: ORDER,
      },
      {
        ...about,
        position: positionOf(2),
        kind: 'payment',
        amount: yen(300),
        balance: yen(200),
        orderId: ORDER,
      },
      { ...about, position: positionOf(1), kind: 'deposit', amount: yen(500), balance: yen(500) },
    ])
  })

  it('is read page by page to its beginning, whatever comes in meanwhile, and holds nobody else’s', async () => {
    const wallets = await stored(
      ...STORY,
      ...[opened(), deposited('d1', 7, 7)].map((event) => of('c2', event)),
      of('c1', deposited('d2', 1, 301)),
    )
    const first = await wallets.entries('c1', { limit: 2 })
    expect(first.items.map(({ kind }) => kind)).toStrictEqual(['deposit', 'refund'])
    const second = await wallets.entries('c1', { after: first.next, limit: 2 })
    expect(second.items.map(({ kind }) => kind)).toStrictEqual(['payment', 'deposit'])
    expect(await wallets.entries('c1', { after: second.next, limit: 2 })).toStrictEqual({ items: [] })
  })

  it('is the same after any replay', () => {
    expectReplayIsHarmless(walletEntries, fc.array(fc.constantFrom(...STORY), { maxLength: 20 }))
  })
})
