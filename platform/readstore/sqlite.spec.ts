import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readStoreContract } from './contract.ts'
import { openSqliteReadStore } from './sqlite.ts'

describe('the SQLite read store in memory', () => {
  readStoreContract(async () => openSqliteReadStore(':memory:'))
})

describe('the SQLite read store in a file', () => {
  let folder: string
  let files = 0
  const newFile = (): string => join(folder, `read-${(files += 1)}.db`)
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kessai-readstore-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  readStoreContract(async () => openSqliteReadStore(newFile()))

  it('holds documents, indexes and checkpoints across a restart', async () => {
    const file = newFile()
    const before = openSqliteReadStore(file)
    await before.prepare([{ name: 'teas@1', indexes: [['kind']] }])
    await before.commit({
      writes: [{ kind: 'put', collection: 'teas@1', id: 'a', position: 7, body: { kind: 'green' } }],
      checkpoint: { name: 'teas@1', position: 7 },
    })
    await before.close()
    const after = openSqliteReadStore(file)
    expect((await after.find('teas@1', { where: { kind: 'green' } })).total).toBe(1)
    expect(await after.checkpoint('teas@1')).toBe(7)
    await after.close()
  })

  it('shows one connection what another one committed', async () => {
    const file = newFile()
    const writer = openSqliteReadStore(file)
    const reader = openSqliteReadStore(file)
    expect(await reader.get('teas@1', 'a')).toBeUndefined()
    for (const position of [1, 2]) {
      await writer.commit({
        writes: [{ kind: 'put', collection: 'teas@1', id: 'a', position, body: { position } }],
        checkpoint: { name: 'teas@1', position },
      })
      expect((await reader.get('teas@1', 'a'))?.body).toEqual({ position })
      expect(await reader.checkpoint('teas@1')).toBe(position)
    }
    await writer.close()
    await reader.close()
  })

  it('answers a declared query from its index, in order, without a scan or a sort', async () => {
    const file = newFile()
    const store = openSqliteReadStore(file)
    await store.prepare([{ name: 'teas@1', indexes: [['kind', 'price.amountMinor']] }])
    await store.close()
    const database = new DatabaseSync(file)
    const plan = database
      .prepare(
        `EXPLAIN QUERY PLAN SELECT id, position, body FROM "collection teas@1"
         WHERE json_extract(body, '$.kind') = ?
         ORDER BY json_extract(body, '$.price.amountMinor') DESC, id DESC LIMIT ? OFFSET ?`,
      )
      .all('green', 10, 0)
      .map((row) => String(row['detail']))
      .join('\n')
    database.close()
    expect(plan).toContain('USING INDEX "index teas@1 kind price.amountMinor"'.replaceAll('"', ''))
    expect(plan).not.toContain('TEMP B-TREE')
  })
})
