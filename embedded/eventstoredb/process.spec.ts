import { EventStoreDBClient } from '@eventstore/db-client'
import type { ChildProcess } from 'node:child_process'
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect, numbered, numberOf, until } from './testing/openNode.ts'

const RUNNER = fileURLToPath(new URL('testing/runner.ts', import.meta.url))

let folder = ''
let children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kessai-node-'))
  children = []
})
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true, force: true })
})

type Running = {
  readonly child: ChildProcess
  readonly said: () => string
  readonly complained: () => string
}

const watched = (child: ChildProcess): Running => {
  children.push(child)
  let said = ''
  let complained = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    complained += chunk.toString()
  })
  return { child, said: () => said, complained: () => complained }
}

const launch = (file: string, { port = 0, forked = false } = {}): Running => {
  const args = [file, String(port)]
  return watched(
    forked
      ? fork(RUNNER, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] })
      : spawn(process.execPath, [RUNNER, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }),
  )
}

/** A node whose files may not grow beyond a size, as if the disk ended there. */
const launchWithin = (kilobytes: number, file: string): Running => {
  const command = `ulimit -S -f ${kilobytes}; exec "$0" "$@"`
  const args = ['-c', command, process.execPath, RUNNER, file, '0']
  return watched(spawn('bash', args, { stdio: ['ignore', 'pipe', 'pipe'] }))
}

const listening = async ({ said, complained }: Running): Promise<number> => {
  await until(() => said().includes('\n') || complained() !== '', 30_000)
  const port = /^LISTENING (\d+)\n$/.exec(said())?.[1]
  if (port === undefined) throw new Error(`said ${said()}, complained ${complained()}`)
  return Number(port)
}

const connect = (port: number) => EventStoreDBClient.connectionString(`esdb://127.0.0.1:${port}?tls=false`)

const exitOf = async (child: ChildProcess): Promise<unknown> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode ?? child.signalCode
}

const plainly = { credentials: { username: 'a', password: 'b' } }

/** What many writers of both protocols were told, over all the lives of a node. */
type Ledger = { readonly ids: Map<string, Set<string>>; total: number }

/** Writes at full speed, two events at a time, from where each stream ends, until the node is gone. */
const writeUntilTheEnd = async (client: EventStoreDBClient, ledger: Ledger): Promise<void> => {
  const write = async (writer: number): Promise<void> => {
    const stream = `load-${writer}`
    const known = await collect(client.readStream(stream)).catch(() => [])
    const acknowledged = ledger.ids.get(stream) ?? new Set()
    ledger.ids.set(stream, acknowledged)
    for (let length = known.length; length < 100_000; length += 2) {
      const events = numbered(2, 'Loaded', length)
      const expectedRevision = length === 0 ? 'no_stream' : BigInt(length - 1)
      await client.appendToStream(stream, events, { expectedRevision, ...(writer % 2 === 0 ? plainly : {}) })
      for (const { id } of events) acknowledged.add(id)
      ledger.total += 1
    }
  }
  await Promise.allSettled(Array.from({ length: 24 }, async (_, writer) => write(writer)))
}

const expectNothingLostOrDoubled = async (client: EventStoreDBClient, ledger: Ledger): Promise<void> => {
  const streams = new Map<string, { ids: string[]; revisions: number[]; numbers: number[] }>()
  for await (const resolved of client.readAll()) {
    const { event } = resolved
    if (event === undefined || !event.streamId.startsWith('load-')) continue
    const own = streams.get(event.streamId) ?? { ids: [], revisions: [], numbers: [] }
    streams.set(event.streamId, own)
    own.ids.push(event.id)
    own.revisions.push(Number(event.revision))
    own.numbers.push(numberOf(resolved))
  }
  for (const [stream, acknowledged] of ledger.ids) {
    const { ids = [], revisions = [], numbers = [] } = streams.get(stream) ?? {}
    expect(acknowledged.difference(new Set(ids)).size).toBe(0)
    expect(new Set(ids).size).toBe(ids.length)
    // Dense, in order, and no half of a two-event append.
    const dense = ids.map((_, index) => index)
    expect([revisions, numbers, ids.length % 2]).toEqual([dense, dense, 0])
  }
}

describe('a node killed again and again under load', () => {
  it('has lost no acknowledged append and doubled none, by either protocol', async () => {
    const file = join(folder, 'log.db')
    const ledger: Ledger = { ids: new Map(), total: 0 }
    for (let round = 1; round <= 4; round += 1) {
      const running = launch(file)
      const client = connect(await listening(running))
      await expectNothingLostOrDoubled(client, ledger)
      const writing = writeUntilTheEnd(client, ledger)
      await until(() => ledger.total >= round * 800, 60_000)
      running.child.kill('SIGKILL')
      expect(await exitOf(running.child)).toBe('SIGKILL')
      await writing
      await client.dispose()
    }
    const last = connect(await listening(launch(file)))
    await expectNothingLostOrDoubled(last, ledger)
    await last.dispose()
  }, 300_000)
})

describe('a node whose disk is full', () => {
  it.each([
    { protocol: 'BatchAppend', options: {} },
    { protocol: 'Append', options: plainly },
  ])(
    'says so, acknowledges nothing it has not got, and goes on with room ($protocol)',
    async ({ options }) => {
      const file = join(folder, 'log.db')
      const running = launchWithin(1_024, file)
      const port = await listening(running)
      const client = connect(port)
      const text = 'x'.repeat(8_000)
      let acknowledged = 0
      const writeUntilRefused = async (): Promise<unknown> => {
        for (let index = 0; index < 1_000; index += 1) {
          const large = numbered(1, 'Large', index).map((event) => ({
            ...event,
            data: { ...event.data, text },
          }))
          const answer = client.appendToStream('s', large, options)
          const refusal: unknown = await answer.then(
            () => undefined,
            (error: unknown) => error,
          )
          if (refusal !== undefined) return refusal
          acknowledged += 1
        }
        return 'never refused'
      }
      const refusal = await writeUntilRefused()
      expect(refusal).toMatchObject({
        type: 'unavailable',
        message: expect.stringContaining('cannot be written'),
      })
      await until(() => running.complained().includes('embedded event store: the log cannot be written'))
      expect(acknowledged).toBeGreaterThan(10)
      // It still lives and shows what there is.
      const reader = connect(port)
      expect(await collect(reader.readStream('s'))).toHaveLength(acknowledged)
      await reader.dispose()
      running.child.kill('SIGKILL')
      await exitOf(running.child)
      await client.dispose()

      const again = connect(await listening(launch(file)))
      const events = await collect(again.readStream('s'))
      expect(events.map(numberOf)).toEqual(Array.from({ length: acknowledged }, (_, index) => index))
      const expectedRevision = BigInt(acknowledged - 1)
      await again.appendToStream('s', numbered(1), { expectedRevision, ...options })
      await again.dispose()
    },
  )
})

describe('a node in its own process', () => {
  it('recognises the retry of an append whose answer was lost with the process', async () => {
    const file = join(folder, 'log.db')
    const first = launch(file)
    const events = numbered(3)
    const client = connect(await listening(first))
    const answer = await client.appendToStream('s', events, { expectedRevision: 'no_stream' })
    first.child.kill('SIGKILL')
    await exitOf(first.child)
    await client.dispose()

    const again = connect(await listening(launch(file)))
    expect(await again.appendToStream('s', events, { expectedRevision: 'no_stream' })).toEqual(answer)
    expect(await collect(again.readStream('s'))).toHaveLength(3)
    await again.dispose()
  })

  it('stops in order on SIGTERM: subscribers hear it, the write-ahead log is empty, the exit code 0', async () => {
    const file = join(folder, 'log.db')
    const running = launch(file)
    const client = connect(await listening(running))
    const errors: unknown[] = []
    const subscription = client.subscribeToAll().on('error', (error: unknown) => errors.push(error))
    subscription.resume()
    await once(subscription, 'caughtUp')
    await client.appendToStream('s', numbered(100))
    running.child.kill('SIGTERM')
    expect(await exitOf(running.child)).toBe(0)
    await until(() => errors.length > 0)
    expect(errors).toEqual([expect.objectContaining({ type: 'cancelled' })])
    expect(statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0)
    await expect(client.appendToStream('s', numbered(1))).rejects.toMatchObject({ code: 14 })
    await client.dispose()

    const again = connect(await listening(launch(file)))
    expect(await collect(again.readStream('s'))).toHaveLength(100)
    await again.dispose()
  })

  it('stops when the parent that forked it lets go of it', async () => {
    const running = launch(join(folder, 'log.db'), { forked: true })
    await listening(running)
    running.child.disconnect()
    expect(await exitOf(running.child)).toBe(0)
  })

  it('waits for the file and the port of its predecessor', async () => {
    const file = join(folder, 'log.db')
    const first = launch(file)
    const port = await listening(first)
    const second = launch(file, { port })
    first.child.kill('SIGTERM')
    expect(await listening(second)).toBe(port)
    expect(await exitOf(first.child)).toBe(0)
  })
})
