import { LRUCache } from 'lru-cache'
import type { DatabaseSync } from 'node:sqlite'
import { dataOf } from '../wire/frames.ts'
import type { Head } from './facts.ts'
import { isMetastream, metastreamOf, NO_EVENTS, originalOf, TOMBSTONE } from './facts.ts'
import type { Retention } from './streamMetadata.ts'
import { KEEP_ALL, KEEP_LAST, parseRetention } from './streamMetadata.ts'

const CACHED_STREAMS = 20_000

/** What is known of each stream: where it ends and what of it is hidden. */
export type Heads = {
  readonly headOf: (stream: string) => Head
  readonly retentionOf: (stream: string) => Retention
  /** Whether the stream ended for ever. The metadata of such a stream ended with it. */
  readonly isTombstoned: (stream: string) => boolean
  /** Changes, visible at once, that `keep` makes lasting and `forget` undoes. */
  readonly setHead: (stream: string, head: Head) => void
  readonly setRetention: (stream: string, retention: Retention) => void
  /** Called when a transaction opens: from here on nothing reaches the caches before `keep`. */
  readonly begin: () => void
  readonly keep: () => void
  readonly forget: () => void
}

/**
 * Bounded caches over the two tables. Inside a transaction everything learnt or changed goes to a side table
 * first: a row read back from a transaction that is then rolled back must not live on in a cache.
 */
export const createHeads = (db: DatabaseSync): Heads => {
  const selectStream = db.prepare('SELECT id FROM stream WHERE name = ?')
  const selectLast = db.prepare('SELECT max(revision) AS last FROM event WHERE stream_id = ?')
  const selectFrame = db.prepare('SELECT frame FROM event WHERE stream_id = ? AND revision = ?')

  const heads = new LRUCache<string, Head>({ max: CACHED_STREAMS })
  const retentions = new LRUCache<string, Retention>({ max: CACHED_STREAMS })
  const stagedHeads = new Map<string, Head>()
  const stagedRetentions = new Map<string, Retention>()
  let inTransaction = false

  const setHead = (stream: string, head: Head): void => {
    if (inTransaction) stagedHeads.set(stream, head)
    else heads.set(stream, head)
  }
  const setRetention = (stream: string, retention: Retention): void => {
    if (inTransaction) stagedRetentions.set(stream, retention)
    else retentions.set(stream, retention)
  }

  const readHead = (stream: string): Head => {
    const id = selectStream.get(stream)?.['id']
    if (typeof id !== 'number') return { streamId: 0, lastRevision: NO_EVENTS }
    const last = selectLast.get(id)?.['last']
    return { streamId: id, lastRevision: typeof last === 'number' ? last : NO_EVENTS }
  }

  const headOf = (stream: string): Head => {
    const known = stagedHeads.get(stream) ?? heads.get(stream)
    if (known !== undefined) return known
    const head = readHead(stream)
    setHead(stream, head)
    return head
  }

  const readRetention = (stream: string): Retention => {
    const meta = headOf(metastreamOf(stream))
    if (meta.lastRevision === NO_EVENTS) return KEEP_ALL
    const frame = selectFrame.get(meta.streamId, meta.lastRevision)?.['frame']
    return frame instanceof Uint8Array ? parseRetention(dataOf(frame)) : KEEP_ALL
  }

  const retentionOf = (stream: string): Retention => {
    if (isMetastream(stream)) return KEEP_LAST
    const known = stagedRetentions.get(stream) ?? retentions.get(stream)
    if (known !== undefined) return known
    const retention = readRetention(stream)
    setRetention(stream, retention)
    return retention
  }

  const isTombstoned = (stream: string): boolean =>
    headOf(stream).lastRevision === TOMBSTONE ||
    (isMetastream(stream) && headOf(originalOf(stream)).lastRevision === TOMBSTONE)

  const leave = (): void => {
    inTransaction = false
    stagedHeads.clear()
    stagedRetentions.clear()
  }

  return {
    headOf,
    retentionOf,
    isTombstoned,
    setHead,
    setRetention,
    begin: () => {
      inTransaction = true
    },
    keep: () => {
      for (const [stream, head] of stagedHeads) heads.set(stream, head)
      for (const [stream, retention] of stagedRetentions) retentions.set(stream, retention)
      leave()
    },
    forget: leave,
  }
}
