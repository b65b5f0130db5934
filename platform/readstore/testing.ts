import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { openMongoReadStore } from './mongodb.ts'
import type { ReadStore } from './port.ts'
import { openSqliteReadStore } from './sqlite.ts'

/** The MongoDB that specs run against, if there is one: then they use it wherever they need a read store. */
export const MONGODB_URL: string | undefined = process.env['MONGODB_URL'] || undefined

/** For `describe.each`: none, or the one that is configured. */
export const MONGODB_SERVERS: readonly string[] = MONGODB_URL === undefined ? [] : [MONGODB_URL]

const program = process.env['MONGODB_STAND_IN'] || undefined

/** For `describe.each`: a program that is MongoDB on an address and a folder, for specs that kill it; or none. */
export const MONGODB_PROGRAMS: readonly string[] = program === undefined ? [] : [program]

/** The same server, another database: specs run side by side and must not see each other's documents. */
export const databaseUrl = (url: string, database: string): string => {
  const [, server = url, options = ''] = /^([^:]+:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(url) ?? []
  return `${server}/${database}${options}`
}

export const newDatabaseUrl = (url: string): string => databaseUrl(url, `kessai-spec-${randomUUID()}`)

export const dropDatabase = async (url: string): Promise<void> => {
  const client = new MongoClient(url)
  try {
    await client.db().dropDatabase()
  } finally {
    await client.close()
  }
}

/** A database of its own on the server at the address; closing it drops it. */
export const emptyMongoReadStore = (url: string): ReadStore => {
  const own = newDatabaseUrl(url)
  const readStore = openMongoReadStore({ url: own })
  return {
    ...readStore,
    close: async () => {
      await readStore.close()
      await dropDatabase(own)
    },
  }
}

/** An empty read store for one spec, in memory or on the MongoDB at `MONGODB_URL`. Whoever opens it closes it. */
export const openEmptyReadStore = (): ReadStore =>
  MONGODB_URL === undefined ? openSqliteReadStore(':memory:') : emptyMongoReadStore(MONGODB_URL)

/**
 * For a shop that a spec starts as a process: a database of its own on the MongoDB at `MONGODB_URL`, where there is one,
 * for its environment. `drop` takes it away again.
 */
export const ownDatabase = (): {
  readonly environment: Readonly<Record<string, string>>
  readonly drop: () => Promise<void>
} => {
  if (MONGODB_URL === undefined) return { environment: {}, drop: () => Promise.resolve() }
  const own = newDatabaseUrl(MONGODB_URL)
  return { environment: { MONGODB_URL: own }, drop: () => dropDatabase(own) }
}
