import { SHOP_EVENT_TYPES, type Logged } from '../events.ts'
import { defineProjection } from '../projection.ts'
import { EVENT_LOG } from './collection.ts'
import type { LoggedEvent } from './document.ts'

/** Which events are there, of whom, by whom, when and because of what? One document per event, written once. */
export const eventLog = defineProjection<LoggedEvent, Logged>({
  name: 'event-log',
  version: 1,
  collection: EVENT_LOG,
  handles: SHOP_EVENT_TYPES,
  key: ({ id }) => id,
  evolve: (document, { position, stream, revision, type, metadata, createdAtMs }) => {
    if (document !== undefined) return undefined
    const { correlationId, causationId, actor } = metadata
    return { position, stream, revision, type, correlationId, causationId, actor, atMs: createdAtMs }
  },
})
