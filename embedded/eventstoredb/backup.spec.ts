import type { EventStoreDBClient as NodeClient } from '@eventstore/db-client'
import { EventStoreDBClient } from '@eventstore/db-client'
import { Client, credentials, Server, ServerCredentials } from '@grpc/grpc-js'
import { randomUUID } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { downloadBackup, inspectLog } from './backup.ts'
import { startNode } from './node.ts'
import { collect, numbered, openNode, until } from './testing/openNode.ts'
import { backupMethod } from './wire/maintenance.ts'

let folder = ''
const fileIn = (name: string): string => join(folder, name)
const temporaryFiles = (): string[] => readdirSync(folder).filter((name) => name.includes('.backup-'))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kessai-backup-spec-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const credentialsOfPlainAppend = { credentials: { username: 'a', password: 'b' } }

/** Writers by both protocols at full speed; `acknowledged` counts the events of each stream as they are. */
const startWriters = (client: NodeClient) => {
  const acknowledged = new Map<string, number>()
  const goOn = { now: true }
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    const stream = `load-${writer}`
    const options = writer % 3 === 0 ? credentialsOfPlainAppend : {}
    for (let count = 0; goOn.now && count < 50_000; count += 3) {
      const expectedRevision = count === 0 ? 'no_stream' : BigInt(count - 1)
      await client.appendToStream(stream, numbered(3, 'Loaded', count), { ...options, expectedRevision })
      acknowledged.set(stream, count + 3)
    }
  })
  const stop = async (): Promise<void> => {
    goOn.now = false
    await Promise.all(writers)
  }
  const total = () => [...acknowledged.values()].reduce((sum, count) => sum + count, 0)
  return { acknowledged, total, stop }
}

const everything = async (client: NodeClient) =>
  (await collect(client.readAll())).flatMap(({ event }) => (event === undefined ? [] : [event]))

const revisionsByStream = (events: Awaited<ReturnType<typeof everything>>): Map<string, number[]> => {
  const revisions = new Map<string, number[]>()
  for (const { streamId, revision } of events) {
    const own = revisions.get(streamId) ?? []
    own.push(Number(revision))
    revisions.set(streamId, own)
  }
  return revisions
}

const filler = (kilobytes: number) =>
  numbered(1).map((event) => ({ ...event, data: { ...event.data, text: 'x'.repeat(kilobytes * 1_024) } }))

/** A log of some megabytes, so that a copy of it does not fit into the buffers of a connection. */
const fill = async (client: NodeClient, megabytes: number): Promise<void> => {
  for (let index = 0; index < megabytes; index += 1) await client.appendToStream('filler', filler(900))
}

/** Asks for a backup without reading it. */
const askWithoutReading = (port: number) => {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  const { path, requestSerialize, responseDeserialize } = backupMethod
  const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, Buffer.alloc(0))
  const errors: unknown[] = []
  call.on('error', (error) => errors.push(error))
  return { call, errors, [Symbol.dispose]: () => client.close() }
}

/** Reads a backup piece by piece; asks again while the node is still clearing away the one before. */
const pieceSizes = async (port: number): Promise<number[]> => {
  const giveUpAtMs = Date.now() + 10_000
  while (Date.now() < giveUpAtMs) {
    using asked = askWithoutReading(port)
    const sizes: number[] = []
    asked.call.on('data', (piece: Buffer) => sizes.push(piece.length))
    await new Promise((resolve) => asked.call.once('status', resolve))
    if (asked.errors.length === 0) return sizes
  }
  throw new Error('every attempt was refused')
}

describe.each([{ where: 'a file' }, { where: 'memory' }])('the backup of a log in $where', ({ where }) => {
  it('under full load is a prefix of the log that holds everything acknowledged before', async () => {
    const log = where === 'memory' ? ':memory:' : fileIn('log.db')
    await using opened = await openNode({ file: log })
    const { client, node } = opened
    await fill(client, 4)
    const writers = startWriters(client)
    await until(() => writers.total() > 300)

    const acknowledgedBefore = new Map(writers.acknowledged)
    const file = fileIn('copy.db')
    const figures = await downloadBackup({ connectionString: node.connectionString, file })
    const acknowledgedAfter = writers.total()
    await until(() => writers.total() > acknowledgedAfter)
    await writers.stop()

    expect(figures).toEqual(inspectLog(file))
    expect(figures.bytes).toBe(statSync(file).size)
    // Beside the copy lies no file of SQLite's, and beside the log no temporary copy.
    expect(readdirSync(folder).filter((name) => !name.startsWith('log.db'))).toEqual(['copy.db'])
    const original = await everything(client)
    await using restored = await openNode({ file })
    const copied = (await everything(restored.client)).slice(0, figures.events)
    expect(copied.map(({ id }) => id)).toEqual(original.slice(0, figures.events).map(({ id }) => id))
    expect(Number(copied.at(-1)?.position?.commit)).toBe(figures.headPosition)
    const revisions = revisionsByStream(copied)
    for (const [stream, count] of acknowledgedBefore) {
      const own = revisions.get(stream) ?? []
      expect(own.length).toBeGreaterThanOrEqual(count)
      expect(own).toEqual(own.map((_, index) => index))
      expect(own.length % 3).toBe(0)
    }
    // The restored log goes on where the copy ended.
    const expectedRevision = BigInt((revisions.get('load-0') ?? []).length - 1)
    await restored.client.appendToStream('load-0', numbered(1), { expectedRevision })
  })
})

describe('a backup', () => {
  it('is made one at a time, in pieces the client can take, and leaves nothing when that goes', async () => {
    await using opened = await openNode({ file: fileIn('log.db') })
    const { client, node } = opened
    await fill(client, 12)
    const { connectionString } = node
    using first = askWithoutReading(node.port)
    await until(() => temporaryFiles().length > 0)
    const file = fileIn('copy.db')
    await expect(downloadBackup({ connectionString, file })).rejects.toThrow(/another backup is under way/)
    expect(existsSync(file)).toBe(false)
    // Nobody reads, so the copy cannot have been sent, and its file must stay there.
    for (let index = 0; index < 150; index += 1) await client.appendToStream('s', numbered(1))
    expect(temporaryFiles()).toHaveLength(1)
    await expect(downloadBackup({ connectionString, file })).rejects.toThrow(/another backup is under way/)

    first.call.cancel()
    await until(() => temporaryFiles().length === 0)
    const sizes = await pieceSizes(node.port)
    expect(Math.max(...sizes)).toBe(256 * 1_024)
    const figures = await downloadBackup({ connectionString, file })
    expect(figures.bytes).toBeGreaterThan(10 * 1_024 * 1_024)
  })

  it('ends with its signal and leaves the earlier file alone', async () => {
    await using opened = await openNode({ file: fileIn('log.db') })
    const { client, node } = opened
    const { connectionString } = node
    await fill(client, 12)
    const file = fileIn('copy.db')
    writeFileSync(file, 'the backup of yesterday')
    const ending = new AbortController()
    const download = downloadBackup({ connectionString, file, signal: ending.signal }).catch(String)
    await until(() => existsSync(`${file}.arriving`))
    ending.abort(new Error('no longer wanted'))
    expect(await download).toMatch(/no longer wanted/)
    expect(readFileSync(file, 'utf8')).toBe('the backup of yesterday')
    await until(() => temporaryFiles().length === 0)
    expect(existsSync(`${file}.arriving`)).toBe(false)
    expect((await downloadBackup({ connectionString, file })).events).toBeGreaterThan(12)
  })

  it('ends as cancelled when the node stops in the middle of it', async () => {
    const opened = await openNode({ file: fileIn('log.db') })
    await fill(opened.client, 12)
    using asked = askWithoutReading(opened.node.port)
    await until(() => temporaryFiles().length > 0)
    await opened.node.stop()
    await until(() => asked.errors.length > 0)
    asked.call.resume()
    expect(asked.errors).toEqual([expect.objectContaining({ code: 1 })])
    expect(temporaryFiles()).toEqual([])
    await opened[Symbol.asyncDispose]()
    expect(inspectLog(fileIn('log.db')).events).toBeGreaterThan(12)
  })

  it('that a killed node left unfinished is removed at the next start, and nothing else', async () => {
    const leftOver = `.log.db.backup-${randomUUID()}`
    const others = ['.log.db.backup-of-yesterday', `.other.db.backup-${randomUUID()}`, 'log.db.backup']
    const names = [leftOver, `${leftOver}-journal`, ...others]
    for (const name of names) writeFileSync(fileIn(name), 'pages')
    const node = await startNode({ file: fileIn('log.db') })
    await node.stop()
    expect(readdirSync(folder).sort()).toEqual([...others, 'log.db'].sort())
  })
})

describe('asking for a backup', () => {
  it('says so where the server is no embedded node', async () => {
    const server = new Server()
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      )
    })
    const connectionString = `esdb://127.0.0.1:${port}?tls=false`
    const attempt = downloadBackup({ connectionString, file: fileIn('copy.db') })
    await expect(attempt).rejects.toThrow(/is no embedded node/)
    expect(readdirSync(folder)).toEqual([])
    server.forceShutdown()
  })

  it.each([
    { connectionString: 'esdb://a:1,b:2?tls=false', says: /single host/ },
    { connectionString: 'esdb+discover://a:1?tls=false', says: /single host/ },
    { connectionString: 'http://a:1', says: /single host/ },
    { connectionString: 'esdb://127.0.0.1:1?tls=false', says: /127\.0\.0\.1:1 gives no backup/ },
    { connectionString: 'esdb://127.0.0.1:1?tls=perhaps', says: /tls/ },
  ])('of $connectionString is refused', async ({ connectionString, says }) => {
    await expect(downloadBackup({ connectionString, file: fileIn('copy.db') })).rejects.toThrow(says)
    expect(readdirSync(folder)).toEqual([])
  })

  it('fails where the file cannot be written, without harm to the node', async () => {
    await using opened = await openNode({ file: fileIn('log.db') })
    const { connectionString } = opened.node
    const file = fileIn('nowhere/copy.db')
    await expect(downloadBackup({ connectionString, file })).rejects.toMatchObject({ code: 'ENOENT' })
    await until(() => temporaryFiles().length === 0)
    await downloadBackup({ connectionString, file: fileIn('copy.db') })
  })
})

describe('the inspection of a log', () => {
  const writeLog = async (name: string): Promise<string> => {
    const file = fileIn(name)
    const opened = await openNode({ file })
    await opened.client.appendToStream('s', numbered(200))
    await opened[Symbol.asyncDispose]()
    return file
  }

  it('counts a log at rest and touches nothing', async () => {
    const file = await writeLog('log.db')
    const before = readFileSync(file)
    const figures = inspectLog(file)
    // The note of the node's start is an event, too.
    expect(figures).toMatchObject({ events: 201, bytes: before.length })
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(readdirSync(folder)).toEqual(['log.db'])
  })

  it('takes in what a killed node had only in its write-ahead log', async () => {
    const file = fileIn('log.db')
    await using opened = await openNode({ file })
    await opened.client.appendToStream('s', numbered(200))
    copyFileSync(file, fileIn('crashed.db'))
    copyFileSync(`${file}-wal`, fileIn('crashed.db-wal'))
    expect(inspectLog(fileIn('crashed.db')).events).toBe(201)
    expect(() => inspectLog(file)).toThrow(/log\.db is in use/)
    // Having looked must not have cost the node its lock.
    await expect(startNode({ file, patienceMs: 0 })).rejects.toThrow(/log\.db is in use/)
  })

  it('refuses what is missing, torn, damaged, no database or another program’s', async () => {
    const torn = await writeLog('torn.db')
    truncateSync(torn, statSync(torn).size - 4_096)
    const damaged = await writeLog('damaged.db')
    const bytes = readFileSync(damaged)
    bytes.fill(0x5a, 8_192, 12_288)
    writeFileSync(damaged, bytes)
    writeFileSync(fileIn('notes.txt'), 'These are notes. '.repeat(500))
    const other = new DatabaseSync(fileIn('other.db'))
    other.exec('CREATE TABLE event (position)')
    other.close()

    expect(() => inspectLog(fileIn('missing.db'))).toThrow(/does not exist/)
    expect(() => inspectLog(torn)).toThrow(/torn/)
    expect(() => inspectLog(damaged)).toThrow(/damaged/)
    expect(() => inspectLog(fileIn('notes.txt'))).toThrow(/not a database/)
    expect(() => inspectLog(fileIn('other.db'))).toThrow(/no log of an embedded node/)
    expect(existsSync(fileIn('missing.db'))).toBe(false)
  })

  it('is a client’s last check: what the node cannot restart from never becomes the file', async () => {
    const server = new Server()
    const halfALog = readFileSync(await writeLog('log.db')).subarray(0, 8_192)
    server.addService(
      { backup: backupMethod },
      {
        backup: (call: { write: (bytes: Buffer) => void; end: () => void }) => {
          call.write(halfALog)
          call.end()
        },
      },
    )
    const port = await new Promise<number>((resolve) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, bound) => resolve(bound))
    })
    const connectionString = `esdb://127.0.0.1:${port}?tls=false`
    await expect(downloadBackup({ connectionString, file: fileIn('copy.db') })).rejects.toThrow(
      /torn|damaged/,
    )
    expect(readdirSync(folder)).toEqual(['log.db'])
    server.forceShutdown()
  })
})

describe('a client of the store', () => {
  it('goes on undisturbed by a backup made from the same process', async () => {
    await using opened = await openNode({ file: fileIn('log.db') })
    const other = EventStoreDBClient.connectionString(opened.node.connectionString)
    await other.appendToStream('s', numbered(5))
    const { connectionString } = opened.node
    const rounds = Array.from({ length: 3 }, (_, round) => fileIn(`copy-${round}.db`))
    for (const file of rounds) {
      await downloadBackup({ connectionString, file })
      await other.appendToStream('s', numbered(5))
    }
    expect(rounds.map((file) => inspectLog(file).events)).toEqual([6, 11, 16])
    await other.dispose()
  })
})
