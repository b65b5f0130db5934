import { MongoClient, type Collection } from 'mongodb'
import { collectionName } from './bounds.ts'
import { indexesOf, type Kept } from './mongodb-documents.ts'
import { isMissing, type Ask } from './mongodb-failures.ts'
import type { CollectionSpec, Indexed } from './port.ts'

type Index = ReturnType<typeof indexesOf>[number]

export const missingIndexes = async (
  collection: Collection<Kept>,
  spec: CollectionSpec,
): Promise<readonly Index[]> => {
  const names = new Set(await indexNames(collection))
  return indexesOf(spec).filter(({ name }) => !names.has(name))
}

const indexNames = async (collection: Collection<Kept>): Promise<readonly string[]> => {
  try {
    return (await collection.indexes()).flatMap(({ name }) => name ?? [])
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Longer than any index takes; who gives up on one leaves it to the next call. */
const LONGEST_INDEX_MS = 6 * 60 * 60 * 1_000

export interface IndexingServer {
  readonly url: string
  readonly database: string
  readonly ask: Ask
  readonly reachTimeoutMs: number
}

/**
 * Makes all indexes one by one, over a connection of its own that waits for as long as one takes. The server answers
 * others meanwhile; one that is being made already, for a process that is gone, is waited for.
 * https://www.mongodb.com/docs/manual/core/index-creation/
 */
export const makeIndexesOn = async (
  { url, database, ask, reachTimeoutMs }: IndexingServer,
  spec: CollectionSpec,
  signal: AbortSignal,
  onMade: (indexed: Indexed) => void,
): Promise<void> => {
  signal.throwIfAborted()
  const indexes = indexesOf(spec)
  const client = new MongoClient(url, {
    appName: 'kessai-indexes',
    maxPoolSize: 1,
    serverSelectionTimeoutMS: reachTimeoutMs,
    connectTimeoutMS: reachTimeoutMs,
    socketTimeoutMS: LONGEST_INDEX_MS,
    retryWrites: false,
    retryReads: false,
  })
  let stop = (): void => {}
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  const collection = client.db(database).collection<Kept>(collectionName(spec.name))
  const make = async (): Promise<void> => {
    for (const [before, index] of indexes.entries()) {
      await ask(() => collection.createIndexes([index]))
      signal.throwIfAborted()
      onMade({ made: before + 1, of: indexes.length })
    }
  }
  const making = make()
  try {
    await Promise.race([making, stopped])
  } finally {
    signal.removeEventListener('abort', stop)
    // What is still asked for then fails, and whoever stopped does not want to know.
    making.catch(() => {})
    stopped.catch(() => {})
    await client.close()
  }
}
