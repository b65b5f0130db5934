import type { CollectionSpec } from '#platform/readstore/port.ts'

export const ALERTS: CollectionSpec = {
  name: 'alerts@1',
  indexes: [
    ['rank'],
    ['rule', 'severity', 'status'],
    ['orderId', 'rank'],
    ['raisedAtMs'],
    ['changedPosition'],
  ],
}
