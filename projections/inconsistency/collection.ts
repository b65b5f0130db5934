import type { CollectionSpec } from '#platform/readstore/port.ts'

export const INCONSISTENCY: CollectionSpec = {
  name: 'inconsistency@1',
  indexes: [['suspectFromMs'], ['facts.newestAtMs']],
}
