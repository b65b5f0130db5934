import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { MongoClient } from 'mongodb'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readStoreContract } from './contract.ts'
import { databaseOf, openMongoReadStore } from './mongodb.ts'
import { ReadStoreUnavailable, type Write } from './port.ts'
import {
  databaseUrl,
  dropDatabase,
  emptyMongoReadStore,
  MONGODB_PROGRAMS,
  MONGODB_SERVERS,
  newDatabaseUrl,
} from './testing.ts'

const DOCUMENTS = 300

describe('an address of MongoDB', () => {
  it('names the database, which is kessai unless it does', () => {
    expect(databaseOf('mongodb://127.0.0.1:27017')).toBe('kessai')
    expect(databaseOf('mongodb://127.0.0.1:27017/')).toBe('kessai')
    expect(databaseOf('mongodb://u:p@a:1,b:2/?replicaSet=rs')).toBe('kessai')
    expect(databaseOf('mongodb://u:p@a:1,b:2/tea%20shop?replicaSet=rs')).toBe('tea shop')
    expect(databaseOf('mongodb+srv://cluster.example/teas')).toBe('teas')
  })

  it('can be turned to another database of the same server', () => {
    expect(databaseUrl('mongodb://a:1', 'x')).toBe('mongodb://a:1/x')
    expect(databaseUrl('mongodb://a:1/', 'x')).toBe('mongodb://a:1/x')
    expect(databaseUrl('mongodb://u:p@a:1,b:2/teas?replicaSet=rs', 'x')).toBe(
      'mongodb://u:p@a:1,b:2/x?replicaSet=rs',
    )
  })
})

describe.each(MONGODB_SERVERS)('the MongoDB read store', (server) => {
  readStoreContract(async () => emptyMongoReadStore(server))

  it('holds documents, indexes and checkpoints across a restart, and two see the same', async () => {
    const url = newDatabaseUrl(server)
    const before = openMongoReadStore({ url })
    const beside = openMongoReadStore({ url })
    await before.prepare([{ name: 'teas@1', indexes: [['kind', 'price.amountMinor'], ['organic']] }])
    await before.commit({
      writes: [{ kind: 'put', collection: 'teas@1', id: 'a', position: 7, body: { kind: 'green' } }],
      checkpoint: { name: 'teas@1', position: 7 },
    })
    expect((await beside.find('teas@1', { where: { kind: 'green' } })).total).toBe(1)
    await before.close()
    await beside.close()
    const after = openMongoReadStore({ url })
    expect(await after.checkpoint('teas@1')).toBe(7)
    await after.close()

    const client = new MongoClient(url)
    const indexes = await client.db().collection('teas@1').indexes()
    await client.close()
    expect(indexes.map(({ key }) => Object.keys(key))).toEqual(
      expect.arrayContaining([
        ['body.kind', 'body.price.amountMinor', '_id'],
        ['body.organic', '_id'],
      ]),
    )
    await dropDatabase(url)
  })

  it('prepares a collection with a schema, again and again, whether or not the server has validators', async () => {
    const store = emptyMongoReadStore(server)
    onTestFinished(() => store.close())
    const audit = { name: 'audit@1', indexes: [['event']], schema: { required: ['event'] } }
    await store.prepare([audit])
    await store.prepare([audit])
    await store.commit({
      writes: [{ kind: 'put', collection: 'audit@1', id: 'a', position: 1, body: { event: 'x' } }],
    })
    expect((await store.find('audit@1', { where: { event: 'x' } })).total).toBe(1)
  })

  it('replaces more documents at once than a server may hold readings open', async () => {
    const store = emptyMongoReadStore(server)
    onTestFinished(() => store.close())
    const batch = (position: number): Write[] =>
      Array.from({ length: 150 }, (_, nth) => ({
        kind: 'put',
        collection: 'teas@1',
        id: `tea-${nth}`,
        position,
        body: { position },
      }))
    await store.commit({ writes: batch(1) })
    await store.commit({ writes: batch(2) })
    expect((await store.find('teas@1', { where: { position: 2 } })).total).toBe(150)
  })
})

/** A server of the spec's own, on a folder that outlives its kills. */
const serverOf = async (program: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-mongodb-'))
  let running: ChildProcess | undefined
  const start = async (address: string): Promise<URL> => {
    const child = spawn(program, [address, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    running = child
    for await (const line of createInterface(child.stdout)) return new URL(line)
    throw new Error('The server ended before it listened')
  }
  const kill = async (): Promise<void> => {
    const child = running
    running = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  onTestFinished(async () => {
    await kill()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const { host } = await start('127.0.0.1:0')
  return { url: `mongodb://${host}/teas`, kill, restart: () => start(host) }
}

describe.each(MONGODB_PROGRAMS)('a MongoDB that is killed in the middle of a batch', (program) => {
  it('has after its restart all of the batch or no checkpoint of it, and takes the batch again', async () => {
    const server = await serverOf(program)
    const store = openMongoReadStore({ url: server.url, reachTimeoutMs: 500 })
    onTestFinished(() => store.close())
    const batchAt = (position: number) => ({
      writes: Array.from({ length: DOCUMENTS }, (_, nth): Write => ({
        kind: 'put',
        collection: `teas-${nth % 3}@1`,
        id: `${position}-${nth}`,
        position,
        body: { position },
      })),
      checkpoint: { name: 'teas@1', position },
    })
    const stored = async (position: number): Promise<number> => {
      const found = await Promise.all(
        [0, 1, 2].map((nth) => store.find(`teas-${nth}@1`, { where: { position }, limit: 0 })),
      )
      return found.reduce((sum, { total }) => sum + total, 0)
    }
    const seen = new Set<string>()
    await store.commit(batchAt(1))
    for (const [nth, afterMs] of [1, 10, 30].entries()) {
      const position = nth + 2
      const killed = store.commit(batchAt(position)).then(
        () => 'committed',
        (error: unknown) => (error instanceof ReadStoreUnavailable ? 'unknown' : String(error)),
      )
      // Not a wait for anything: the moment of the kill.
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      await server.kill()
      seen.add(await killed)
      await server.restart()
      const isDone = (): Promise<boolean> => store.checkpoint('teas@1').then((at) => at === position)
      await expect.poll(() => isDone().then(() => 'answers', String), { timeout: 30_000 }).toBe('answers')
      if (await isDone()) expect(await stored(position)).toBe(DOCUMENTS)
      await store.commit(batchAt(position))
      expect(await stored(position)).toBe(DOCUMENTS)
      expect(await store.checkpoint('teas@1')).toBe(position)
    }
    expect(seen).toContain('unknown')
    seen.delete('committed')
    expect([...seen]).toEqual(['unknown'])
  }, 300_000)
})
