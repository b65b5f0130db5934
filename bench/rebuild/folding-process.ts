import { join } from 'node:path'
import { z } from 'zod'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { startProjections } from '#projections/runner.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { processHolder } from '../../roles/process-holder.ts'
import { eventsOfOrders } from './stored-trade.ts'

/**
 * A process that does nothing but fold the log into all read models, and says on its output what it holds after every
 * quarter of the orders. `node --expose-gc folding-process.ts DIRECTORY URL ORDERS`
 */
const [directory, connectionString, orders] = z
  .tuple([z.string(), z.string(), z.coerce.number().int().positive()])
  .parse(process.argv.slice(2))
if (globalThis.gc === undefined) throw new Error('Run with --expose-gc, or the heap cannot be told')
const { gc } = globalThis

const say = (ordersFolded: number): void => {
  const rssMb = process.memoryUsage.rss() / 1e6
  gc()
  const heapMb = process.memoryUsage().heapUsed / 1e6
  console.log(JSON.stringify({ orders: ordersFolded, rssMb, heapMb }))
}

const marks = [0.25, 0.5, 0.75].map((part) => Math.round(part * orders)).values()
let mark = marks.next().value
let seen = 0
const store = connectEventStore({ connectionString, clock: systemClock })
/** Counts what is handed over; the projections are at most two portions behind it. */
const counting: EventStore = {
  ...store,
  subscribe: async function* (options) {
    for await (const batch of store.subscribe(options)) {
      seen += batch.events.length
      if (mark !== undefined && seen >= eventsOfOrders(mark)) {
        say(mark)
        mark = marks.next().value
      }
      yield batch
    }
  },
}
const LIMIT_MS = 900_000
const readStore = openSqliteReadStore(join(directory, 'read-models.db'))
const ending = new AbortController()
const giveUpAtMs = systemClock.nowMs() + LIMIT_MS
say(0)
const projections = startProjections({
  store: counting,
  readStore,
  projections: shopProjections,
  clock: systemClock,
  signal: ending.signal,
  holder: processHolder(),
})
while (!projections.status().every(({ caughtUp }) => caughtUp) && systemClock.nowMs() < giveUpAtMs)
  await systemClock.sleep(50)
if (seen < eventsOfOrders(orders)) throw new Error(`${seen} of ${eventsOfOrders(orders)} events were folded`)
say(orders)
ending.abort()
await projections.stopped
await store.close()
await readStore.close()
