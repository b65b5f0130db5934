import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startNode, type EmbeddedNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { openMongoReadStore } from '#platform/readstore/mongodb.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { ownDatabase } from '#platform/readstore/testing.ts'
import { append } from '#projections/hosted.ts'
import { eventLog } from '#projections/event-log/projection.ts'
import { checkpointName, generationOf } from '#projections/projection.ts'
import { orderSummary } from '#projections/order-summary/projection.ts'
import { startProjections } from '#projections/runner.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { tradeOf } from '#projections/rebuild/testing.ts'
import { processHolder } from '../process-holder.ts'

describe('`node main.ts projections`', () => {
  let dataDir: string
  let node: EmbeddedNode
  let store: EventStore
  let readStore: ReadStore
  let database = ownDatabase()
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'kessai-projections-'))
    node = await startNode({ file: ':memory:', port: 0 })
    store = connectEventStore({ connectionString: node.connectionString, clock: systemClock })
    database = ownDatabase()
    const { MONGODB_URL: url } = database.environment
    readStore =
      url === undefined ? openSqliteReadStore(join(dataDir, 'read-models.db')) : openMongoReadStore({ url })
    await append(store, tradeOf(0, 30))
  })
  afterEach(async () => {
    await store.close()
    await node.stop()
    await readStore.close()
    await database.drop()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  })

  const start = (...command: readonly string[]) => {
    const child = spawn(process.execPath, ['main.ts', 'projections', ...command], {
      env: {
        ...process.env,
        KESSAI_DATA: dataDir,
        EVENTSTORE_URL: node.connectionString,
        ...database.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    return {
      child,
      ended: once(child, 'close').then(() => ({ code: child.exitCode, output })),
    }
  }
  const run = (...command: readonly string[]) => start(...command).ended

  const hosted = () => {
    const ending = new AbortController()
    const projections = startProjections({
      store,
      readStore,
      projections: shopProjections,
      clock: systemClock,
      signal: ending.signal,
      holder: processHolder(),
    })
    return {
      projections,
      stop: async () => {
        ending.abort()
        await projections.stopped
      },
    }
  }

  it('rebuilds beside a host, verifies, switches, goes back and drops', async () => {
    const { projections, stop } = hosted()
    try {
      await expect.poll(() => projections.status().every(({ caughtUp }) => caughtUp)).toBe(true)
      const copy = checkpointName(generationOf(orderSummary, 2))
      expect((await run('rebuild', 'order-summary')).output).toContain(`${copy} is ready`)
      expect((await run('list')).output).toMatch(new RegExp(`${copy} +ready to switch`))
      expect(await run('verify', '--new', 'order-summary')).toMatchObject({
        code: 0,
        output: expect.stringContaining('30 documents are what the log comes to'),
      })
      for (const [command, said] of [
        ['switch', 'generation 2 is read, 1 is kept until'],
        ['rollback', 'generation 1 is read, 2 is kept until'],
        ['drop', 'generation 1 is read'],
      ] as const)
        expect(await run(command, 'order-summary')).toMatchObject({
          code: 0,
          output: expect.stringContaining(said),
        })
      expect((await readStore.size(generationOf(orderSummary, 2).collection.name)).documents).toBe(0)
      expect(await run('switch', 'order-summary')).toMatchObject({ code: 1 })
    } finally {
      await stop()
    }
  }, 300_000)

  it('goes on after an interrupt or a kill, without a host, and names what it does not know', async () => {
    const copy = checkpointName(generationOf(orderSummary, 2))
    const interrupted = start('rebuild', 'order-summary')
    await expect.poll(() => readStore.checkpoint(copy), { timeout: 60_000 }).toBeDefined()
    interrupted.child.kill('SIGINT')
    const first = await interrupted.ended
    // It may just have been done, or so nearly ended that nobody listens to signals there any more.
    expect([130, 0]).toContain(first.code ?? (first.output.includes('is ready') ? 0 : 'killed'))
    const killed = start('rebuild', 'order-summary')
    killed.child.kill('SIGKILL')
    await killed.ended
    const last = await run('rebuild', 'order-summary', '--switch')
    expect(last).toMatchObject({ code: 0, output: expect.stringContaining('generation 2 is read') })
    expect(await run('verify', 'order-summary')).toMatchObject({ code: 0 })
    expect(await run('rebuild', 'teas')).toMatchObject({
      code: 1,
      output: expect.stringContaining('There is no projection teas; there are order-summary'),
    })
  }, 300_000)

  it('names the first document and field that are not what the log comes to', async () => {
    const { projections, stop } = hosted()
    await expect.poll(() => projections.status().every(({ caughtUp }) => caughtUp)).toBe(true)
    await stop()
    const { name } = orderSummary.collection
    const stored = await readStore.get(name, '7')
    await readStore.commit({
      writes: [
        {
          kind: 'put',
          collection: name,
          id: '7',
          position: stored?.position ?? 0,
          body: { ...stored?.body, status: 'PAID' },
        },
      ],
    })
    const { code, output } = await run('verify', 'order-summary')
    expect(code).toBe(1)
    expect(output).toContain('1 of 30 documents differ')
    expect(output).toContain('first: 7, status: stored "PAID", fresh "PENDING"')
  }, 300_000)

  it('says of what auditors read whether each event of the log is in it exactly once', async () => {
    const { projections, stop } = hosted()
    await expect.poll(() => projections.status().every(({ caughtUp }) => caughtUp)).toBe(true)
    await stop()
    for (const name of ['order-audit', 'event-log']) {
      const { code, output } = await run('verify', name)
      expect(output).toMatch(
        new RegExp(`^${name}: each of [1-9]\\d* events of the log is in it exactly once$`, 'm'),
      )
      expect(output).toContain('documents are what the log comes to')
      expect(code).toBe(0)
    }
    const [lost] = await readStore.scan(eventLog.collection.name, undefined, 1)
    await readStore.commit({
      writes: [{ kind: 'delete', collection: eventLog.collection.name, id: lost?.id ?? '' }],
    })
    const { code, output } = await run('verify', 'event-log')
    expect(code).toBe(1)
    const [, inLog, held] = /(\d+) are in the log, (\d+) in the documents/.exec(output) ?? []
    expect(Number(held)).toBe(Number(inLog) - 1)
  }, 300_000)
})
