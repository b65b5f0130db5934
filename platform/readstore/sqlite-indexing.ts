import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { CollectionSpec, Indexed } from './port.ts'
import { BUSY_TIMEOUT_MS, type SqliteFile } from './sqlite-file.ts'
import type { IndexSql } from './sqlite-statements.ts'

export interface IndexingOptions {
  readonly signal: AbortSignal
  readonly onMade?: (indexed: Indexed) => void
  /** Up to so many documents an index is made on the spot: a thread would take longer to start. */
  readonly onTheSpotUpTo: number
}

/** Each index of so many documents holds the event loop for some hundredths of a second, as a large commit does. */
export const ON_THE_SPOT_UP_TO = 16_384

/** Makes the missing indexes of a collection; many documents are indexed in another thread. */
export const makeIndexesIn = async (
  file: SqliteFile,
  spec: CollectionSpec,
  { signal, onMade, onTheSpotUpTo }: IndexingOptions,
): Promise<void> => {
  const missing = file.missingIndexes(spec)
  let made = spec.indexes.length - missing.length
  const tell = (): void => {
    made += 1
    onMade?.({ made, of: spec.indexes.length })
  }
  signal.throwIfAborted()
  if (missing.length === 0) return
  if (file.path !== ':memory:' && file.mostDocuments(spec.name) > onTheSpotUpTo)
    return inAnotherThread(file.path, missing, signal, tell)
  for (const { create } of missing) {
    file.run(create)
    tell()
    await nextTurn()
    signal.throwIfAborted()
  }
}

/** The engine cannot be interrupted, so a thread that is told to stop ends when it has made the index in hand. */
const inAnotherThread = (
  path: string,
  missing: readonly IndexSql[],
  signal: AbortSignal,
  tell: () => void,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const workerData = { path, statements: missing.map(({ create }) => create), timeoutMs: BUSY_TIMEOUT_MS }
    const worker = new Worker(new URL('sqlite-index-worker.ts', import.meta.url), {
      workerData,
      // What this process was started with may be for its own entry alone.
      execArgv: [],
    })
    const stop = (): void => {
      void worker.terminate()
    }
    signal.addEventListener('abort', stop, { once: true })
    worker.on('message', tell)
    worker.once('error', reject)
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', stop)
      // Told to stop before it had begun, it also ends with 0.
      if (signal.aborted) reject(signal.reason)
      else if (code === 0) resolve()
      else reject(new Error(`The thread that makes indexes ended with ${code}`))
    })
  })
