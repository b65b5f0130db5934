import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readStoreContract } from './contract.ts'
import { copiesFolder } from './sqlite-copies.ts'
import { openSqliteFile } from './sqlite-file.ts'
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

  it('keeps a copy in a file of its own, which whoever fills it locks alone', async () => {
    const file = newFile()
    const store = openSqliteReadStore(file)
    await store.prepare([{ name: 'teas@1#2', indexes: [] }], { indexes: 'later' })
    const filling = new DatabaseSync(join(copiesFolder(file), 'teas@1#2.db'))
    filling.exec('BEGIN IMMEDIATE')
    await store.commit({ writes: [{ kind: 'put', collection: 'teas@1', id: 'a', position: 1, body: {} }] })
    filling.exec('ROLLBACK')
    filling.close()
    expect(await store.get('teas@1', 'a')).toBeDefined()
    await store.clear('teas@1#2', 'teas@1#2')
    expect(readdirSync(copiesFolder(file))).toEqual([])
    expect(await store.size('teas@1#2')).toEqual({ documents: 0, bytes: 0 })
    expect(readdirSync(copiesFolder(file))).toEqual([])
    await store.close()
  })

  it('sees that another process has dropped a copy', async () => {
    const file = newFile()
    const [one, other] = [openSqliteReadStore(file), openSqliteReadStore(file)]
    await one.commit({ writes: [{ kind: 'put', collection: 'teas@1#2', id: 'a', position: 1, body: {} }] })
    expect(await other.get('teas@1#2', 'a')).toBeDefined()
    await one.clear('teas@1#2', 'teas@1#2')
    expect(await other.get('teas@1#2', 'a')).toBeUndefined()
    await one.close()
    await other.close()
  })

  it('does not take what an earlier file left for a copy of this one', async () => {
    const file = newFile()
    const write = { kind: 'put', collection: 'teas@1#2', id: 'a', position: 1, body: {} } as const
    const before = openSqliteReadStore(file)
    await before.commit({ writes: [write], checkpoint: { name: 'teas@1#2', position: 7 } })
    await before.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
    const after = openSqliteReadStore(file)
    expect(await after.get('teas@1#2', 'a')).toBeUndefined()
    await after.commit({ writes: [{ ...write, id: 'b' }] })
    expect(await after.get('teas@1#2', 'a')).toBeUndefined()
    expect(await after.get('teas@1#2', 'b')).toBeDefined()
    expect(await after.checkpoint('teas@1#2')).toBeUndefined()
    await after.close()
  })

  it('finds a copy in the main file where an earlier build put it', async () => {
    const file = newFile()
    const earlier = openSqliteFile(file)
    earlier.write({ kind: 'put', collection: 'teas@1#2', id: 'a', position: 1, json: '{}' })
    earlier.move({ name: 'teas@1#2', position: 1 })
    earlier.close()
    const store = openSqliteReadStore(file)
    expect(await store.get('teas@1#2', 'a')).toBeDefined()
    expect(await store.checkpoint('teas@1#2')).toBe(1)
    await store.close()
  })

  it('makes the indexes of many documents in another thread, while it goes on here', async () => {
    const file = newFile()
    const store = openSqliteReadStore(file, { onTheSpotUpTo: 10 })
    const spec = { name: 'teas@1#2', indexes: [['kind'], ['price'], ['kind', 'price']] }
    await store.prepare([spec], { indexes: 'later' })
    await store.commit({
      writes: Array.from({ length: 2_000 }, (_, n) => ({
        kind: 'put' as const,
        collection: spec.name,
        id: `tea-${n}`,
        position: n,
        body: { kind: n % 7, price: n },
      })),
    })
    // Whoever had to wait for this here could never let go of it.
    const rival = new DatabaseSync(join(copiesFolder(file), 'teas@1#2.db'))
    rival.exec('BEGIN IMMEDIATE')
    const made: number[] = []
    const making = store.makeIndexes(spec, {
      signal: new AbortController().signal,
      onMade: (indexed) => made.push(indexed.made),
    })
    rival.exec('ROLLBACK')
    rival.close()
    await making
    expect(made).toEqual([1, 2, 3])
    expect(await store.indexed(spec)).toEqual({ made: 3, of: 3 })
    expect((await store.find(spec.name, { where: { kind: 3 } })).total).toBe(286)
    await store.close()
    const database = new DatabaseSync(join(copiesFolder(file), 'teas@1#2.db'))
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    database.close()
  })

  it('can be told to stop while another thread makes indexes, and makes the rest later', async () => {
    const store = openSqliteReadStore(newFile(), { onTheSpotUpTo: 0 })
    const spec = { name: 'teas@1#2', indexes: [['kind'], ['price']] }
    await store.commit({
      writes: [{ kind: 'put', collection: spec.name, id: 'a', position: 1, body: { kind: 1, price: 2 } }],
    })
    const ending = new AbortController()
    const making = store.makeIndexes(spec, { signal: ending.signal })
    ending.abort(new Error('cancelled'))
    await expect(making).rejects.toThrow('cancelled')
    await store.makeIndexes(spec, { signal: new AbortController().signal })
    expect(await store.indexed(spec)).toEqual({ made: 2, of: 2 })
    await store.close()
  })

  it('has, after a kill while an index is made, those that were told of, whole, and makes the rest', async () => {
    const file = newFile()
    const store = openSqliteReadStore(file)
    const spec = { name: 'teas@1#2', indexes: [['kind'], ['price'], ['kind', 'price'], ['price', 'kind']] }
    const writes = Array.from({ length: 30_000 }, (_, n) => ({
      kind: 'put' as const,
      collection: spec.name,
      id: `tea-${n}`,
      position: n,
      body: { kind: n % 7, price: n },
    }))
    await store.commit({ writes })
    const program = `
      import { openSqliteReadStore } from ${JSON.stringify(new URL('sqlite.ts', import.meta.url).href)}
      const onMade = ({ made }) => process.stdout.write(String(made))
      await openSqliteReadStore(${JSON.stringify(file)}).makeIndexes(${JSON.stringify(spec)}, {
        signal: new AbortController().signal, onMade,
      })
      setInterval(() => {}, 1_000)`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program])
    await once(child.stdout, 'data')
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
    const { made } = await store.indexed(spec)
    expect(made).toBeGreaterThan(0)
    await store.makeIndexes(spec, { signal: new AbortController().signal })
    expect(await store.indexed(spec)).toEqual({ made: 4, of: 4 })
    expect((await store.size(spec.name)).documents).toBe(writes.length)
    await store.close()
    const database = new DatabaseSync(join(copiesFolder(file), 'teas@1#2.db'))
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    database.close()
  }, 30_000)

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
