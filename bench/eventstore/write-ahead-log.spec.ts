import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writtenAhead } from './write-ahead-log.ts'

describe('counting commits in a write-ahead log', () => {
  let directory = ''
  let db: DatabaseSync
  const wal = () => join(directory, 'log.db-wal')
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kessai-wal-'))
    db = new DatabaseSync(join(directory, 'log.db'))
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; CREATE TABLE t (text TEXT)')
  })
  afterEach(() => {
    db.close()
    rmSync(directory, { recursive: true })
  })
  const commit = (rows: number, length = 10): void => {
    db.exec('BEGIN')
    for (let row = 0; row < rows; row += 1) db.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(length))
    db.exec('COMMIT')
  }

  it('counts transactions, however many rows and pages each has', () => {
    const before = writtenAhead(wal())
    commit(1)
    commit(50, 4_000)
    commit(2)
    const after = writtenAhead(wal())
    expect(after?.generation).toBe(before?.generation)
    expect((after?.commits ?? 0) - (before?.commits ?? 0)).toBe(3)
  })

  it('does not count what a log that began again has not yet overwritten', () => {
    for (let nth = 0; nth < 20; nth += 1) commit(1)
    const before = writtenAhead(wal())
    db.exec('PRAGMA wal_checkpoint(RESTART)')
    commit(1)
    const after = writtenAhead(wal())
    expect(after?.generation).not.toBe(before?.generation)
    expect(after?.commits).toBe(1)
  })

  it('knows nothing where there is no log', () => {
    expect(writtenAhead(join(directory, 'nothing-wal'))).toBeUndefined()
  })
})
