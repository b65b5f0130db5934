import { randomUUID } from 'node:crypto'
import { product } from '#domain/catalogue/aggregate.ts'
import { merchantPaymentIdOf, OrderId, ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import { stock } from '#domain/stock/aggregate.ts'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { commandRunner, type CommandContext } from '#platform/commands/runner.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { startInstance } from '../../demo/instance.ts'

/** Many times what a start takes where nothing else runs. */
const START_TIMEOUT_MS = 150_000

/** A whole shop in a process of its own, whose log the tests can also write to. */
export type RunningShop = Awaited<ReturnType<typeof startShop>>

/** Starts a shop with its storefront on an event store of ours; `environment` changes its configuration. */
export const startShop = async (environment: Readonly<Record<string, string>> = {}) => {
  const node = await startNode({ file: ':memory:', port: 0 })
  const store = connectEventStore({ connectionString: node.connectionString, clock: systemClock })
  const commands = commandRunner({ store, clock: systemClock, random: Math.random })
  const instance = await startInstance(
    { EVENTSTORE_URL: node.connectionString, ...environment },
    { startTimeoutMs: START_TIMEOUT_MS },
  )

  const context = (id: string): CommandContext => {
    const commandId = randomUUID()
    return { commandId, correlationId: id, causationId: commandId, actor: 'system:test' }
  }
  const receiveStock = async (id: string, quantity: unknown): Promise<void> => {
    const stream = `stock-${id}`
    const data = { productId: id, receiptId: randomUUID(), quantity, atMs: systemClock.nowMs() }
    const metadata = { ...context(id), schemaVersion: 1 }
    const received = { id: randomUUID(), type: 'StockReceived', data, metadata }
    await store.append(stream, [received], (await store.last(stream))?.revision ?? 'no-stream')
  }
  const simulate = async (path: string, body: object = {}): Promise<void> => {
    const response = await fetch(`${instance.simulatorUrl}/_sim/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    })
    if (!response.ok) throw new Error(`/_sim/${path}: ${response.status} ${await response.text()}`)
  }

  return {
    url: instance.shopUrl,
    simulatorUrl: instance.simulatorUrl,
    /** Ends the shop without warning; the event store lives on. */
    kill: instance.kill,
    /** Stops the shop in the middle of whatever it does: it takes connections and answers nothing. For `kill` next. */
    freeze: () => {
      process.kill(instance.pid(), 'SIGSTOP')
    },
    restart: instance.restart,
    printed: instance.printed,
    /** The simulator's control interface, `/_sim/{path}`. */
    simulate,
    /** Ends whatever a test made the simulator do. */
    calm: async () => {
      await simulate('outage', { on: false })
      await simulate('faults/clear')
    },
    reprice: (id: string, amountMinor: number) =>
      commands.run(
        product,
        ProductId.parse(id),
        { type: 'RepriceProduct', price: money(amountMinor, 'JPY'), atMs: systemClock.nowMs() },
        context(id),
      ),
    delist: (id: string) =>
      commands.run(
        product,
        ProductId.parse(id),
        { type: 'DelistProduct', atMs: systemClock.nowMs() },
        context(id),
      ),
    /** Adds units, or takes them away with a negative number. */
    adjustStock: (id: string, delta: number) =>
      commands.run(
        stock,
        ProductId.parse(id),
        {
          type: 'AdjustStock',
          adjustmentId: randomUUID(),
          delta,
          reason: 'test',
          atMs: systemClock.nowMs(),
        },
        context(id),
      ),
    /** Says of an order that it is paid, although nobody took any money: what only a foreign hand in the log could do. */
    payUnseen: (id: string, amountMinor: number) => {
      const orderId = OrderId.parse(id)
      const atMs = systemClock.nowMs()
      return commands.run(
        order,
        orderId,
        {
          type: 'ConfirmPayment',
          merchantPaymentId: merchantPaymentIdOf(orderId, 1),
          paymentId: '04137808670405270001',
          amount: money(amountMinor, 'JPY'),
          succeededAtMs: atMs,
          atMs,
        },
        context(orderId),
      )
    },
    /** Writes into a product's stock what no version can read: orders for it then stand still. */
    spoilStock: (id: string) => receiveStock(id, 'many'),
    /** Drops what cannot be read, as somebody at the store would, and takes in some units instead. */
    mendStock: async (id: string, quantity: number): Promise<void> => {
      await receiveStock(id, quantity)
      await store.keepOnly(`stock-${id}`, 1)
    },
    /** How many orders were ever placed, by the log. */
    ordersPlaced: async (): Promise<number> => {
      let placed = 0
      const reading = new AbortController()
      for await (const { events, caughtUp } of store.subscribe({
        name: 'orders placed',
        by: 'type',
        prefixes: ['OrderPlaced'],
        after: 'start',
        signal: reading.signal,
      })) {
        placed += events.length
        if (caughtUp) break
      }
      reading.abort()
      return placed
    },
    stop: async () => {
      await instance.stop()
      await store.close()
      await node.stop()
    },
  }
}
