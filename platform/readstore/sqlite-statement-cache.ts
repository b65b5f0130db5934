import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'

const MOST_STATEMENTS = 256

/** Compiles each statement once. Bounded, because the shapes of queries come from callers. */
export const statementCache = (database: DatabaseSync): ((sql: string) => StatementSync) => {
  const prepared = new LRUCache<string, StatementSync>({ max: MOST_STATEMENTS })
  return (sql) => {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
}
