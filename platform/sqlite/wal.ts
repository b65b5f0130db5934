import type { DatabaseSync } from 'node:sqlite'

const STEP_MS = 10
const PATIENCE_MS = 5_000
/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5

/**
 * Puts a database into WAL, as every process that opens it does. While one of them makes the switch, SQLite tells the
 * others "database is locked" at once, whatever their busy timeout, so this asks again for up to `patienceMs`. Blocks
 * the thread meanwhile, as all of node:sqlite does. Harmless where WAL is on already.
 */
export const enterWal = (database: DatabaseSync, patienceMs = PATIENCE_MS): void => {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let waitedMs = 0; ; waitedMs += STEP_MS) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (waitedMs >= patienceMs || !isBusy(error)) throw error
      Atomics.wait(pause, 0, 0, STEP_MS)
    }
  }
}

/** Nobody reads for longer than this but a backup, and whoever waits blocks the thread. */
const READERS_PATIENCE_MS = 250

/**
 * Empties the write-ahead log, where what was deleted or overwritten still stands.
 * @throws while somebody reads what stands there: everything is done but this, and it is to be asked for again.
 */
export const emptyWal = (database: DatabaseSync): void => {
  const before = Number(database.prepare('PRAGMA busy_timeout').get()?.['timeout'] ?? 0)
  database.exec(`PRAGMA busy_timeout = ${READERS_PATIENCE_MS}`)
  try {
    if (database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0) return
    throw new Error('Somebody reads the write-ahead log, so it could not be emptied')
  } finally {
    database.exec(`PRAGMA busy_timeout = ${before}`)
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
