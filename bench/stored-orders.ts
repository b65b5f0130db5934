import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startInstance } from '../demo/instance.ts'
import { signIn } from '../demo/shop-client.ts'
import { assert } from './measure.ts'
import { eventsOfOrders, orderIdOf, storeTrade } from './rebuild/stored-trade.ts'

export interface StartWithStoredOrders {
  readonly orders: number
  /** With the read models on disk, as after any restart. */
  readonly restartMs: number
  /** With no read models: every document is built first. */
  readonly rebuildMs: number
}

/** From `node main.ts start` to ready, with this many paid orders in the log. */
export const startWithStoredOrders = async (orders: number): Promise<StartWithStoredOrders> => {
  const directory = await mkdtemp(join(tmpdir(), 'kessai-bench-'))
  await storeTrade(directory, eventsOfOrders(orders), { withProcesses: true })
  const shop = await startInstance({}, { dataDir: directory, startTimeoutMs: 300_000 })
  try {
    const rebuildMs = shop.startedInMs()
    const buyer = await signIn(shop.shopUrl, 'staff@example.com', ['support'])
    const last = await buyer.order(orderIdOf(orders - 1))
    assert(last.status === 'PAID', `the last order is ${last.status}`)
    await shop.kill()
    await shop.restart()
    return { orders, rebuildMs, restartMs: shop.startedInMs() }
  } finally {
    await shop.stop()
  }
}
