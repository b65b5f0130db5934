import type { CollectionSpec } from '#platform/readstore/port.ts'

/** Named after the projection and its version: a new version fills its own collection beside this one. */
export const ORDER_SUMMARY: CollectionSpec = {
  name: 'order-summary@3',
  indexes: [
    ['customerId', 'placedPosition'],
    ['customerId', 'status', 'placedPosition'],
  ],
}
