import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { countBySql, indexesSql, tableSql } from '#platform/readstore/sqlite-statements.ts'
import { PRODUCTS } from './collection.ts'

describe('counting the products of each category', () => {
  it('goes by an index alone, because everybody asks for it and SQLite holds up the whole process', () => {
    const database = new DatabaseSync(':memory:')
    const { name, create } = tableSql(PRODUCTS.name)
    for (const sql of [create, ...indexesSql(PRODUCTS).map((index) => index.create)]) database.exec(sql)
    const { next, count, values } = countBySql(name, { where: { status: 'ACTIVE' } }, 'category')
    const planOf = (sql: string) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...values, 'tea')
        .map(({ detail }) => String(detail))
    expect(planOf(count)).toStrictEqual([
      expect.stringMatching(/COVERING INDEX index products@1 status category /),
    ])
    // It ends at the first row it meets there.
    expect(planOf(next)).toStrictEqual([
      expect.stringMatching(/INDEX index products@1 status category .*>\?\)$/),
    ])
    database.close()
  })
})
