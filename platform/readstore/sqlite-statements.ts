import type { SQLInputValue } from 'node:sqlite'
import type { CollectionSpec, Query } from './port.ts'

/** The SQL of the SQLite read store. Names and paths stand in the text, so they are checked; values never do. */

const COLLECTION = /^[A-Za-z0-9][A-Za-z0-9_@.-]{0,99}$/
const PATH = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/

const DEFAULT_LIMIT = 100
const LARGEST_LIMIT = 1_000

/** @throws RangeError on a name that could not be a collection's. */
export const tableSql = (collection: string): { readonly name: string; readonly create: string } => {
  if (!COLLECTION.test(collection)) throw new RangeError(`Not a collection name: ${collection}`)
  const name = `"collection ${collection}"`
  return {
    name,
    create: `CREATE TABLE IF NOT EXISTS ${name} (id TEXT PRIMARY KEY, position INTEGER NOT NULL, body TEXT NOT NULL)`,
  }
}

/** An index is used only by the very expression it was made with, so both come from here. */
const field = (path: string): string => {
  if (!PATH.test(path)) throw new RangeError(`Not a path into a document: ${path}`)
  return `json_extract(body, '$.${path}')`
}

/** The id is the last column, because every query sorts by it in the end. */
export const indexesSql = (table: string, spec: CollectionSpec): readonly string[] =>
  spec.indexes.map(
    (paths) =>
      `CREATE INDEX IF NOT EXISTS "index ${spec.name} ${paths.join(' ')}" ON ${table} (${[...paths.map(field), 'id'].join(', ')})`,
  )

export interface Select {
  readonly rows: string
  readonly count: string
  readonly values: readonly SQLInputValue[]
  readonly limit: number
  readonly offset: number
}

/** @throws RangeError on a path, limit or offset outside the port's bounds. */
export const selectSql = (
  table: string,
  { where = {}, sort, offset = 0, limit = DEFAULT_LIMIT }: Query,
): Select => {
  if (!Number.isInteger(limit) || limit < 0 || limit > LARGEST_LIMIT)
    throw new RangeError(`limit must be 0 to ${LARGEST_LIMIT}`)
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError('offset must not be negative')
  const conditions = Object.entries(where).map(([path, wanted]) =>
    isOneOfSeveral(wanted)
      ? { sql: `${field(path)} IN (SELECT value FROM json_each(?))`, value: JSON.stringify(wanted) }
      : { sql: `${field(path)} = ?`, value: typeof wanted === 'boolean' ? Number(wanted) : wanted },
  )
  const matching = conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`
  const direction = sort?.direction === 'desc' ? 'DESC' : 'ASC'
  const order = sort === undefined ? 'id ASC' : `${field(sort.by)} ${direction}, id ${direction}`
  return {
    rows: `SELECT id, position, body FROM ${table}${matching} ORDER BY ${order} LIMIT ? OFFSET ?`,
    count: `SELECT count(*) AS total FROM ${table}${matching}`,
    values: conditions.map(({ value }) => value),
    limit,
    offset,
  }
}

const isOneOfSeveral = (
  wanted: NonNullable<Query['where']>[string],
): wanted is readonly (string | number)[] => Array.isArray(wanted)
