import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { manualClock } from '../clock/manual-clock.ts'
import { sessionStoreContract } from './contract.ts'
import { SessionsUnavailable } from './port.ts'
import { openSqliteSessions } from './sqlite.ts'

const directory = mkdtempSync(join(tmpdir(), 'kessai-sessions-'))
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})
let files = 0
const newFile = (): string => join(directory, `sessions-${(files += 1)}.db`)

sessionStoreContract('memory', async (clock) => openSqliteSessions({ file: ':memory:', clock }))
sessionStoreContract('a SQLite file', async (clock) => openSqliteSessions({ file: newFile(), clock }))

describe('a session file', () => {
  it('signs nobody out over a restart', async () => {
    const [file, clock] = [newFile(), manualClock(0)]
    const before = openSqliteSessions({ file, clock })
    await before.set('a', { subject: 'hanako', body: '{}', expiresAtMs: 1_000 })
    await before.close()
    const after = openSqliteSessions({ file, clock })
    expect(await after.get('a')).toEqual({ subject: 'hanako', body: '{}', expiresAtMs: 1_000 })
    await after.close()
  })

  it('holds no trace of sessions that were ended everywhere', async () => {
    const [file, clock] = [newFile(), manualClock(0)]
    const store = openSqliteSessions({ file, clock })
    for (const key of ['a', 'b'])
      await store.set(key, { subject: 'hanako', body: '"hanako@example.com"', expiresAtMs: 1_000 })
    const traces = () =>
      [file, `${file}-wal`].filter((path) => readFileSync(path, 'latin1').includes('hanako@example.com'))
    expect(traces()).not.toEqual([])
    await store.destroyAllOf('hanako')
    expect(traces()).toEqual([])
    await store.close()
  })

  it('does not say that sessions are ended without a trace while somebody still reads the file', async () => {
    const [file, clock] = [newFile(), manualClock(0)]
    const store = openSqliteSessions({ file, clock })
    await store.set('a', { subject: 'hanako', body: '"hanako@example.com"', expiresAtMs: 1_000 })
    const reader = new DatabaseSync(file)
    reader.exec('BEGIN; SELECT count(*) FROM sessions')
    await expect(store.destroyAllOf('hanako')).rejects.toThrow(SessionsUnavailable)
    expect(await store.get('a')).toBeUndefined()
    reader.close()
    await store.destroyAllOf('hanako')
    expect(readFileSync(`${file}-wal`, 'latin1')).not.toContain('hanako@example.com')
    await store.close()
  })

  it('holds no trace of what has expired a minute later, also where nobody signs in any more', async () => {
    const [file, clock] = [newFile(), manualClock(0)]
    const store = openSqliteSessions({ file, clock })
    for (let n = 0; n < 50; n += 1)
      await store.set(`old-${n}`, { subject: `s-${n}`, body: '"hanako@example.com"', expiresAtMs: 1_000 })
    await store.set('new', { subject: 's', body: '{}', expiresAtMs: 200_000 })
    await clock.advance(61_000)
    expect(rowsIn(file)).toBe(1)
    expect(readFileSync(file, 'latin1')).not.toContain('hanako@example.com')
    expect(readFileSync(`${file}-wal`, 'latin1')).not.toContain('hanako@example.com')
    await store.close()
  })

  it('is swept when it is opened, of what expired while nobody had it open', async () => {
    const [file, clock] = [newFile(), manualClock(0)]
    const before = openSqliteSessions({ file, clock })
    await before.set('a', { subject: 's', body: '"hanako@example.com"', expiresAtMs: 1_000 })
    await before.close()
    await clock.advance(1_000)
    const after = openSqliteSessions({ file, clock })
    expect(rowsIn(file)).toBe(0)
    expect(readFileSync(file, 'latin1')).not.toContain('hanako@example.com')
    await after.close()
  })

  it('never holds more than its bound; those that end soonest make room', async () => {
    const [file, clock] = [newFile(), manualClock(0)]
    const store = openSqliteSessions({ file, clock, largest: 20 })
    for (let n = 1; n <= 100; n += 1)
      await store.set(`s-${n}`, { subject: `of-${n}`, body: '{}', expiresAtMs: n * 1_000 })
    expect(rowsIn(file)).toBeLessThanOrEqual(20)
    expect(await store.get('s-100')).toBeDefined()
    expect(await store.get('s-1')).toBeUndefined()
    await store.close()
  })

  it('says that it is unavailable rather than that nobody is signed in', async () => {
    const store = openSqliteSessions({ file: newFile(), clock: manualClock(0) })
    await store.close()
    await expect(store.get('a')).rejects.toThrow(SessionsUnavailable)
  })
})

const rowsIn = (file: string): number => {
  const database = new DatabaseSync(file)
  const row = database.prepare('SELECT count(*) AS rows FROM sessions').get()
  database.close()
  return Number(row?.['rows'])
}
