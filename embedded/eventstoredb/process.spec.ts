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

const launch = (file: string, { port = 0, forked = false } = {}): Running => {
  const args = [file, String(port)]
  const child = forked
    ? fork(RUNNER, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] })
    : spawn(process.execPath, [RUNNER, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
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

const listening = async ({ said, complained }: Running): Promise<number> => {
  await until(() => said().includes('\n') || complained() !== '', 10_000)
  const port = /^LISTENING (\d+)\n$/.exec(said())?.[1]
  if (port === undefined) throw new Error(`said ${said()}, complained ${complained()}`)
  return Number(port)
}

const connect = (port: number) => EventStoreDBClient.connectionString(`esdb://127.0.0.1:${port}?tls=false`)

const exitOf = async (child: ChildProcess): Promise<unknown> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode ?? child.signalCode
}

describe('a node in its own process', () => {
  it('killed under load has lost no acknowledged append, and its revisions are dense', async () => {
    const file = join(folder, 'log.db')
    const running = launch(file)
    const client = connect(await listening(running))
    const acknowledged = new Map<string, number>()
    const writers = Array.from({ length: 24 }, async (_, writer) => {
      const stream = `load-${writer}`
      for (let revision = -1; revision < 10_000; revision += 2) {
        const expectedRevision = revision < 0 ? 'no_stream' : BigInt(revision)
        await client.appendToStream(stream, numbered(2, 'Loaded', revision + 1), { expectedRevision })
        acknowledged.set(stream, revision + 2)
      }
    })
    const outcome = Promise.allSettled(writers)
    await until(() => [...acknowledged.values()].reduce((sum, last) => sum + last, 0) > 1_500, 15_000)
    running.child.kill('SIGKILL')
    expect(await exitOf(running.child)).toBe('SIGKILL')
    await outcome
    await client.dispose()

    const again = connect(await listening(launch(file)))
    for (const [stream, last] of acknowledged) {
      const events = await collect(again.readStream(stream))
      expect(events.length).toBeGreaterThan(last)
      // Dense, in order, and no half of a two-event append.
      expect(events.map(({ event }) => Number(event?.revision))).toEqual(events.map((_, index) => index))
      expect(events.map(numberOf)).toEqual(events.map((_, index) => index))
      expect(events.length % 2).toBe(0)
    }
    await again.dispose()
  })

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
