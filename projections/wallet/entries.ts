import { idIn, type Logged } from '../events.ts'
import { defineProjection } from '../projection.ts'
import { WALLET_ENTRIES } from './collection.ts'
import type { WalletEntry } from './document.ts'

type Entry = 'FundsDeposited' | 'FundsDebited' | 'FundsRefunded'

const KINDS = { FundsDeposited: 'deposit', FundsDebited: 'payment', FundsRefunded: 'refund' } as const

/**
 * What came into a wallet and went out of it? One document per entry, written once; a refused debit moved nothing and is
 * none.
 */
export const walletEntries = defineProjection<WalletEntry, Logged<Entry>>({
  name: 'wallet-entries',
  version: 1,
  collection: WALLET_ENTRIES,
  handles: ['FundsDeposited', 'FundsDebited', 'FundsRefunded'],
  key: ({ id }) => id,
  evolve: (document, { position, stream, type, data }) => {
    if (document !== undefined) return undefined
    const { amount, balance, atMs } = data
    const about = 'orderId' in data ? { orderId: data.orderId } : {}
    return { customerId: idIn(stream), position, kind: KINDS[type], amount, balance, ...about, atMs }
  },
})
