import type { Position } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { WALLET, WALLET_ENTRIES } from './collection.ts'
import type { WalletDocument, WalletEntry } from './document.ts'

/** Newest first. `next` is what to go on after; absent where the statement begins. */
export interface EntryPage {
  readonly items: readonly WalletEntry[]
  readonly next?: Position
}

export interface WalletQueries {
  /** Undefined where nobody has opened one. */
  readonly of: (customerId: string) => Promise<WalletDocument | undefined>
  /** The entries older than a position, or the newest ones; up to `limit` of them, at most 1,000. */
  readonly entries: (
    customerId: string,
    span: { readonly after?: Position | undefined; readonly limit: number },
  ) => Promise<EntryPage>
}

const BEFORE_ALL = -1
const NEWEST = Number.MAX_SAFE_INTEGER

export const walletQueries = (readStore: ReadStore): WalletQueries => ({
  of: async (customerId) => (await readStore.get<WalletDocument>(WALLET.name, customerId))?.body,
  entries: async (customerId, { after = NEWEST, limit }) => {
    const found = await readStore.find<WalletEntry>(WALLET_ENTRIES.name, {
      where: { customerId },
      between: { position: { above: BEFORE_ALL, upTo: after - 1 } },
      sort: { by: 'position', direction: 'desc' },
      limit,
      counted: false,
    })
    const items = found.items.map(({ body }) => body)
    const last = items.at(-1)
    return items.length < limit || last === undefined ? { items } : { items, next: last.position }
  },
})
