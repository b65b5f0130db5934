import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { encodeEventFrame } from '../wire/eventFrame.ts'
import { dataOf } from '../wire/frames.ts'
import type { StreamSituation } from './expectation.ts'
import { judge } from './expectation.ts'
import type { ExpectedRevision, Head, ProposedEvent, StoredEvent } from './facts.ts'
import { isMetastream, LONG_MAX, metastreamOf, NO_EVENTS, originalOf, TOMBSTONE } from './facts.ts'
import type { Heads } from './heads.ts'
import type { RecentIds } from './recentIds.ts'
import { isSoftDeleted, parseRetention, SOFT_DELETED_JSON, withTruncateBefore } from './streamMetadata.ts'

/** One thing a client asks to be written. */
export type WriteRequest =
  | {
      readonly kind: 'append'
      readonly stream: string
      readonly expected: ExpectedRevision
      readonly events: readonly ProposedEvent[]
    }
  | { readonly kind: 'delete' | 'tombstone'; readonly stream: string; readonly expected: ExpectedRevision }

/** What became of it. `revision` is `NO_EVENTS` and `position` missing where nothing was to be written. */
export type WriteOutcome =
  | { readonly kind: 'written'; readonly revision: number; readonly position?: number | undefined }
  | { readonly kind: 'wrong-expected-revision'; readonly current: number }
  | { readonly kind: 'stream-deleted' }
  | { readonly kind: 'too-late' }
  | { readonly kind: 'unavailable'; readonly reason: string }

/** Applies requests inside the open transaction and remembers what it wrote until `takeWritten`. */
export type Writer = {
  readonly write: (request: WriteRequest) => WriteOutcome
  /** The events written since the last call, oldest first. */
  readonly takeWritten: () => readonly StoredEvent[]
  /** Forgets what was written since `takeWritten`, after a rollback. */
  readonly rewind: () => void
}

type Parts = {
  readonly db: DatabaseSync
  readonly heads: Heads
  readonly recentIds: RecentIds
  readonly clock: () => number
  /** The position of the next event. */
  readonly firstPosition: number
}

const systemEvent = (type: string, data: Uint8Array): ProposedEvent => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  data,
  customMetadata: new Uint8Array(),
})

const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex')

/** Positions are the byte offsets of the frames, so they grow with gaps, as in a real log. */
export const positionAfter = (event: { position: number; frameLength: number }): number =>
  event.position + event.frameLength

export const createWriter = ({ db, heads, recentIds, clock, firstPosition }: Parts): Writer => {
  const insertStream = db.prepare('INSERT INTO stream (name) VALUES (?)')
  const insertEvent = db.prepare(
    `INSERT INTO event (position, stream_id, revision, event_id, type, created_ms, frame)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const selectId = db.prepare('SELECT event_id FROM event WHERE stream_id = ? AND revision = ?')
  const selectPosition = db.prepare('SELECT position FROM event WHERE stream_id = ? AND revision = ?')
  const selectFrame = db.prepare('SELECT frame FROM event WHERE stream_id = ? AND revision = ?')

  let committedPosition = firstPosition
  let nextPosition = firstPosition
  let written: StoredEvent[] = []

  const streamRow = (stream: string): Head => {
    const head = heads.headOf(stream)
    if (head.streamId !== 0) return head
    return { streamId: Number(insertStream.run(stream).lastInsertRowid), lastRevision: head.lastRevision }
  }

  const put = (stream: string, event: ProposedEvent, at: number): StoredEvent => {
    const { streamId } = streamRow(stream)
    const position = nextPosition
    const createdMs = clock()
    const revision = at === TOMBSTONE ? LONG_MAX : at
    const frame = encodeEventFrame(event, { stream, revision, position, createdMs })
    insertEvent.run(position, streamId, at, idBytes(event.id), event.type, createdMs, frame)
    const stored = { position, streamId, stream, revision: at, type: event.type, createdMs, frame }
    nextPosition = positionAfter({ position, frameLength: frame.length })
    written.push(stored)
    recentIds.note(stored, event.id)
    heads.setHead(stream, { streamId, lastRevision: at })
    if (isMetastream(stream)) heads.setRetention(originalOf(stream), parseRetention(event.data))
    return stored
  }

  const putNext = (stream: string, event: ProposedEvent): StoredEvent =>
    put(stream, event, heads.headOf(stream).lastRevision + 1)

  const situationOf = (stream: string): StreamSituation => {
    const { streamId, lastRevision } = heads.headOf(stream)
    return {
      lastRevision,
      isSoftDeleted: () => isSoftDeleted(heads.retentionOf(stream)),
      hasMetadata: () => heads.headOf(metastreamOf(stream)).lastRevision !== NO_EVENTS,
      eventIdAt: (revision) => {
        const id = selectId.get(streamId, revision)?.['event_id']
        if (!(id instanceof Uint8Array)) return undefined
        const hex = Buffer.from(id).toString('hex')
        return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
      },
      recentRevisionOf: (eventId) => recentIds.revisionOf(streamId, eventId),
    }
  }

  const metadataOf = (stream: string): Uint8Array => {
    const { streamId, lastRevision } = heads.headOf(metastreamOf(stream))
    const frame = selectFrame.get(streamId, lastRevision)?.['frame']
    return frame instanceof Uint8Array ? dataOf(frame) : new Uint8Array()
  }

  /**
   * A softly deleted stream comes back with its first new event, or with new metadata. Either would show the
   * deleted events again unless `$tb` is written anew, in the same transaction.
   */
  const hideDeletedEvents = (stream: string, firstNewRevision: number): void => {
    const metadata = withTruncateBefore(metadataOf(stream), firstNewRevision)
    putNext(metastreamOf(stream), systemEvent('$metadata', metadata))
  }

  const repeated = (stream: string, revision: number): WriteOutcome => {
    const position = selectPosition.get(heads.headOf(stream).streamId, revision)?.['position']
    return { kind: 'written', revision, position: typeof position === 'number' ? position : undefined }
  }

  const append = (stream: string, events: readonly ProposedEvent[]): WriteOutcome => {
    const before = heads.headOf(stream).lastRevision
    const wasSoftDeleted = isSoftDeleted(heads.retentionOf(stream))
    const original = isMetastream(stream) ? originalOf(stream) : undefined
    const undeletes = original !== undefined && isSoftDeleted(heads.retentionOf(original))
    let last: StoredEvent | undefined
    for (const event of events) last = putNext(stream, event)
    if (last === undefined) return { kind: 'written', revision: before }
    if (wasSoftDeleted) hideDeletedEvents(stream, before + 1)
    if (undeletes) hideDeletedEvents(original, heads.headOf(original).lastRevision + 1)
    return { kind: 'written', revision: last.revision, position: last.position }
  }

  const softDelete = (stream: string): WriteOutcome => {
    const { revision, position } = putNext(
      metastreamOf(stream),
      systemEvent('$metadata', Buffer.from(SOFT_DELETED_JSON)),
    )
    return { kind: 'written', revision, position }
  }

  const bury = (stream: string): WriteOutcome => {
    const { revision, position } = put(stream, systemEvent('$streamDeleted', Buffer.from('{}')), TOMBSTONE)
    return { kind: 'written', revision, position }
  }

  const write = (request: WriteRequest): WriteOutcome => {
    const { stream, expected } = request
    if (heads.isTombstoned(stream)) return { kind: 'stream-deleted' }
    const situation = situationOf(stream)
    // A deletion takes part in the rules as one event that nobody has written before.
    const ids = request.kind === 'append' ? request.events.map((event) => event.id) : [randomUUID()]
    const verdict = judge(situation, expected, ids)
    if (verdict.kind === 'already-appended') return repeated(stream, verdict.lastRevision)
    if (verdict.kind === 'stream-deleted') return verdict
    const deletesNothing = request.kind === 'delete' && situation.lastRevision === NO_EVENTS
    if (verdict.kind === 'wrong-expected-revision' || deletesNothing) {
      return { kind: 'wrong-expected-revision', current: situation.lastRevision }
    }
    if (request.kind === 'append') return append(stream, request.events)
    return request.kind === 'delete' ? softDelete(stream) : bury(stream)
  }

  return {
    write,
    takeWritten: () => {
      const taken = written
      written = []
      committedPosition = nextPosition
      return taken
    },
    rewind: () => {
      written = []
      nextPosition = committedPosition
    },
  }
}
