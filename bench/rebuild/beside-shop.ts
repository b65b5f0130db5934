import { systemClock } from '#platform/clock/clock.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { assert, percentile } from '../measure.ts'
import type { LiveShop } from './live-shop.ts'
import { projectionsCommand } from './rebuilding-process.ts'

export interface Lag {
  readonly orders: number
  /** That came through, until the last of them was read back. */
  readonly ordersPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

export interface LagWhileRebuilding extends Lag {
  readonly rebuildSeconds: number
  /** Of the process that rebuilds. */
  readonly peakMb: number
}

export interface BesideShop {
  readonly eventsInLog: number
  readonly ordersPerSecond: number
  /** From an order in the log to its document in the copy that is read. */
  readonly alone: Lag
  readonly whileRebuilding: Readonly<Record<string, LagWhileRebuilding>>
  readonly ordersPlaced: number
  readonly failedReads: number
  readonly lostUpdates: number
  /** Of the process that feeds the projections, orders and reads; before and after all of it. */
  readonly residentMb: readonly [before: number, after: number]
}

/** Of one run: ten minutes at fifty a second. */
const MOST_ORDERS = 30_000

/**
 * Every projection rebuilt and switched by the command, one after another, while orders come in and are read back from
 * the copy that is read at that moment. In the end every copy is compared with the log.
 */
export const besideShop = async (
  shop: LiveShop,
  options: { readonly eventsInLog: number; readonly ordersPerSecond: number; readonly secondsAlone: number },
): Promise<BesideShop> => {
  const { eventsInLog, ordersPerSecond, secondsAlone } = options

  const trading = async (run: string, until: Promise<unknown>): Promise<Lag> => {
    const state = { isOver: false }
    void until.then(() => {
      state.isOver = true
    })
    const begin = performance.now()
    const placing: Promise<number>[] = []
    while (!state.isOver && placing.length < MOST_ORDERS) {
      const dueMs = begin + (placing.length * 1_000) / ordersPerSecond
      await systemClock.sleep(dueMs - performance.now())
      // From when it was due, so that waiting behind a slow one counts; and nobody waits for it before the next is due.
      const lagMs = shop.place(run, placing.length).then(() => performance.now() - dueMs)
      lagMs.catch(() => {})
      placing.push(lagMs)
    }
    const sorted = (await Promise.all(placing)).toSorted((a, b) => a - b)
    return {
      orders: sorted.length,
      ordersPerSecond: (sorted.length * 1_000) / (performance.now() - begin),
      p50Ms: Math.round(percentile(sorted, 50)),
      p99Ms: Math.round(percentile(sorted, 99)),
      maxMs: Math.round(sorted.at(-1) ?? Number.NaN),
    }
  }

  const before = Math.round(process.memoryUsage.rss() / 1e6)
  await trading('warm-up', systemClock.sleep(2_000))
  const alone = await trading('alone', systemClock.sleep(secondsAlone * 1_000))
  const whileRebuilding: Record<string, LagWhileRebuilding> = {}
  const run = (...command: readonly string[]) =>
    projectionsCommand(shop.directory, shop.eventStoreUrl, ...command).ended
  for (const { name } of shopProjections) {
    const begin = performance.now()
    let tookMs = 0
    const rebuilding = run('rebuild', name, '--switch').finally(() => {
      tookMs = performance.now() - begin
    })
    const lag = await trading(name, rebuilding)
    const { code, output, peakMb } = await rebuilding
    assert(code === 0, `rebuilding ${name} failed: ${output}`)
    whileRebuilding[name] = { ...lag, rebuildSeconds: Math.round(tookMs / 100) / 10, peakMb }
  }
  const failedReads = shop.failedReads()
  const lostUpdates = await shop.lostUpdates()
  assert(failedReads === 0, `${failedReads} reads failed`)
  assert(
    lostUpdates === 0,
    `${lostUpdates} of ${shop.ordersPlaced()} orders are not in the copy that is read`,
  )
  for (const { name } of shopProjections) {
    const { code, output } = await run('verify', name)
    assert(code === 0, `${name} is not what the log comes to: ${output}`)
  }
  return {
    eventsInLog,
    ordersPerSecond,
    alone,
    whileRebuilding,
    ordersPlaced: shop.ordersPlaced(),
    failedReads,
    lostUpdates,
    residentMb: [before, Math.round(process.memoryUsage.rss() / 1e6)],
  }
}
