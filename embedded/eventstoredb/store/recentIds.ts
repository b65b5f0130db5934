import { LRUCache } from 'lru-cache'
import type { DatabaseSync } from 'node:sqlite'
import type { StoredEvent } from './facts.ts'

const REMEMBERED = 50_000
const REMEMBERED_AFTER_START = 4_096

/**
 * Which event ids were written lately, and where: all that can recognise a repeated append that expected
 * `any` revision. Bounded, so best effort; a decision never rests on it.
 */
export type RecentIds = {
  readonly revisionOf: (streamId: number, eventId: string) => number | undefined
  /** Notes an event of the open transaction. */
  readonly note: (event: StoredEvent, eventId: string) => void
  readonly keep: () => void
  readonly forget: () => void
}

/** Starts with the newest ids of the log, so that a retry across a restart is mostly recognised too. */
export const createRecentIds = (db: DatabaseSync): RecentIds => {
  const kept = new LRUCache<string, number>({ max: REMEMBERED })
  const staged = new Map<string, number>()
  const keyOf = (streamId: number, eventId: string): string => `${streamId}/${eventId.replaceAll('-', '')}`

  const newest = db.prepare('SELECT stream_id, revision, event_id FROM event ORDER BY position DESC LIMIT ?')
  for (const row of newest.all(REMEMBERED_AFTER_START).reverse()) {
    const { stream_id: streamId, revision, event_id: id } = row
    if (typeof streamId !== 'number' || typeof revision !== 'number' || !(id instanceof Uint8Array)) continue
    kept.set(keyOf(streamId, Buffer.from(id).toString('hex')), revision)
  }

  return {
    revisionOf: (streamId, eventId) => {
      const key = keyOf(streamId, eventId)
      return staged.get(key) ?? kept.get(key)
    },
    note: (event, eventId) => {
      staged.set(keyOf(event.streamId, eventId), event.revision)
    },
    keep: () => {
      for (const [key, revision] of staged) kept.set(key, revision)
      staged.clear()
    },
    forget: () => {
      staged.clear()
    },
  }
}
