import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Clock } from '#platform/clock/clock.ts'
import { openMongoReadStore } from '#platform/readstore/mongodb.ts'
import { ReadStoreUnavailable, type CollectionSpec, type ReadStore } from '#platform/readstore/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'

export interface ReachReadStoreOptions {
  readonly config: { readonly KESSAI_DATA: string; readonly MONGODB_URL?: string | undefined }
  readonly clock: Clock
  readonly logger: Pick<Logger, 'warn'>
  readonly collections: readonly CollectionSpec[]
  /** How long a server that is still starting is waited for. */
  readonly patienceMs?: number
  /** How long each try looks for the server. */
  readonly reachTimeoutMs?: number
}

const PATIENCE_MS = 60_000
const AGAIN_MS = 1_000

/**
 * The read store at `MONGODB_URL`, else the SQLite file in `KESSAI_DATA`, with these collections prepared.
 * @throws ReadStoreUnavailable when the server did not answer within the patience.
 */
export const reachReadStore = async ({
  config,
  clock,
  logger,
  collections,
  patienceMs = PATIENCE_MS,
  reachTimeoutMs,
}: ReachReadStoreOptions): Promise<ReadStore> => {
  const readStore =
    config.MONGODB_URL === undefined
      ? openSqliteReadStore(join(config.KESSAI_DATA, 'read-models.db'))
      : openMongoReadStore({
          url: config.MONGODB_URL,
          ...(reachTimeoutMs === undefined ? {} : { reachTimeoutMs }),
        })
  const giveUpAtMs = clock.nowMs() + patienceMs
  for (;;)
    try {
      await readStore.prepare(collections)
      return readStore
    } catch (error) {
      if (!(error instanceof ReadStoreUnavailable) || clock.nowMs() >= giveUpAtMs) {
        await readStore.close()
        throw error
      }
      logger.warn({ error: error.message }, 'The read store is not there yet')
      await clock.sleep(AGAIN_MS)
    }
}
