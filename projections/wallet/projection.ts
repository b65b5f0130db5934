import { impossible } from '#domain/decider.ts'
import { money } from '#domain/money/money.ts'
import { idIn, type Logged } from '../events.ts'
import { defineProjection } from '../projection.ts'
import { WALLET } from './collection.ts'
import type { WalletDocument } from './document.ts'

type Handled = 'AccountOpened' | 'FundsDeposited' | 'FundsDebited' | 'DebitRefused' | 'FundsRefunded'

/**
 * What does a customer's wallet hold? From the account's stream alone, every revision of it: a refused debit changes
 * nothing and is seen all the same, so that one that was left out is noticed.
 */
export const wallet = defineProjection<WalletDocument, Logged<Handled>>({
  name: 'wallet',
  version: 1,
  collection: WALLET,
  handles: ['AccountOpened', 'FundsDeposited', 'FundsDebited', 'DebitRefused', 'FundsRefunded'],
  followsOneStream: true,
  key: ({ stream }) => idIn(stream),
  evolve: (document, event) => {
    if (event.type === 'AccountOpened') {
      const { customerId, currency, atMs } = event.data
      return { customerId, openedAtMs: atMs, balance: money(0, currency) }
    }
    if (document === undefined) throw new Error(`${event.type} in ${event.stream}, which was never opened`)
    switch (event.type) {
      case 'FundsDeposited':
      case 'FundsDebited':
      case 'FundsRefunded':
        return { ...document, balance: event.data.balance }
      case 'DebitRefused':
        return document
      default:
        return impossible(event)
    }
  },
})
