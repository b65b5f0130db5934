import type { CollectionSpec } from '#platform/readstore/port.ts'

export const WALLET: CollectionSpec = { name: 'wallet@1', indexes: [] }

export const WALLET_ENTRIES: CollectionSpec = {
  name: 'wallet-entries@1',
  indexes: [['customerId', 'position']],
}
