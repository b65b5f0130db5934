import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { pragma } from './pragma.ts'
import { refuseTornFile } from './tornFile.ts'

/** Marks a file as a log of this node ("KSES"), so that another program's database is never written to. */
export const APPLICATION_ID = 0x4b534553
const SCHEMA_VERSION = 1
const LOCK_RETRY_MS = 50

const SQLITE_BUSY = 5
const SQLITE_CANTOPEN = 14
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26
const SQLITE_IOERR_LOCK = 3850

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

/** Whether another connection holds the database. */
export const isBusy = (error: unknown): boolean => sqliteCode(error) === SQLITE_BUSY

/** Whether a reader failed because the database has a write-ahead log, which only a writer can hold alone. */
export const needsWriteAheadLog = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_IOERR_LOCK

/** What SQLite threw, in words that say what is wrong with the file; anything else as it is. */
export const explainedFault = (error: unknown, file: string): unknown => {
  const code = sqliteCode(error)
  if (code === SQLITE_NOTADB) return new Error(`${file} is not a database`, { cause: error })
  if (code === SQLITE_CORRUPT)
    return new Error(`${file} is damaged; restore it from a copy`, { cause: error })
  if (code === SQLITE_CANTOPEN) return new Error(`${file} cannot be opened`, { cause: error })
  return error
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
  if (file !== ':memory:') refuseTornFile(db, file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192')
  db.exec(`BEGIN EXCLUSIVE; ${SCHEMA} COMMIT`)
  db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${Math.trunc(maxPages)}`)
}

const tryOpen = (file: string, maxPages: number | undefined): DatabaseSync | 'locked' => {
  const db = new DatabaseSync(file)
  try {
    prepareDatabase(db, file, maxPages)
    return db
  } catch (error) {
    db.close()
    if (isBusy(error)) return 'locked'
    throw explainedFault(error, file)
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
