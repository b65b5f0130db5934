import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { enterWal } from '../sqlite/wal.ts'
import { MOST_TEXTS, scanLimit } from './bounds.ts'
import {
  StaleFence,
  type CollectionSpec,
  type Query,
  type ReadStore,
  type StoredDocument,
  type Swap,
  type Write,
  type WriteBatch,
} from './port.ts'
import { countBySql, indexesSql, selectSql, tableSql } from './sqlite-statements.ts'
import { statementCache } from './sqlite-statement-cache.ts'

/** How long a writer waits for another process's transaction before it fails. */
const BUSY_TIMEOUT_MS = 5_000

/** The engine's own 2 MiB do not hold the inner pages of a few indexes over random ids. */
const CACHE_KIB = 16_384

/** A page that many commits touch is brought from the WAL (here up to 16 MiB) into the file once instead of after every few commits. */
const CHECKPOINT_PAGES = 4_000

/**
 * The read store in one SQLite file (or ':memory:'), which several processes may open at once: WAL lets them read
 * while one writes, and writers wait for each other. `synchronous=NORMAL` may lose the newest commits in a power cut,
 * never half of one, and what is lost is folded again from the log.
 *
 * node:sqlite is synchronous, so each call holds the event loop for as long as the engine takes.
 */
export const openSqliteReadStore = (file: string): ReadStore => {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS })
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

  const transaction = (work: () => void): void => {
    database.exec('BEGIN IMMEDIATE')
    try {
      work()
      database.exec('COMMIT')
    } catch (error) {
      // A failed COMMIT or a full disk may have rolled back already, and a second ROLLBACK would hide the reason.
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  /** A collection nobody prepared is simply empty, as it is on engines that make collections as they are written. */
  const table = (collection: string): string => {
    const { name, create } = tableSql(collection)
    if (!known.has(name)) {
      database.exec(create)
      known.add(name)
    }
    return name
  }

  const write = (entry: Write): void => {
    const name = table(entry.collection)
    if (entry.kind === 'delete') {
      statement(`DELETE FROM ${name} WHERE id = ? AND position <= ?`).run(
        entry.id,
        entry.position ?? Number.MAX_SAFE_INTEGER,
      )
      return
    }
    statement(
      `INSERT INTO ${name} (id, position, body) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET position = excluded.position, body = excluded.body
       WHERE excluded.position >= ${name}.position`,
    ).run(entry.id, entry.position, JSON.stringify(entry.body))
  }

  const commit = ({ writes, checkpoint, checkpoints = [], fences = [] }: WriteBatch): void => {
    // DDL inside the transaction would be undone by a rollback while the cache of known tables is not.
    for (const { collection } of [...writes, ...fences]) table(collection)
    transaction(() => {
      for (const { collection, id, position } of fences)
        if (
          statement(`SELECT 1 FROM ${table(collection)} WHERE id = ? AND position = ?`).get(id, position) ===
          undefined
        )
          throw new StaleFence(`${id} in ${collection} is no longer at ${position}`)
      writes.forEach(write)
      for (const { name, position } of checkpoint === undefined ? checkpoints : [checkpoint, ...checkpoints])
        statement(
          `INSERT INTO checkpoints (name, position) VALUES (?, ?)
           ON CONFLICT (name) DO UPDATE SET position = max(position, excluded.position)`,
        ).run(name, position)
    })
  }

  const find = <D extends object>(
    collection: string,
    query: Query,
  ): { items: StoredDocument<D>[]; total: number } => {
    const { rows, count, values, offset, limit } = selectSql(table(collection), query)
    const items = statement(rows)
      .all(...values, limit, offset)
      .map(document<D>)
    if (query.counted === false) return { items, total: items.length }
    return { items, total: Number(statement(count).get(...values)?.['total']) }
  }

  const countBy = (collection: string, query: Pick<Query, 'where'>, path: string): Map<string, number> => {
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
  }

  const swap = ({ collection, id, expected, position, body }: Swap): boolean => {
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
  }

  const load = <D extends object>(
    collection: string,
    ids: readonly string[],
  ): Map<string, StoredDocument<D>> => {
    const rows = statement(
      `SELECT id, position, body FROM ${table(collection)} WHERE id IN (SELECT value FROM json_each(?))`,
    ).all(JSON.stringify(ids))
    return new Map(rows.map((row) => [text(row['id']), document<D>(row)]))
  }

  return {
    prepare: async (collections: readonly CollectionSpec[]) => {
      for (const spec of collections) {
        const name = table(spec.name)
        for (const sql of indexesSql(name, spec)) database.exec(sql)
      }
    },
    get: async <D extends object>(collection: string, id: string) => {
      const row = statement(`SELECT id, position, body FROM ${table(collection)} WHERE id = ?`).get(id)
      return row === undefined ? undefined : document<D>(row)
    },
    load: async <D extends object>(collection: string, ids: readonly string[]) => load<D>(collection, ids),
    find: async <D extends object>(collection: string, query: Query) => find<D>(collection, query),
    countBy: async (collection, query, path) => countBy(collection, query, path),
    scan: async <D extends object>(collection: string, after?: string, limit?: number) => {
      // No id is empty, so the empty one is before all.
      return statement(`SELECT id, position, body FROM ${table(collection)} WHERE id > ? ORDER BY id LIMIT ?`)
        .all(after ?? '', scanLimit(limit))
        .map(document<D>)
    },
    size: async (collection) => {
      const row = statement(
        `SELECT count(*) AS documents, coalesce(sum(octet_length(body)), 0) AS bytes FROM ${table(collection)}`,
      ).get()
      return { documents: Number(row?.['documents']), bytes: Number(row?.['bytes']) }
    },
    commit: async (batch) => {
      commit(batch)
    },
    swap: async (change) => swap(change),
    checkpoint: async (name) => {
      const row = statement('SELECT position FROM checkpoints WHERE name = ?').get(name)
      return row === undefined ? undefined : Number(row['position'])
    },
    clear: async (collection, checkpoint) => {
      const name = table(collection)
      transaction(() => {
        statement(`DELETE FROM ${name}`).run()
        if (checkpoint !== undefined) statement('DELETE FROM checkpoints WHERE name = ?').run(checkpoint)
      })
    },
    close: async () => {
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
