import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startNode, type EmbeddedNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '../clock/clock.ts'
import { connectEventStore, type EventStoreOptions } from './client.ts'
import { collect, freshNames, upTo } from './contract-events.ts'
import { EventStoreUnavailable, type RecordedEvent, type SubscriptionStatus } from './port.ts'

const clock = systemClock
const { noted } = freshNames()

const until = async (condition: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> => {
  const giveUpAtMs = Date.now() + limitMs
  while (!(await condition())) {
    if (Date.now() > giveUpAtMs) throw new Error(`Not within ${limitMs} ms: ${condition.toString()}`)
    await clock.sleep(5)
  }
}

describe('the event store client', () => {
  let folder: string
  let node: EmbeddedNode
  let restart: () => Promise<void>
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kessai-eventstore-'))
    const file = join(folder, 'log.db')
    node = await startNode({ file, port: 0 })
    const { port } = node
    restart = async () => {
      node = await startNode({ file, port })
    }
  })
  afterEach(async () => {
    await node.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const open = (options: Partial<EventStoreOptions> = {}) =>
    connectEventStore({ connectionString: node.connectionString, clock, ...options })

  it('goes on with its subscriptions after the node was away, without loss or doubling, and says so', async () => {
    const store = open()
    const stopping = new AbortController()
    const seen: RecordedEvent[] = []
    const statuses: SubscriptionStatus[] = []
    const taking = (async () => {
      for await (const { events } of store.subscribe({
        name: 'spec',
        prefixes: ['a-'],
        after: 'start',
        signal: stopping.signal,
        onStatus: (status) => statuses.push(status),
      }))
        seen.push(...events)
    })()
    let revision = -1
    const appendSome = async (): Promise<void> => {
      for (let n = 0; n < 20; n += 1) {
        const expected = revision < 0 ? 'no-stream' : revision
        await store.append('a-1', [noted('x', revision + 1)], expected)
        revision += 1
      }
    }
    await appendSome()
    for (let stop = 1; stop <= 2; stop += 1) {
      await node.stop()
      await until(() => statuses.at(-1)?.connected === false)
      await restart()
      await appendSome()
      await until(() => seen.length >= revision + 1)
      expect(statuses.at(-1)).toMatchObject({ name: 'spec', connected: true })
      expect(statuses.at(-1)?.restarts).toBeGreaterThanOrEqual(stop)
    }
    expect(seen.map((event) => event.revision)).toEqual(upTo(60))
    stopping.abort()
    await taking
    await store.close()
  })

  it('makes an append during an outage good once the node is back', async () => {
    let retries = 0
    const store = open({
      observer: {
        retry: () => {
          retries += 1
        },
      },
    })
    await store.append('a-1', [noted('x')], 'no-stream')
    await node.stop()
    const appending = store.append('a-1', [noted('y')], 0)
    await until(() => retries > 0)
    await restart()
    expect(await appending).toMatchObject({ kind: 'appended', revision: 1 })
    expect(await collect(store.read('a-1'))).toHaveLength(2)
    await store.close()
  })

  it('says that the log is unavailable when it stays away, to writers and readers, within a bound', async () => {
    const store = open({ answerTimeoutMs: 300 })
    await store.append('a-1', [noted('x')], 'no-stream')
    await node.stop()
    const startedAtMs = Date.now()
    const attempts = await Promise.allSettled([
      store.append('a-1', [noted('y')], 0),
      collect(store.read('a-1')),
      store.last('a-1'),
      store.keepOnly('a-1', 1),
    ])
    expect(attempts.map((attempt) => attempt.status === 'rejected' && attempt.reason)).toEqual(
      Array.from({ length: 4 }, () => expect.any(EventStoreUnavailable)),
    )
    expect(Date.now() - startedAtMs).toBeLessThan(30_000)
    await store.close()
  })

  it('stops a subscription at once while the node is away', async () => {
    // Whoever sits a wait out here does not come to an end.
    const sleep: typeof clock.sleep = (_, signal) => clock.sleep(3_600_000, signal)
    const store = open({ clock: { ...clock, sleep } })
    await node.stop()
    const stopping = new AbortController()
    const statuses: SubscriptionStatus[] = []
    const taking = (async () => {
      for await (const _ of store.subscribe({
        name: 'spec',
        prefixes: ['a-'],
        after: 'start',
        signal: stopping.signal,
        onStatus: (status) => statuses.push(status),
      }))
        throw new Error('nothing may come')
    })()
    await until(() => statuses.length >= 1)
    stopping.abort()
    await expect(taking).resolves.toBeUndefined()
    await store.close()
  })

  it('ends its subscriptions when it is closed', async () => {
    const store = open()
    await store.append('a-1', [noted('x')], 'no-stream')
    let isCaughtUp = false
    const taking = (async () => {
      for await (const { caughtUp } of store.subscribe({
        name: 'spec',
        prefixes: ['a-'],
        after: 'start',
        signal: new AbortController().signal,
      }))
        isCaughtUp = caughtUp
      return 'ended'
    })()
    await until(() => isCaughtUp)
    await store.close()
    expect(await taking).toBe('ended')
  })
})
