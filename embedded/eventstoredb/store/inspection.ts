import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { APPLICATION_ID, explainedFault, isBusy, needsWriteAheadLog } from './database.ts'
import { pragma } from './pragma.ts'
import { refuseTornFile } from './tornFile.ts'

/** What a log holds: its events, the position of the last one (0 for none), and the size of its file. */
export type LogFigures = {
  readonly events: number
  readonly headPosition: number
  readonly bytes: number
}

const figuresOf = (db: DatabaseSync, file: string): LogFigures => {
  db.exec('PRAGMA locking_mode = EXCLUSIVE')
  if (pragma(db, 'application_id') !== APPLICATION_ID)
    throw new Error(`${file} is no log of an embedded node`)
  refuseTornFile(db, file)
  const verdict = Object.values(db.prepare('PRAGMA integrity_check(1)').get() ?? {})[0]
  if (verdict !== 'ok') throw new Error(`${file} is damaged: ${String(verdict)}`)
  const row = db.prepare('SELECT count(*) AS events, max(position) AS head FROM event').get()
  return {
    events: Number(row?.['events'] ?? 0),
    headPosition: Number(row?.['head'] ?? 0),
    bytes: statSync(file).size,
  }
}

const inspect = (file: string, { readOnly }: { readOnly: boolean }): LogFigures => {
  const db = new DatabaseSync(file, { readOnly })
  try {
    return figuresOf(db, file)
  } catch (error) {
    if (!readOnly || !needsWriteAheadLog(error)) throw error
  } finally {
    db.close()
  }
  return inspect(file, { readOnly: false })
}

/**
 * Checks a log at rest, page by page, and says what it holds. Throws an `Error` that names what is wrong: in
 * use, torn, damaged, another program's, missing. A backup is opened for reading alone. The log of a node that was
 * killed takes in its write-ahead log, as at the next start; it cannot be read correctly otherwise.
 */
export const inspectLog = (file: string): LogFigures => {
  if (!existsSync(file)) throw new Error(`${file} does not exist`)
  try {
    return inspect(file, { readOnly: true })
  } catch (error) {
    if (isBusy(error)) throw new Error(`${file} is in use by a node`, { cause: error })
    throw explainedFault(error, file)
  }
}
