import type { CollectionSpec } from '#platform/readstore/port.ts'

export const PRODUCTS: CollectionSpec = {
  name: 'products@1',
  indexes: [
    ['status', 'listedAtMs'],
    ['status', 'price.amountMinor'],
    ['status', 'category', 'listedAtMs'],
    ['status', 'category', 'price.amountMinor'],
  ],
}
