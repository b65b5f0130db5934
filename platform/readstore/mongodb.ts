import { MongoClient, ReadConcern, type Collection, type CollectionOptions } from 'mongodb'
import { collectionName, scanLimit, spanOf } from './bounds.ts'
import {
  documentOf,
  filterOf,
  jsonOf,
  sortOf,
  textCountsOf,
  validatorOf,
  type Kept,
} from './mongodb-documents.ts'
import { alreadyExists, asking, isDuplicateKey, isMissing, isNotKnown, type Ask } from './mongodb-failures.ts'
import { makeIndexesOn, missingIndexes } from './mongodb-indexes.ts'
import { holdFences, moveCheckpoint, type KeptCheckpoint } from './mongodb-fence.ts'
import { stepsOf, writeDocuments } from './mongodb-writes.ts'
import {
  ReadStoreUnavailable,
  type CollectionSpec,
  type Query,
  type ReadStore,
  type StoredDocument,
  type Swap,
  type WriteBatch,
} from './port.ts'

export interface MongoReadStoreOptions {
  /** `mongodb://…/database`; the database is `kessai` unless it is named. One database holds one shop. */
  readonly url: string
  /** How long a server is looked for, and a connection waited for. */
  readonly reachTimeoutMs?: number
  /** How long one question may stay without an answer. */
  readonly answerTimeoutMs?: number
}

const REACH_TIMEOUT_MS = 5_000
const ANSWER_TIMEOUT_MS = 10_000
const MOST_CONNECTIONS = 20
const DEFAULT_DATABASE = 'kessai'

/** No collection of the port can have this name. */
const CHECKPOINTS = '_checkpoints'

/**
 * The read store in a MongoDB database, which any number of processes may open at once. It needs no transactions and so
 * no replica set: documents are guarded one by one by position and fences, the checkpoint comes last, and a batch that
 * broke off is completed by its repetition. What it acknowledged is journaled on a majority of the members.
 *
 * Connects when first asked.
 */
export const openMongoReadStore = ({
  url,
  reachTimeoutMs = REACH_TIMEOUT_MS,
  answerTimeoutMs = ANSWER_TIMEOUT_MS,
}: MongoReadStoreOptions): ReadStore => {
  const client = new MongoClient(url, {
    appName: 'kessai',
    maxPoolSize: MOST_CONNECTIONS,
    serverSelectionTimeoutMS: reachTimeoutMs,
    connectTimeoutMS: reachTimeoutMs,
    waitQueueTimeoutMS: reachTimeoutMs,
    socketTimeoutMS: answerTimeoutMs,
    retryWrites: false,
    retryReads: false,
    readPreference: 'primary',
  })
  const database = client.db(databaseOf(url), {
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: answerTimeoutMs },
  })
  const askServer = asking(client.options.hosts.join(','))
  const limits = { maxTimeMS: answerTimeoutMs }
  let reading: CollectionOptions | undefined
  let open = true

  /** By itself the driver connects once: where that found nobody, it would never look again. */
  const ask: Ask = (work, how) =>
    askServer(async () => {
      if (!open) throw new ReadStoreUnavailable('The read store was closed')
      await client.connect()
      return work()
    }, how)

  /** A server alone has nothing that could be rolled back, and a stand-in need not know the word. */
  const toRead = async (): Promise<CollectionOptions> => {
    if (reading !== undefined) return reading
    const hello = await database.admin().command({ hello: 1 })
    const isReplicated = hello['setName'] !== undefined || hello['msg'] === 'isdbgrid'
    return (reading = isReplicated ? { readConcern: new ReadConcern('majority') } : {})
  }
  const writable = (name: string): Collection<Kept> => database.collection<Kept>(collectionName(name))
  const readable = async (name: string): Promise<Collection<Kept>> =>
    database.collection<Kept>(collectionName(name), await toRead())
  const checkpointsToRead = async (): Promise<Collection<KeptCheckpoint>> =>
    database.collection<KeptCheckpoint>(CHECKPOINTS, await toRead())

  const validate = async ({ name, schema }: CollectionSpec): Promise<void> => {
    if (schema === undefined) return
    const validator = validatorOf(schema)
    try {
      await database.createCollection(collectionName(name), { validator })
    } catch (error) {
      if (isNotKnown(error)) return
      if (!alreadyExists(error)) throw error
      await database.command({ collMod: name, validator })
    }
  }

  const prepare = async (spec: CollectionSpec): Promise<void> => {
    await validate(spec)
    const collection = writable(spec.name)
    // Asking again for all of several that are there would be harmless, but FerretDB hangs up on it.
    const missing = await missingIndexes(collection, spec)
    if (missing.length > 0) await collection.createIndexes([...missing])
  }

  const commit = async ({ writes, checkpoint, checkpoints = [], fences = [] }: WriteBatch): Promise<void> => {
    const steps = stepsOf(writes)
    await holdFences(database, fences)
    for (const step of steps)
      await all([...step].map(([name, entries]) => writeDocuments(writable(name), entries, fences)))
    const moves = checkpoint === undefined ? checkpoints : [checkpoint, ...checkpoints]
    if (steps.length > 0 && moves.length > 0) await holdFences(database, fences)
    const kept = database.collection<KeptCheckpoint>(CHECKPOINTS)
    await all(moves.map((move) => moveCheckpoint(kept, move, fences)))
  }

  /** One document and one filter, which MongoDB applies at once. */
  const swap = async ({ collection, id, expected, position, body }: Swap): Promise<boolean> => {
    const plain = jsonOf(body)
    if (expected !== undefined) {
      const { matchedCount } = await writable(collection).updateOne(
        { _id: id, position: expected },
        { $set: { position, body: plain } },
      )
      return matchedCount === 1
    }
    try {
      await writable(collection).insertOne({ _id: id, position, body: plain })
      return true
    } catch (error) {
      if (isDuplicateKey(error)) return false
      throw error
    }
  }

  const size = async (name: string): Promise<{ documents: number; bytes: number }> => {
    const collection = await readable(name)
    const documents = await collection.countDocuments({}, limits)
    if (documents === 0) return { documents, bytes: 0 }
    const stats = await collection.aggregate([{ $collStats: { storageStats: {} } }], limits).toArray()
    // One answer from each shard.
    return { documents, bytes: stats.reduce((sum, { storageStats }) => sum + Number(storageStats.size), 0) }
  }

  const find = async <D extends object>(name: string, query: Query) => {
    const { offset, limit } = spanOf(query)
    const filter = filterOf(query)
    const collection = await readable(name)
    const count = query.counted === false ? undefined : collection.countDocuments(filter, limits)
    // To MongoDB a limit of nothing is none.
    const rows =
      limit === 0
        ? []
        : collection
            .find(filter, { ...limits, sort: sortOf(query), skip: offset, limit, batchSize: limit })
            .toArray()
    const [total, items] = await Promise.all([count, rows])
    return { items: items.map(documentOf<D>), total: total ?? items.length }
  }

  const countBy = async (name: string, query: Pick<Query, 'where'>, path: string) => {
    const counted = (await readable(name)).aggregate<{ _id: string; total: number }>(
      textCountsOf(query, path),
      limits,
    )
    return new Map((await counted.toArray()).map(({ _id: text, total }) => [text, total]))
  }

  return {
    prepare: async (collections, { indexes } = { indexes: 'now' }) => {
      for (const spec of collections) await ask(() => (indexes === 'now' ? prepare(spec) : validate(spec)))
    },
    indexed: (spec) =>
      ask(async () => {
        const of = spec.indexes.length
        return { made: of - (await missingIndexes(writable(spec.name), spec)).length, of }
      }),
    makeIndexes: (spec, { signal, onMade }) =>
      makeIndexesOn(
        { url, database: database.databaseName, ask, reachTimeoutMs },
        spec,
        signal,
        onMade ?? (() => {}),
      ),
    get: async <D extends object>(name: string, id: string) => {
      const kept = await ask(async () => (await readable(name)).findOne({ _id: id }, limits))
      return kept === null ? undefined : documentOf<D>(kept)
    },
    load: async <D extends object>(
      name: string,
      ids: readonly string[],
    ): Promise<Map<string, StoredDocument<D>>> => {
      if (ids.length === 0) return new Map()
      const found = await ask(async () =>
        (await readable(name))
          .find({ _id: { $in: [...ids] } }, { ...limits, batchSize: ids.length })
          .toArray(),
      )
      return new Map(found.map(documentOf<D>).map((document) => [document.id, document]))
    },
    find: <D extends object>(name: string, query: Query) => ask(() => find<D>(name, query)),
    countBy: (name, query, path) => ask(() => countBy(name, query, path)),
    scan: async <D extends object>(name: string, after?: string, limit?: number) => {
      const most = scanLimit(limit)
      const found = await ask(async () =>
        (await readable(name))
          .find(after === undefined ? {} : { _id: { $gt: after } }, {
            ...limits,
            sort: { _id: 1 },
            limit: most,
            batchSize: most,
          })
          .toArray(),
      )
      return found.map(documentOf<D>)
    },
    size: (name) => ask(() => size(name)),
    // Repeated, it would find its own document and take it for another's.
    swap: (change) => ask(() => swap(change), { isReplayable: false }),
    commit: (batch) =>
      // A delete without a position may hit what has come since, so whoever wants it repeated must know that.
      ask(() => commit(batch), {
        isReplayable: batch.writes.every((write) => write.kind === 'put' || write.position !== undefined),
      }),
    checkpoint: (name) =>
      ask(async () => (await (await checkpointsToRead()).findOne({ _id: name }, limits))?.position),
    clear: (name, checkpoint) =>
      ask(async () => {
        // First the checkpoint: it must never say that documents are done which are gone.
        if (checkpoint !== undefined)
          await database.collection<KeptCheckpoint>(CHECKPOINTS).deleteOne({ _id: checkpoint })
        await dropped(writable(name))
      }),
    close: async () => {
      if (!open) return
      open = false
      await client.close()
    },
  }
}

/** The database that the address names. */
export const databaseOf = (url: string): string => {
  const [, named] = /^[^:]+:\/\/[^/]+\/([^?]+)/.exec(url) ?? []
  return named === undefined ? DEFAULT_DATABASE : decodeURIComponent(named)
}

/** Older servers refuse to drop what is not there. */
const dropped = async (collection: Collection<Kept>): Promise<void> => {
  try {
    await collection.drop()
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** Waits for all of them also where one fails, so that nothing is still writing when the caller goes on. */
const all = async (works: readonly Promise<void>[]): Promise<void> => {
  for (const result of await Promise.allSettled(works)) if (result.status === 'rejected') throw result.reason
}
