import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  StaleFence,
  type Checkpoint,
  type Query,
  type ReadStore,
  type Write,
  type WriteBatch,
} from './port.ts'
import { sqliteCopies } from './sqlite-copies.ts'
import { openSqliteFile, type EncodedWrite, type SqliteFile } from './sqlite-file.ts'
import { makeIndexesIn, ON_THE_SPOT_UP_TO } from './sqlite-indexing.ts'

const DELETED_AT_ONCE = 500
/** A hundred million documents. */
const MOST_DELETIONS = 200_000

export interface SqliteReadStoreOptions {
  /** Up to so many documents an index is made on the spot and not in another thread; 16,384 unless told. */
  readonly onTheSpotUpTo?: number
}

/**
 * The read store in one SQLite file (or ':memory:'), which several processes may open at once: WAL lets them read
 * while one writes, and writers wait for each other. `synchronous=NORMAL` may lose the newest commits in a power cut,
 * never half of one, and what is lost is folded again from the log.
 *
 * Copies (`name#2`) are in files of their own in a folder beside it. A batch that concerns several files is one
 * transaction per file, documents first and checkpoints after, as on engines that have none.
 *
 * node:sqlite is synchronous, so each call holds the event loop for as long as the engine takes.
 */
export const openSqliteReadStore = (
  path: string,
  { onTheSpotUpTo = ON_THE_SPOT_UP_TO }: SqliteReadStoreOptions = {},
): ReadStore => {
  const main = openSqliteFile(path)
  const copies = sqliteCopies(main)
  let open = true
  let nothing: SqliteFile | undefined

  const toWrite = (name: string): SqliteFile => (copies.isOne(name) ? copies.open(name) : main)
  /** A copy that is not there is empty, and reading does not make it. */
  const toRead = (name: string): SqliteFile => {
    if (!copies.isOne(name)) return main
    return copies.find(name) ?? (nothing ??= openSqliteFile(':memory:'))
  }

  const commit = ({ writes, checkpoint, checkpoints = [], fences = [] }: WriteBatch): void => {
    const moves = checkpoint === undefined ? checkpoints : [checkpoint, ...checkpoints]
    const holdFences = (): void => {
      for (const fence of fences)
        if (!toRead(fence.collection).holds(fence))
          throw new StaleFence(`${fence.id} in ${fence.collection} is no longer at ${fence.position}`)
    }
    // DDL inside the transaction would be undone by a rollback while the cache of known tables is not.
    for (const { collection } of fences) toRead(collection).ensure(collection)
    // A late batch must not bring back the file of a copy that was dropped.
    holdFences()
    const parts = new Map<SqliteFile, { writes: EncodedWrite[]; moves: Checkpoint[] }>()
    const partOf = (name: string): { writes: EncodedWrite[]; moves: Checkpoint[] } => {
      const file = toWrite(name)
      const part = parts.get(file) ?? { writes: [], moves: [] }
      parts.set(file, part)
      return part
    }
    for (const write of writes) partOf(write.collection).writes.push(encoded(write))
    for (const move of moves) partOf(move.name).moves.push(move)
    for (const [file, part] of parts) for (const { collection } of part.writes) file.ensure(collection)

    const only = parts.size === 1
    for (const [file, part] of parts)
      if (only || part.writes.length > 0)
        file.transaction(() => {
          holdFences()
          part.writes.forEach(file.write)
          if (only) part.moves.forEach(file.move)
        })
    if (only) return
    for (const [file, part] of parts)
      if (part.moves.length > 0)
        file.transaction(() => {
          holdFences()
          part.moves.forEach(file.move)
        })
  }

  return {
    prepare: async (collections, { indexes } = { indexes: 'now' }) => {
      for (const spec of collections) {
        const file = toWrite(spec.name)
        file.ensure(spec.name)
        // In the main file everybody would wait for them, so they are made while the collection is small.
        if (indexes === 'now' || !copies.isOne(spec.name))
          for (const { create } of file.missingIndexes(spec)) file.run(create)
      }
    },
    indexed: async (spec) => {
      const of = spec.indexes.length
      return { made: of - toRead(spec.name).missingIndexes(spec).length, of }
    },
    makeIndexes: async (spec, { signal, onMade }) => {
      const file = toWrite(spec.name)
      file.ensure(spec.name)
      await makeIndexesIn(file, spec, { signal, onTheSpotUpTo, ...(onMade === undefined ? {} : { onMade }) })
    },
    get: async <D extends object>(collection: string, id: string) =>
      toRead(collection).get<D>(collection, id),
    load: async <D extends object>(collection: string, ids: readonly string[]) =>
      toRead(collection).load<D>(collection, ids),
    find: async <D extends object>(collection: string, query: Query) =>
      toRead(collection).find<D>(collection, query),
    countBy: async (collection, query, path) => toRead(collection).countBy(collection, query, path),
    scan: async <D extends object>(collection: string, after?: string, limit?: number) =>
      toRead(collection).scan<D>(collection, after, limit),
    size: async (collection) => toRead(collection).size(collection),
    commit: async (batch) => {
      commit(batch)
    },
    swap: async (change) => toWrite(change.collection).swap(change),
    checkpoint: async (name) => toRead(name).checkpoint(name),
    clear: async (collection, checkpoint, signal) => {
      // First the checkpoint: it must never say that documents are done which are gone.
      if (checkpoint !== undefined) toRead(checkpoint).forget(checkpoint)
      if (copies.isOne(collection)) return copies.drop(collection)
      for (let step = 0; step < MOST_DELETIONS; step += 1) {
        if (main.deleteSome(collection, DELETED_AT_ONCE) < DELETED_AT_ONCE) return
        await nextTurn()
        signal?.throwIfAborted()
      }
    },
    close: async () => {
      if (!open) return
      open = false
      copies.close()
      nothing?.close()
      main.close()
    },
  }
}

const encoded = (write: Write): EncodedWrite => {
  if (write.kind === 'delete') return write
  const { body, ...rest } = write
  return { ...rest, json: JSON.stringify(body) }
}
