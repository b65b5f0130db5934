import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from './database.ts'

let folder = ''
const fileIn = (name: string): string => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kessai-log-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const fill = (db: DatabaseSync): void => {
  const insert = db.prepare('INSERT INTO event VALUES (?, 1, ?, ?, ?, 0, ?)')
  for (let index = 1; index <= 50; index += 1) {
    insert.run(index * 1_000, index, new Uint8Array(16), 'T', new Uint8Array(900))
  }
}

describe('the file of a log', () => {
  it('is durable by its settings: write-ahead log, flushed at every commit', async () => {
    const db = await openDatabase(fileIn('sub/folder/log.db'))
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
    db.close()
  })

  it('is refused to a second node while the first one has it, and free afterwards', async () => {
    const file = fileIn('log.db')
    const first = await openDatabase(file)
    await expect(openDatabase(file, { lockWaitMs: 120 })).rejects.toThrow(/in use by another node/)
    const waiting = openDatabase(file, { lockWaitMs: 5_000 })
    first.close()
    const second = await waiting
    second.close()
  })

  it('is refused when it is no database', async () => {
    const file = fileIn('notes.txt')
    writeFileSync(file, 'These are notes, not a database. '.repeat(100))
    await expect(openDatabase(file)).rejects.toThrow(/notes\.txt is not a database/)
  })

  it('is refused when it belongs to another program', async () => {
    const file = fileIn('other.db')
    const other = new DatabaseSync(file)
    other.exec('CREATE TABLE something (a); PRAGMA application_id = 7')
    other.close()
    await expect(openDatabase(file)).rejects.toThrow(/another program/)
    const nameless = new DatabaseSync(fileIn('nameless.db'))
    nameless.exec('CREATE TABLE something (a)')
    nameless.close()
    await expect(openDatabase(fileIn('nameless.db'))).rejects.toThrow(/unknown format/)
  })

  it('is refused when it was torn', async () => {
    const file = fileIn('log.db')
    const db = await openDatabase(file)
    fill(db)
    db.close()
    truncateSync(file, statSync(file).size - 8_192)
    await expect(openDatabase(file)).rejects.toThrow(/torn|damaged/)
  })
})
