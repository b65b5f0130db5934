import type { SQLInputValue } from 'node:sqlite'
import { bodyPath, collectionName, isOneOfSeveral, spanOf } from './bounds.ts'
import type { CollectionSpec, Query } from './port.ts'

/** The SQL of the SQLite read store. Names and paths stand in the text, so they are checked; values never do. */

/** @throws RangeError on a name that could not be a collection's. */
export const tableSql = (
  collection: string,
): { readonly name: string; readonly bare: string; readonly create: string } => {
  const bare = `collection ${collectionName(collection)}`
  const name = `"${bare}"`
  return {
    name,
    bare,
    create: `CREATE TABLE IF NOT EXISTS ${name} (id TEXT PRIMARY KEY, position INTEGER NOT NULL, body TEXT NOT NULL)`,
  }
}

/** An index is used only by the very expression it was made with, so both come from here. */
const field = (path: string): string => `json_extract(body, '$.${bodyPath(path)}')`

export interface IndexSql {
  readonly name: string
  readonly create: string
}

/** The id is the last column, because every query sorts by it in the end. */
export const indexesSql = (spec: CollectionSpec): readonly IndexSql[] =>
  spec.indexes.map((paths) => {
    const name = `index ${spec.name} ${paths.join(' ')}`
    const columns = [...paths.map(field), 'id'].join(', ')
    return {
      name,
      create: `CREATE INDEX IF NOT EXISTS "${name}" ON ${tableSql(spec.name).name} (${columns})`,
    }
  })

/**
 * The next text above one, and how many have it. Two questions for each text, because the engine answers both from an
 * index alone, but reads every document to group them. @throws RangeError as `selectSql` does.
 */
export const countBySql = (
  table: string,
  query: Pick<Query, 'where'>,
  path: string,
): { readonly next: string; readonly count: string; readonly values: readonly SQLInputValue[] } => {
  const { matching, values } = conditionsOf(query)
  const where = matching === '' ? ' WHERE' : `${matching} AND`
  return {
    next: `SELECT min(${field(path)}) AS text FROM ${table}${where} ${field(path)} > ?`,
    count: `SELECT count(*) AS total FROM ${table}${where} ${field(path)} = ?`,
    values,
  }
}

export interface Select {
  readonly rows: string
  readonly count: string
  readonly values: readonly SQLInputValue[]
  readonly limit: number
  readonly offset: number
}

/** @throws RangeError on a path, limit or offset outside the port's bounds. */
export const selectSql = (table: string, query: Query): Select => {
  const { sort } = query
  const { offset, limit } = spanOf(query)
  const { matching, values } = conditionsOf(query)
  const direction = sort?.direction === 'desc' ? 'DESC' : 'ASC'
  const order = sort === undefined ? 'id ASC' : `${field(sort.by)} ${direction}, id ${direction}`
  return {
    rows: `SELECT id, position, body FROM ${table}${matching} ORDER BY ${order} LIMIT ? OFFSET ?`,
    count: `SELECT count(*) AS total FROM ${table}${matching}`,
    values,
    limit,
    offset,
  }
}

const conditionsOf = ({
  where = {},
  between = {},
}: Pick<Query, 'where' | 'between'>): {
  readonly matching: string
  readonly values: readonly SQLInputValue[]
} => {
  const conditions = Object.entries(where).map(([path, wanted]) =>
    isOneOfSeveral(wanted)
      ? { sql: `${field(path)} IN (SELECT value FROM json_each(?))`, value: JSON.stringify(wanted) }
      : { sql: `${field(path)} = ?`, value: typeof wanted === 'boolean' ? Number(wanted) : wanted },
  )
  const stretches = Object.entries(between).map(([path, { above, upTo }]) => ({
    // To SQLite every text is greater than every number, so it is the upper end that keeps texts out.
    sql: `(${field(path)} > ? AND ${field(path)} <= ?)`,
    values: [above, upTo],
  }))
  const all = [...conditions, ...stretches].map(({ sql }) => sql)
  return {
    matching: all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`,
    values: [...conditions.map(({ value }) => value), ...stretches.flatMap((stretch) => stretch.values)],
  }
}
