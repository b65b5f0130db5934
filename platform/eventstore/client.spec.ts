import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startNode, type EmbeddedNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '../clock/clock.ts'
import { connectEventStore } from './client.ts'
import { collect, eventStoreContract, noted } from './contract.ts'
import { EventStoreUnavailable, type RecordedEvent, type SubscriptionStatus } from './port.ts'

const clock = systemClock

const until = async (condition: () => boolean | Promise<boolean>, limitMs = 8_000): Promise<void> => {
  const giveUpAtMs = Date.now() + limitMs
  while (!(await condition())) {
    if (Date.now() > giveUpAtMs) throw new Error(`Not within ${limitMs} ms: ${condition.toString()}`)
    await clock.sleep(5)
  }
}

describe('the event store client on the embedded node', () => {
  eventStoreContract(async () => {
    const node = await startNode({ file: ':memory:', port: 0 })
    const store = connectEventStore({ connectionString: node.connectionString, clock })
    return {
      store,
      close: async () => {
        await store.close()
        await node.stop()
      },
    }
  })
})

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
  const open = (options: { port?: number; appendTimeoutMs?: number; onRetry?: () => void } = {}) => {
    const { port = node.port, ...rest } = options
    return connectEventStore({ connectionString: `esdb://127.0.0.1:${port}?tls=false`, clock, ...rest })
  }

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
    expect(seen.map((event) => event.revision)).toEqual(Array.from({ length: 60 }, (_, n) => n))
    stopping.abort()
    await taking
    await store.close()
  })

  it('makes an append during an outage good once the node is back', async () => {
    let retries = 0
    const store = open({
      onRetry: () => {
        retries += 1
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
    const store = open({ appendTimeoutMs: 300 })
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
    expect(Date.now() - startedAtMs).toBeLessThan(8_000)
    await store.close()
  })

  it('stops a subscription at once while the node is away', async () => {
    const store = open()
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
    await until(() => statuses.length >= 2)
    const startedAtMs = Date.now()
    stopping.abort()
    await taking
    expect(Date.now() - startedAtMs).toBeLessThan(500)
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

  /** Fills `a-1` with events of about this size. */
  const fill = async (total: number, bytes: number): Promise<void> => {
    const store = open()
    const text = 'x'.repeat(bytes)
    const each = 100
    for (let from = 0; from < total; from += each) {
      const [first, ...rest] = Array.from({ length: each }, (_, n) => {
        const event = noted('m', from + n)
        return { ...event, data: { ...event.data, text } }
      })
      if (first === undefined) throw new Error('a hundred')
      await store.append('a-1', [first, ...rest], from === 0 ? 'no-stream' : from - 1)
    }
    await store.close()
  }

  it('is sent nothing more while it is busy with what it has', async () => {
    await fill(3_000, 2_000)
    const proxy = await cuttingProxy(node.port)
    const store = open({ port: proxy.port })
    const stopping = new AbortController()
    let sentWhileBusy: number | undefined
    let taken = 0
    for await (const { events } of store.subscribe({
      name: 'spec',
      prefixes: ['a-'],
      after: 'start',
      signal: stopping.signal,
    })) {
      expect(events.length).toBeLessThanOrEqual(512)
      taken += events.length
      if (sentWhileBusy === undefined) {
        let calm = 0
        let before = -1
        await until(() => {
          calm = proxy.sent() === before ? calm + 1 : 0
          before = proxy.sent()
          return calm > 20
        })
        sentWhileBusy = proxy.sent()
      }
      if (taken === 3_000) stopping.abort()
    }
    expect(proxy.sent()).toBeGreaterThan(6_000_000)
    expect(sentWhileBusy).toBeLessThan(1_000_000)
    await store.close()
    await proxy.close()
  })

  it('makes one append of one whose answer never came', async () => {
    const proxy = await cuttingProxy(node.port)
    const store = open({ port: proxy.port, appendTimeoutMs: 500 })
    await store.append('a-1', [noted('x')], 'no-stream')
    proxy.swallowAnswers(true)
    let isAppended = false
    const appending = store.append('a-1', [noted('y'), noted('z')], 0).then((result) => {
      isAppended = true
      return result
    })
    const direct = open()
    await until(async () => (await collect(direct.read('a-1'))).length === 3)
    expect(isAppended).toBe(false)
    proxy.swallowAnswers(false)
    expect(await appending).toMatchObject({ kind: 'appended', revision: 2 })
    expect(await collect(direct.read('a-1'))).toHaveLength(3)
    await Promise.all([store.close(), direct.close()])
    await proxy.close()
  })

  it('resumes a reading whose connection breaks in the middle', async () => {
    await fill(500, 5_000)
    const proxy = await cuttingProxy(node.port)
    const store = open({ port: proxy.port })
    const revisions: number[] = []
    for await (const { revision } of store.read('a-1', 0, 400)) {
      revisions.push(revision)
      if (revision === 20) proxy.cut()
    }
    expect(revisions).toEqual(Array.from({ length: 400 }, (_, n) => n))
    await store.close()
    await proxy.close()
  })
})

/** A TCP proxy that can cut its connections, or cut them whenever an answer would come back. */
const cuttingProxy = async (target: number) => {
  const sockets = new Set<Socket>()
  let isSwallowing = false
  let sent = 0
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  const server = createServer((incoming) => {
    const outgoing = connect(target, '127.0.0.1')
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        incoming.destroy()
        outgoing.destroy()
      })
    }
    incoming.pipe(outgoing)
    outgoing.on('data', (chunk: Buffer) => {
      // A new connection may shake hands; what would be the answer of a call is dropped with the connection.
      if (isSwallowing && chunk.length > 60) {
        incoming.destroy()
        return
      }
      sent += chunk.length
      if (incoming.write(chunk)) return
      outgoing.pause()
      incoming.once('drain', () => outgoing.resume())
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server that listens has an address with a port
    port: (server.address() as AddressInfo).port,
    cut,
    /** Bytes of answers passed on so far. */
    sent: () => sent,
    swallowAnswers: (swallow: boolean) => {
      isSwallowing = swallow
    },
    close: async () => {
      cut()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
