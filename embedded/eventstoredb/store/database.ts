import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'

/** Marks a file as a log of this node ("KSES"), so that another program's database is never written to. */
const APPLICATION_ID = 0x4b534553
const SCHEMA_VERSION = 1
const LOCK_RETRY_MS = 50

const SQLITE_BUSY = 5
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS stream (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS event (
    position INTEGER PRIMARY KEY,
    stream_id INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    event_id BLOB NOT NULL,
    type TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    frame BLOB NOT NULL
  );
  CREATE UNIQUE INDEX IF NOT EXISTS event_by_revision ON event (stream_id, revision);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`

/** The SQLite result code of a thrown value, or undefined if SQLite did not throw it. */
const sqliteCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined

const pragma = (db: DatabaseSync, name: string): number => {
  const value = Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
  return typeof value === 'number' ? value : 0
}

/**
 * A file shorter than its own header claims was torn (a half-finished copy, a full disk). SQLite would only
 * notice when it happens to touch a missing page, perhaps long after appends were acknowledged.
 */
const refuseTornFile = (db: DatabaseSync, file: string): void => {
  db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  const expectedBytes = pragma(db, 'page_count') * pragma(db, 'page_size')
  const actualBytes = statSync(file).size
  if (actualBytes < expectedBytes) {
    throw new Error(
      `${file} is torn: it has ${actualBytes} bytes of ${expectedBytes}; restore it from a copy`,
    )
  }
}

const prepareDatabase = (db: DatabaseSync, file: string, maxPages: number | undefined): void => {
  // With an exclusive lock there is no shared memory file, and the lock lives exactly as long as the process.
  db.exec('PRAGMA locking_mode = EXCLUSIVE')
  const owner = pragma(db, 'application_id')
  if (owner !== 0 && owner !== APPLICATION_ID) throw new Error(`${file} is the database of another program`)
  const isFresh = pragma(db, 'page_count') === 0
  const version = pragma(db, 'user_version')
  if (!isFresh && (owner === 0 || version !== SCHEMA_VERSION)) {
    throw new Error(
      `${file} has the unknown format ${owner}/${version}; this node reads format ${SCHEMA_VERSION}`,
    )
  }
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192')
  db.exec(`BEGIN EXCLUSIVE; ${SCHEMA} COMMIT`)
  if (file !== ':memory:') refuseTornFile(db, file)
  if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${Math.trunc(maxPages)}`)
}

const tryOpen = (file: string, maxPages: number | undefined): DatabaseSync | 'locked' => {
  const db = new DatabaseSync(file)
  try {
    prepareDatabase(db, file, maxPages)
    return db
  } catch (error) {
    db.close()
    const code = sqliteCode(error)
    if (code === SQLITE_BUSY) return 'locked'
    if (code === SQLITE_NOTADB) throw new Error(`${file} is not a database`, { cause: error })
    if (code === SQLITE_CORRUPT)
      throw new Error(`${file} is damaged; restore it from a copy`, { cause: error })
    throw error
  }
}

/**
 * Opens the log file (or `:memory:`) and holds it exclusively. While another process holds it, the call waits
 * up to `lockWaitMs` and then refuses; so do a torn file, a file that is no database and another program's one.
 * The wait is made of short attempts because SQLite's own busy time-out would block the event loop.
 */
export const openDatabase = async (
  file: string,
  { maxPages, lockWaitMs = 0 }: { maxPages?: number | undefined; lockWaitMs?: number | undefined } = {},
): Promise<DatabaseSync> => {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  const giveUpAtMs = Date.now() + lockWaitMs
  for (;;) {
    const opened = tryOpen(file, maxPages)
    if (opened !== 'locked') return opened
    if (Date.now() >= giveUpAtMs)
      throw new Error(`${file} is in use by another node (waited ${lockWaitMs} ms)`)
    await pause(LOCK_RETRY_MS)
  }
}
