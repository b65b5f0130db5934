import { randomUUID } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { EventToAppend } from '#platform/eventstore/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { orderSummaryQueries } from '#projections/order-summary/queries.ts'
import { activeGenerations } from '#projections/rebuild/active-generations.ts'
import { startProjections } from '#projections/runner.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { processHolder } from '../../roles/process-holder.ts'
import { assert, atRate, percentile } from '../measure.ts'
import { startStore } from '../store-process.ts'
import { projectionsCommand } from './rebuilding-process.ts'
import { paidOrder, storeTrade } from './stored-trade.ts'

interface Lag {
  readonly orders: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

export interface BesideShop {
  /** From an order in the log to its document in the copy that is read. */
  readonly alone: Lag
  readonly whileRebuilding: Readonly<
    Record<string, Lag & { readonly rebuildSeconds: number; readonly peakMb: number }>
  >
  readonly failedReads: number
  readonly lostUpdates: number
  /** Of the process that feeds the projections, orders and reads; before and after all of it. */
  readonly residentMb: readonly [before: number, after: number]
}

const SECONDS_ALONE = 10
const PATIENCE_MS = 10_000

const lagOf = (sorted: readonly number[]): Lag => ({
  orders: sorted.length,
  p50Ms: Math.round(percentile(sorted, 50)),
  p99Ms: Math.round(percentile(sorted, 99)),
  maxMs: Math.round(sorted.at(-1) ?? Number.NaN),
})

/**
 * Every projection rebuilt and switched by the command, one after another, while orders come in and are read back from
 * the copy that is read at that moment. The host and its readers are this process.
 */
export const besideShop = async (options: {
  events: number
  ordersPerSecond: number
}): Promise<BesideShop> => {
  const { events, ordersPerSecond } = options
  const directory = await mkdtemp(join(tmpdir(), 'kessai-bench-'))
  await storeTrade(directory, events)
  const node = await startStore(directory)
  const store = connectEventStore({ connectionString: node.url, clock: systemClock })
  const readStore = openSqliteReadStore(join(directory, 'read-models.db'))
  const ending = new AbortController()
  const projections = startProjections({
    store,
    readStore,
    projections: shopProjections,
    clock: systemClock,
    signal: ending.signal,
    holder: processHolder(),
  })
  const models = activeGenerations({ readStore, projections: shopProjections, clock: systemClock })
  const { byId } = orderSummaryQueries(models.readStore)
  let failedReads = 0
  const placed = new Set<string>()

  const place = async (run: string, nth: number): Promise<void> => {
    const events = paidOrder(nth, run)
    const orderId = events[0]?.orderId ?? ''
    const ofOrder = events.filter(({ stream }) => stream === `order-${orderId}`)
    const [first, ...rest] = ofOrder.map(({ type, data, schemaVersion }): EventToAppend => {
      const id = randomUUID()
      const metadata = {
        correlationId: orderId,
        causationId: id,
        commandId: id,
        actor: 'system:bench',
        schemaVersion,
      }
      return { id, type, data, metadata }
    })
    if (first === undefined) throw new Error('An order has events')
    const appended = await store.append(`order-${orderId}`, [first, ...rest], 'no-stream')
    assert(appended.kind === 'appended', 'an order was there already')
    const isThere = await projections.waitFor(appended.position, PATIENCE_MS)
    const found = isThere ? await byId(orderId).catch(() => undefined) : undefined
    if (found?.body.status !== 'PAID') failedReads += 1
    placed.add(orderId)
  }

  const trading = async (run: string, until: Promise<unknown>): Promise<readonly number[]> => {
    const state = { isOver: false }
    void until.then(() => {
      state.isOver = true
    })
    const taken: number[] = []
    for (let second = 0; !state.isOver && second < 600; second += 1)
      taken.push(...(await atRate(ordersPerSecond, 1, (nth) => place(run, second * ordersPerSecond + nth))))
    return taken.toSorted((a, b) => a - b)
  }

  try {
    while (!projections.status().every(({ caughtUp }) => caughtUp)) await systemClock.sleep(50)
    const before = Math.round(process.memoryUsage.rss() / 1e6)
    await trading('warm-up', systemClock.sleep(2_000))
    const alone = lagOf(await trading('alone', systemClock.sleep(SECONDS_ALONE * 1_000)))
    const whileRebuilding: Record<string, BesideShop['whileRebuilding'][string]> = {}
    for (const { name } of shopProjections) {
      const begin = performance.now()
      const rebuilding = projectionsCommand(directory, node.url, 'rebuild', name, '--switch').ended
      const taken = await trading(name, rebuilding)
      const { code, output, peakMb } = await rebuilding
      assert(code === 0, `rebuilding ${name} failed: ${output}`)
      whileRebuilding[name] = {
        ...lagOf(taken),
        rebuildSeconds: Math.round((performance.now() - begin) / 1_000),
        peakMb,
      }
    }
    let lostUpdates = 0
    for (const orderId of placed) if ((await byId(orderId))?.body.status !== 'PAID') lostUpdates += 1
    assert(failedReads === 0, `${failedReads} reads failed`)
    assert(lostUpdates === 0, `${lostUpdates} of ${placed.size} orders are not in the copy that is read`)
    for (const { name } of shopProjections) {
      const { code, output } = await projectionsCommand(directory, node.url, 'verify', name).ended
      assert(code === 0, `${name} is not what the log comes to: ${output}`)
    }
    const after = Math.round(process.memoryUsage.rss() / 1e6)
    return { alone, whileRebuilding, failedReads, lostUpdates, residentMb: [before, after] }
  } finally {
    ending.abort()
    await projections.stopped
    await store.close()
    await readStore.close()
    await node.stopAndRemove()
  }
}
