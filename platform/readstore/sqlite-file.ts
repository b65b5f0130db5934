import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { enterWal } from '../sqlite/wal.ts'
import { MOST_TEXTS, scanLimit } from './bounds.ts'
import type { Checkpoint, CollectionSpec, Fence, Query, StoredDocument, Swap, Write } from './port.ts'
import { countBySql, indexesSql, selectSql, tableSql, type IndexSql } from './sqlite-statements.ts'
import { statementCache } from './sqlite-statement-cache.ts'

/** How long a writer waits for another process's transaction before it fails. */
export const BUSY_TIMEOUT_MS = 5_000

/** The engine's own 2 MiB do not hold the inner pages of a few indexes over random ids. */
const CACHE_KIB = 16_384

/** A page that many commits touch is brought from the WAL (here up to 16 MiB) into the file once instead of after every few commits. */
const CHECKPOINT_PAGES = 4_000

/** A write whose body is JSON already, so that nothing is encoded while others wait for the file. */
export type EncodedWrite =
  | (Omit<Extract<Write, { kind: 'put' }>, 'body'> & { readonly json: string })
  | Extract<Write, { kind: 'delete' }>

/**
 * One SQLite file (or ':memory:') with documents and checkpoints. All of it is synchronous, so each call holds the event
 * loop for as long as the engine takes.
 */
export interface SqliteFile {
  readonly path: string
  /** All of the work or nothing, and nobody else writes to this file meanwhile. */
  readonly transaction: (work: () => void) => void
  /** Makes the collection where it is not there; not inside a transaction, which may be rolled back. */
  readonly ensure: (collection: string) => void
  readonly has: (collection: string) => boolean
  readonly missingIndexes: (spec: CollectionSpec) => readonly IndexSql[]
  readonly run: (sql: string) => void
  readonly write: (write: EncodedWrite) => void
  readonly move: (checkpoint: Checkpoint) => void
  readonly holds: (fence: Fence) => boolean
  readonly swap: (swap: Swap) => boolean
  readonly get: <D extends object>(collection: string, id: string) => StoredDocument<D> | undefined
  readonly load: <D extends object>(
    collection: string,
    ids: readonly string[],
  ) => Map<string, StoredDocument<D>>
  readonly find: <D extends object>(
    collection: string,
    query: Query,
  ) => { readonly items: readonly StoredDocument<D>[]; readonly total: number }
  readonly countBy: (collection: string, query: Pick<Query, 'where'>, path: string) => Map<string, number>
  readonly scan: <D extends object>(
    collection: string,
    after?: string,
    limit?: number,
  ) => readonly StoredDocument<D>[]
  readonly size: (collection: string) => { readonly documents: number; readonly bytes: number }
  /** Not less than how many documents there are, told at once. */
  readonly mostDocuments: (collection: string) => number
  readonly checkpoint: (name: string) => number | undefined
  readonly forget: (checkpoint: string) => void
  /** Answers how many documents it deleted. */
  readonly deleteSome: (collection: string, atMost: number) => number
  /** A mark of this very file, made once: what belongs to it can tell it from another of the same name. */
  readonly identity: () => string
  /** Says whose this file is, unless that was said before; answers whose it is. */
  readonly claim: (owner: string) => string
  readonly close: () => void
}

export const openSqliteFile = (path: string): SqliteFile => {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  enterWal(database)
  database.exec('PRAGMA synchronous = NORMAL')
  database.exec(`PRAGMA cache_size = -${CACHE_KIB}`)
  database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  database.exec(
    'CREATE TABLE IF NOT EXISTS checkpoints (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID',
  )
  const statement = statementCache(database)
  const known = new Set<string>()
  let open = true

  /** A collection nobody prepared is simply empty, as it is on engines that make collections as they are written. */
  const table = (collection: string): string => {
    const { name, create } = tableSql(collection)
    if (!known.has(name)) {
      database.exec(create)
      known.add(name)
    }
    return name
  }

  const marked = (which: 'identity' | 'owner', mark: string): string => {
    database.exec(
      'CREATE TABLE IF NOT EXISTS marks (which TEXT PRIMARY KEY, mark TEXT NOT NULL) WITHOUT ROWID',
    )
    const read = (): string | undefined => {
      const row = statement('SELECT mark FROM marks WHERE which = ?').get(which)
      return row === undefined ? undefined : text(row['mark'])
    }
    const before = read()
    if (before !== undefined) return before
    statement('INSERT INTO marks (which, mark) VALUES (?, ?) ON CONFLICT (which) DO NOTHING').run(which, mark)
    return read() ?? mark
  }

  return {
    path,
    transaction: (work) => {
      database.exec('BEGIN IMMEDIATE')
      try {
        work()
        database.exec('COMMIT')
      } catch (error) {
        // A failed COMMIT or a full disk may have rolled back already, and a second ROLLBACK would hide the reason.
        if (database.isTransaction) database.exec('ROLLBACK')
        throw error
      }
    },
    ensure: (collection) => {
      table(collection)
    },
    has: (collection) =>
      statement("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(
        tableSql(collection).bare,
      ) !== undefined,
    missingIndexes: (spec) => {
      const there = new Set(
        statement("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?")
          .all(tableSql(spec.name).bare)
          .map((row) => text(row['name'])),
      )
      return indexesSql(spec).filter(({ name }) => !there.has(name))
    },
    run: (sql) => database.exec(sql),
    write: (entry) => {
      const name = table(entry.collection)
      if (entry.kind === 'delete')
        statement(`DELETE FROM ${name} WHERE id = ? AND position <= ?`).run(
          entry.id,
          entry.position ?? Number.MAX_SAFE_INTEGER,
        )
      else
        statement(
          `INSERT INTO ${name} (id, position, body) VALUES (?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET position = excluded.position, body = excluded.body
           WHERE excluded.position >= ${name}.position`,
        ).run(entry.id, entry.position, entry.json)
    },
    move: ({ name, position }) => {
      statement(
        `INSERT INTO checkpoints (name, position) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET position = max(position, excluded.position)`,
      ).run(name, position)
    },
    holds: ({ collection, id, position }) =>
      statement(`SELECT 1 FROM ${table(collection)} WHERE id = ? AND position = ?`).get(id, position) !==
      undefined,
    swap: ({ collection, id, expected, position, body }) => {
      const name = table(collection)
      const { changes } =
        expected === undefined
          ? statement(
              `INSERT INTO ${name} (id, position, body) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING`,
            ).run(id, position, JSON.stringify(body))
          : statement(`UPDATE ${name} SET position = ?, body = ? WHERE id = ? AND position = ?`).run(
              position,
              JSON.stringify(body),
              id,
              expected,
            )
      return Number(changes) === 1
    },
    get: <D extends object>(collection: string, id: string) => {
      const row = statement(`SELECT id, position, body FROM ${table(collection)} WHERE id = ?`).get(id)
      return row === undefined ? undefined : document<D>(row)
    },
    load: <D extends object>(collection: string, ids: readonly string[]) => {
      const rows = statement(
        `SELECT id, position, body FROM ${table(collection)} WHERE id IN (SELECT value FROM json_each(?))`,
      ).all(JSON.stringify(ids))
      return new Map(rows.map((row) => [text(row['id']), document<D>(row)]))
    },
    find: <D extends object>(collection: string, query: Query) => {
      const { rows, count, values, offset, limit } = selectSql(table(collection), query)
      const items = statement(rows)
        .all(...values, limit, offset)
        .map(document<D>)
      if (query.counted === false) return { items, total: items.length }
      return { items, total: Number(statement(count).get(...values)?.['total']) }
    },
    countBy: (collection, query, path) => {
      const { next, count, values } = countBySql(table(collection), query, path)
      const counts = new Map<string, number>()
      // To SQLite every text, also the empty one, is greater than every number.
      for (let after: string | number = Number.MAX_VALUE; counts.size < MOST_TEXTS;) {
        const found: SQLOutputValue | undefined = statement(next).get(...values, after)?.['text']
        if (typeof found !== 'string') break
        counts.set(found, Number(statement(count).get(...values, found)?.['total']))
        after = found
      }
      return counts
    },
    scan: <D extends object>(collection: string, after?: string, limit?: number) =>
      // No id is empty, so the empty one is before all.
      statement(`SELECT id, position, body FROM ${table(collection)} WHERE id > ? ORDER BY id LIMIT ?`)
        .all(after ?? '', scanLimit(limit))
        .map(document<D>),
    size: (collection) => {
      const row = statement(
        `SELECT count(*) AS documents, coalesce(sum(octet_length(body)), 0) AS bytes FROM ${table(collection)}`,
      ).get()
      return { documents: Number(row?.['documents']), bytes: Number(row?.['bytes']) }
    },
    mostDocuments: (collection) =>
      Number(statement(`SELECT max(rowid) AS most FROM ${table(collection)}`).get()?.['most'] ?? 0),
    checkpoint: (name) => {
      const row = statement('SELECT position FROM checkpoints WHERE name = ?').get(name)
      return row === undefined ? undefined : Number(row['position'])
    },
    forget: (name) => {
      statement('DELETE FROM checkpoints WHERE name = ?').run(name)
    },
    deleteSome: (collection, atMost) => {
      const name = table(collection)
      const { changes } = statement(
        `DELETE FROM ${name} WHERE rowid IN (SELECT rowid FROM ${name} LIMIT ?)`,
      ).run(atMost)
      return Number(changes)
    },
    identity: () => marked('identity', crypto.randomUUID()),
    claim: (owner) => marked('owner', owner),
    close: () => {
      if (!open) return
      open = false
      database.close()
    },
  }
}

const document = <D extends object>(row: Record<string, SQLOutputValue>): StoredDocument<D> => ({
  id: text(row['id']),
  position: Number(row['position']),
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this store writes the column, from a body of the caller's type
  body: JSON.parse(text(row['body'])) as D,
})

const text = (value: SQLOutputValue | undefined): string => {
  if (typeof value !== 'string') throw new TypeError('A text column of the read store holds no text')
  return value
}
