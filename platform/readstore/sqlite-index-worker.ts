import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'

/**
 * A thread that makes indexes in a SQLite file, one transaction each, and tells of each one when it is there. It may be
 * killed at any moment: what was not told of is made again.
 */
const port = parentPort
if (port === null) throw new Error('This is for a worker thread')
const { path, statements, timeoutMs } = z
  .object({ path: z.string(), statements: z.array(z.string()), timeoutMs: z.number() })
  .parse(workerData)
const database = new DatabaseSync(path, { timeout: timeoutMs })
try {
  database.exec('PRAGMA synchronous = NORMAL')
  for (const sql of statements) {
    database.exec(sql)
    port.postMessage('made')
  }
} finally {
  database.close()
}
