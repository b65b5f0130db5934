import { randomUUID } from 'node:crypto'
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
import { assert } from '../measure.ts'
import { startStore } from '../store-process.ts'
import { paidOrder } from './stored-trade.ts'

export interface LiveShop {
  readonly directory: string
  readonly eventStoreUrl: string
  /** Appends a paid order and reads it back from the copy that is read at that moment; answers how many events it has. */
  readonly place: (run: string, nth: number) => Promise<number>
  readonly ordersPlaced: () => number
  /** Orders that were not read back as PAID in time. */
  readonly failedReads: () => number
  /** Orders that are not in the copy that is read now. */
  readonly lostUpdates: () => Promise<number>
  readonly close: () => Promise<void>
}

const PATIENCE_MS = 10_000
const CATCHING_UP_LIMIT_MS = 600_000

/** The host of all projections and its readers in this process, on a log that is there; resolves when all is folded. */
export const openLiveShop = async (directory: string): Promise<LiveShop> => {
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
  const isPaid = async (orderId: string): Promise<boolean> => {
    const found = await byId(orderId).catch(() => undefined)
    return found?.body.status === 'PAID'
  }
  let failedReads = 0
  const placed = new Set<string>()
  const close = async (): Promise<void> => {
    ending.abort()
    await projections.stopped
    await store.close()
    await readStore.close()
    await node.stopAndRemove()
  }

  const place = async (run: string, nth: number): Promise<number> => {
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
    if (!isThere || !(await isPaid(orderId))) failedReads += 1
    placed.add(orderId)
    return ofOrder.length
  }

  const giveUpAtMs = systemClock.nowMs() + CATCHING_UP_LIMIT_MS
  while (!projections.status().every(({ caughtUp }) => caughtUp)) {
    if (systemClock.nowMs() > giveUpAtMs) {
      await close()
      throw new Error(`The projections did not catch up in ${CATCHING_UP_LIMIT_MS} ms`)
    }
    await systemClock.sleep(50)
  }
  return {
    directory,
    eventStoreUrl: node.url,
    place,
    ordersPlaced: () => placed.size,
    failedReads: () => failedReads,
    lostUpdates: async () => {
      let lost = 0
      for (const orderId of placed) if (!(await isPaid(orderId))) lost += 1
      return lost
    },
    close,
  }
}
