import { randomUUID } from 'node:crypto'
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { stock } from '#domain/stock/aggregate.ts'
import { OrderId, ProductId } from '#domain/ids.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { assert, perSecond, summary, type Summary } from './measure.ts'
import { startStore } from './store-process.ts'

const ROUNDS = 5
const COMMANDS = { 1: 500, 16: 2_000, 64: 3_000 } as const

export interface RunnerOverhead {
  readonly writers: number
  readonly commandsPerSecond: Summary
  /** The edge's own call: plain Append with a deadline each. */
  readonly plainAppendsPerSecond: Summary
  /** The client's default: one batch stream per process. */
  readonly batchAppendsPerSecond: Summary
  /** R1: commands ÷ plain appends, round by round. */
  readonly ratio: Summary
}

/** R1: what the runner (fold, decide, encode, ids, queue) costs on top of the append it ends in. Same store, in turn. */
export const runnerOverhead = async (): Promise<readonly RunnerOverhead[]> => {
  const node = await startStore()
  const store = connectEventStore({ connectionString: node.url, clock: systemClock })
  const raw = EventStoreDBClient.connectionString(node.url)
  const credentials = { username: 'admin', password: 'changeit' }
  const results: RunnerOverhead[] = []
  try {
    for (const [writersText, count] of Object.entries(COMMANDS)) {
      const writers = Number(writersText)
      const rounds: { commands: number; plain: number; batch: number }[] = []
      for (let round = 0; round <= ROUNDS; round += 1) {
        const commands = commandRunner({ store, clock: systemClock, random: Math.random })
        const prefix = `${writers}-${round}-${randomUUID().slice(0, 8)}`
        const products = Array.from({ length: writers }, (_, nth) => ProductId.parse(`${prefix}-${nth}`))
        await Promise.all(
          products.map((productId) =>
            commands.run(
              stock,
              productId,
              { type: 'ReceiveStock', productId, receiptId: 'r', quantity: 1_000_000, atMs: 0 },
              contextOf(derivedId(productId, 'r')),
              { expectNew: true },
            ),
          ),
        )
        const orderIds = Array.from({ length: count }, (_, nth) => OrderId.parse(derivedId(prefix, nth)))
        const commandsPerSecond = await perSecond(count, writers, async (nth) => {
          const orderId = orderIds[nth] ?? assertNever()
          const productId = products[nth % writers] ?? assertNever()
          const outcome = await commands.run(
            stock,
            productId,
            { type: 'ReserveStock', reservationId: orderId, orderId, quantity: 1, atMs: nth },
            contextOf(orderId),
          )
          assert(outcome.kind === 'accepted', `command ${nth} was ${outcome.kind}`)
        })
        let reserved = 0
        for (const productId of products) {
          const state = await commands.state(stock, productId)
          reserved += state.status === 'known' ? state.reserved : 0
        }
        assert(reserved === count, `${reserved} of ${count} units are reserved`)

        const appends = async (label: string, options: object): Promise<number> => {
          const data = { reservationId: randomUUID(), orderId: randomUUID(), quantity: 1, atMs: 0 }
          const metadata = { ...contextOf('x'), schemaVersion: 1 }
          const revisions = Array.from({ length: writers }, () => -1n)
          return perSecond(count, writers, async (nth) => {
            const writer = nth % writers
            const event = jsonEvent({ type: 'StockReserved', data, metadata })
            const result = await raw.appendToStream(`raw-${label}-${prefix}-${nth % writers}`, event, {
              ...options,
            })
            revisions[writer] = result.nextExpectedRevision
          })
        }
        const plain = await appends('plain', { credentials })
        const batch = await appends('batch', {})
        // The first round warms up and does not count.
        if (round > 0) rounds.push({ commands: commandsPerSecond, plain, batch })
      }
      results.push({
        writers,
        commandsPerSecond: summary(rounds.map(({ commands }) => commands)),
        plainAppendsPerSecond: summary(rounds.map(({ plain }) => plain)),
        batchAppendsPerSecond: summary(rounds.map(({ batch }) => batch)),
        ratio: summary(rounds.map(({ commands, plain }) => commands / plain)),
      })
    }
  } finally {
    await store.close()
    await raw.dispose()
    await node.stopAndRemove()
  }
  return results
}

const contextOf = (commandId: string) => ({
  commandId,
  correlationId: commandId,
  causationId: commandId,
  actor: 'system:bench',
})

const assertNever = (): never => {
  throw new Error('The work list is shorter than the work')
}
