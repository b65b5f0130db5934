import type { DatabaseSync } from 'node:sqlite'
import { backup, DatabaseSync as Database } from 'node:sqlite'

/** 1 MiB: commits wait for one step at most, and a step takes a few milliseconds. */
const PAGES_PER_STEP = 256
/** A database in memory starts its copy again with every commit, so there it is made in one step. */
const ALL_PAGES = 2 ** 31 - 1

/** What a copy is made of. `hold` keeps commits waiting until it is called back. */
export type CopySource = {
  readonly db: DatabaseSync
  readonly hold: () => () => void
}

/**
 * Makes a consistent copy of the database in `file`, which must not exist: everything committed before the
 * call, and whatever is committed until it ends. Reads and appends go on between its steps, which run on
 * another thread. Rejects with the reason of `signal` when that aborts; what lies in `file` is then worthless.
 */
export const copyDatabase = async (
  { db, hold }: CopySource,
  file: string,
  signal: AbortSignal,
): Promise<void> => {
  signal.throwIfAborted()
  // `backup` takes a transaction that is open during its very first step for a failure; later ones it waits out.
  const release = hold()
  try {
    await backup(db, file, {
      rate: db.location() === null ? ALL_PAGES : PAGES_PER_STEP,
      progress: () => {
        release()
        // Nothing but an exception ends a backup early.
        signal.throwIfAborted()
      },
    })
  } finally {
    release()
  }
  signal.throwIfAborted()
  makeSelfContained(file)
}

/** The copy says of itself that it has a write-ahead log, as its source does; alone it can be read anywhere. */
const makeSelfContained = (file: string): void => {
  const copy = new Database(file)
  try {
    copy.exec('PRAGMA journal_mode = DELETE')
  } finally {
    copy.close()
  }
}
