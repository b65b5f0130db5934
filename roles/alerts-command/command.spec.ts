import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acknowledged, healed, noted } from '#domain/alert/samples.ts'
import { startNode, type EmbeddedNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { after, alertIdOf, raisedAs } from '#projections/alerts/samples.ts'
import { append } from '#projections/hosted.ts'
import { startProjections } from '#projections/runner.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { printAlerts, tailAlerts } from './printing.ts'

const PATIENCE = { timeout: 60_000 }

describe('`node main.ts alerts`', () => {
  let dataDir: string
  let node: EmbeddedNode
  let store: EventStore
  let environment: NodeJS.ProcessEnv
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'kessai-alerts-'))
    node = await startNode({ file: join(dataDir, 'log.db'), port: 0 })
    store = connectEventStore({ connectionString: node.connectionString, clock: systemClock })
    environment = { KESSAI_DATA: dataDir, EVENTSTORE_URL: node.connectionString }
  })
  afterEach(async () => {
    await store.close()
    await node.stop()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  })

  /** Folds the log into read models as a shop would, and leaves them. */
  const folded = async (): Promise<void> => {
    const readStore = openSqliteReadStore(join(dataDir, 'read-models.db'))
    const ending = new AbortController()
    const running = startProjections({
      store,
      readStore,
      projections: shopProjections,
      clock: systemClock,
      signal: ending.signal,
    })
    await expect.poll(() => running.status().every(({ caughtUp }) => caughtUp), PATIENCE).toBe(true)
    ending.abort()
    await running.stopped
    await readStore.close()
  }
  const listed = async (options: Parameters<typeof printAlerts>[0]): Promise<string[]> => {
    const lines: string[] = []
    await printAlerts(options, environment, (line) => lines.push(line))
    return lines
  }

  it('lists what is open, the most urgent first, by rule, severity and status, for people and machines', async () => {
    await append(store, [
      raisedAs(1, { rule: 'A', severity: 'P2' }),
      raisedAs(2),
      raisedAs(3, { rule: 'C-late' }),
      after(3, healed),
    ])
    await folded()
    const open = await listed({})
    expect(open).toHaveLength(2)
    expect(open[0]).toMatch(
      new RegExp(`  P1  C-double +NEW +${alertIdOf(2)}  [-0-9a-f]{36}  paid-twice successes=2$`),
    )
    expect(await listed({ severity: 'P2' })).toStrictEqual([open[1]])
    expect(await listed({ status: 'RESOLVED', rule: 'A' })).toStrictEqual(['Nothing disagrees'])
    const all = (await listed({ status: 'ALL', json: true })).map((line): unknown => JSON.parse(line))
    expect(all).toMatchObject([2, 1, 3].map((nth) => ({ alertId: alertIdOf(nth) })))
    await expect(listed({ rule: 'D' })).rejects.toThrow('There is no rule D; there are A, B')
  })

  it('tails what happens, goes on after the store was away, and ends when told', async () => {
    await append(store, [raisedAs(1)])
    const lines: string[] = []
    const ending = new AbortController()
    const tail = tailAlerts({ fromStart: true, signal: ending.signal }, environment, (line) =>
      lines.push(line),
    )
    await expect.poll(() => lines.length, PATIENCE).toBe(1)
    expect(lines[0]).toMatch(/AlertRaised .* P1 {2}C-double .* paid-twice successes=2; expected one-payment/)

    const { port } = node
    await node.stop()
    node = await startNode({ file: join(dataDir, 'log.db'), port })
    await append(store, [after(1, acknowledged()), after(1, noted('n1', 'A\u001bB')), after(1, healed)])
    await expect.poll(() => lines.length, PATIENCE).toBe(4)
    expect(lines.slice(1).map((line) => line.slice(26).replace(alertIdOf(1), 'id'))).toStrictEqual([
      'AlertAcknowledged  id  by staff-1',
      String.raw`AlertNoted         id  by staff-1: "A\u001bB"`,
      'AlertResolved      id  healed: surplus-refunded',
    ])
    ending.abort()
    expect(await tail).toBe(0)
  }, 300_000)

  it.each([['tail', '--from-start'], ['list']])(
    'ends without a word when nobody reads %s any more',
    async (...command) => {
      await append(store, [raisedAs(1), raisedAs(2)])
      await folded()
      const child = spawn(process.execPath, ['main.ts', 'alerts', ...command], {
        env: { ...process.env, MONGODB_URL: '', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child.stdout.destroy()
      let complaint = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaint += text
      })
      try {
        expect(await once(child, 'close')).toStrictEqual([0, null])
        expect(complaint).toBe('')
      } finally {
        child.kill('SIGKILL')
      }
    },
    300_000,
  )
})
