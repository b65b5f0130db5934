import type { CollectionSpec } from '#platform/readstore/port.ts'

/** Every way of looking ends in the position, which is how all of them are paged. */
export const EVENT_LOG: CollectionSpec = {
  name: 'event-log@1',
  indexes: [
    ['position'],
    ['correlationId', 'position'],
    ['causationId', 'position'],
    ['type', 'position'],
    ['actor', 'position'],
    ['atMs', 'position'],
  ],
}
