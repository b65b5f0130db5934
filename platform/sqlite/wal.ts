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

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
