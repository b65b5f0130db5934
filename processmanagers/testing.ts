import { v4 as newId } from 'uuid'
import { z } from 'zod'
import { account } from '#domain/account/aggregate.ts'
import { CustomerId, merchantPaymentIdOf, OrderId, ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { notification } from '#domain/notification/aggregate.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderCommand } from '#domain/order/commands.ts'
import type { OrderState } from '#domain/order/decider.ts'
import type { PaymentMethod } from '#domain/order/events.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { stock } from '#domain/stock/aggregate.ts'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { startSimulator, type SimulatorOptions } from '#embedded/paypay/simulator.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { leapingClock } from '#platform/clock/leaping-clock.ts'
import { commandRunner, type CommandContext, type CommandRunner } from '#platform/commands/runner.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { createPayPayClient } from '#platform/paypay/client.ts'
import type { PaymentProvider } from '#platform/paypay/port.ts'
import { createHttpTransport } from '#platform/paypay/transport.ts'
import { openEmptyReadStore } from '#platform/readstore/testing.ts'
import { checkout } from './checkout/checkout.ts'
import { confirmations as confirmationsOf, type Confirmations } from './payment-confirmation/confirmations.ts'
import type { Ladder } from './payment-confirmation/ladder.ts'
import { paymentConfirmation } from './payment-confirmation/payment-confirmation.ts'
import { refunding } from './refunding/refunding.ts'
import { remediation } from './remediation/remediation.ts'
import { breakableTransport } from './provider/breakable-transport.ts'
import { PROCESS_COLLECTIONS, startProcess, type RunningProcess } from './runner.ts'

export interface BenchOptions {
  readonly simulator?: Partial<SimulatorOptions>
  readonly paymentWindowMs?: number
  /** The least time between two questions about one attempt. */
  readonly quietMs?: number
  readonly ladder?: Ladder
  /** Puts something between the processes and the provider. */
  readonly between?: (provider: PaymentProvider) => PaymentProvider
}

/** Longer than any spec takes, and shorter than a code lives at the provider. */
const WINDOW_MS = 240_000

const CUSTOMER = CustomerId.parse('c1')

const ProviderPayment = z.object({
  status: z.string(),
  deleted: z.boolean(),
  refunds: z.array(z.object({ merchantRefundId: z.string(), amountMinor: z.int() })),
})

const ProviderFaults = z.object({ faults: z.array(z.unknown()) })

const ProviderBooks = z.object({
  totals: z.object({ paid: z.int(), capturedMinor: z.int(), refundedMinor: z.int() }),
  calls: z.record(z.string(), z.int()),
})

/** Longer than a busy machine takes for anything, and shorter than a spec may take. */
const LONGEST_WAIT_MS = 30_000

/**
 * The real processes on the embedded event store and the simulator, in one process, for specs. Its time runs with the
 * real one, and is leapt ahead: nothing that a spec is about may depend on how much real time it took.
 */
export const processBench = async (options: BenchOptions = {}) => {
  const { leap: leapShop, ...clock } = leapingClock()
  const node = await startNode({ file: ':memory:', port: 0, clock: clock.nowMs })
  const simulator = await startSimulator({
    dataDir: ':memory:',
    port: 0,
    tlsPort: 0,
    seed: 7,
    ...options.simulator,
    knobs: { authClock: 'real', ...options.simulator?.knobs },
  })
  // Whether the log answers in time is no business of the shop's clock, nor of a busy machine.
  const store = connectEventStore({
    connectionString: node.connectionString,
    clock: systemClock,
    answerTimeoutMs: LONGEST_WAIT_MS,
  })
  const readStore = openEmptyReadStore()
  await readStore.prepare(PROCESS_COLLECTIONS)
  const commands = commandRunner({ store, clock, random: () => 0.5 })
  const transport = breakableTransport(createHttpTransport(simulator.url), LONGEST_WAIT_MS)
  // On the real clock: a request that is on its way during a leap would be refused for its signature's time.
  const client = createPayPayClient({ baseUrl: simulator.url, ...simulator.credentials, transport })
  const provider = options.between?.(client) ?? client
  const confirmationsWith = (runner: CommandRunner): Confirmations =>
    confirmationsOf({
      provider,
      commands: runner,
      clock,
      newId,
      quietMs: options.quietMs ?? 50,
    })
  // What the spec does itself stands for the API, which is another process with caches of its own.
  const confirmations = confirmationsWith(commands)

  let stopping = new AbortController()
  let running: RunningProcess[] = []
  const start = (): void => {
    stopping = new AbortController()
    // Nothing that was in memory before is there after a restart.
    const commands = commandRunner({ store, clock, random: () => 0.5 })
    const confirmations = confirmationsWith(commands)
    const runner = { store, readStore, commands, clock, signal: stopping.signal, log: () => {} }
    running = [
      startProcess(
        checkout({ commands, provider, confirmations, clock, returnUrl: (id) => `http://127.0.0.1/${id}` }),
        runner,
      ),
      startProcess(
        paymentConfirmation({
          commands,
          confirmations,
          clock,
          ...(options.ladder === undefined ? {} : { ladder: options.ladder }),
          ...(options.simulator?.codeLifeMs === undefined
            ? {}
            : { codeLifeMs: options.simulator.codeLifeMs }),
        }),
        runner,
      ),
      startProcess(remediation({ commands, clock }), runner),
      startProcess(refunding({ commands, provider, clock }), runner),
    ]
  }
  const halt = async (): Promise<void> => {
    stopping.abort()
    await Promise.all(running.map(({ stopped }) => stopped))
  }

  const contextFor = (correlationId: string, commandId: string = newId()): CommandContext => ({
    commandId,
    correlationId,
    causationId: commandId,
    actor: 'customer:test',
  })

  const eventsOf = async (stream: string): Promise<RecordedEvent[]> => {
    const events: RecordedEvent[] = []
    for await (const event of store.read(stream)) events.push(event)
    return events
  }

  const look = async (path: string): Promise<unknown> => {
    const response = await fetch(`${simulator.url}/_sim/${path}`)
    if (!response.ok) throw new Error(`/_sim/${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  const simulate = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${simulator.url}/_sim/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`/_sim/${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  /** Waits until the condition holds, asking again every now and then for a bounded time. */
  const waitUntil = async <T>(what: string, condition: () => Promise<T | undefined | false>): Promise<T> => {
    const giveUpAtMs = systemClock.monotonicMs() + LONGEST_WAIT_MS
    for (;;) {
      const found = await condition()
      if (found !== undefined && found !== false) return found
      if (systemClock.monotonicMs() > giveUpAtMs) throw new Error(`Not within ${LONGEST_WAIT_MS} ms: ${what}`)
      await systemClock.sleep(20)
    }
  }

  /** Moves the provider's time and the shop's forward; what becomes due by that goes off before this resolves. */
  const leap = async (durationMs: number): Promise<void> => {
    await simulate('clock', { advanceMs: durationMs })
    leapShop(durationMs)
  }

  const close = async (): Promise<void> => {
    await halt()
    await store.close()
    client.close()
    await simulator.stop()
    await node.stop()
    await readStore.close()
  }

  return {
    store,
    readStore,
    clock,
    commands,
    contextFor,
    /** Who places the orders here. */
    customerId: CUSTOMER,
    provider,
    confirmations,
    simulate,
    /** One payment as the provider has it. */
    atProvider: async (merchantPaymentId: string) =>
      ProviderPayment.parse(await look(`state?merchantPaymentId=${merchantPaymentId}`)),
    /** The provider's totals, and its calls so far by method and route. */
    providerBooks: async () => ProviderBooks.parse(await look('state?limit=1')),
    /** How many of the faults that were asked of the provider have struck no call yet. */
    faultsLeft: async () => ProviderFaults.parse(await look('faults')).faults.length,
    start,
    halt,
    /** Ends every call to the provider that is under way, as by its time-out. */
    timeOutCalls: transport.timeOut,
    leap,
    /** To just after the end of the order's payment window. */
    leapPastWindow: async (orderId: OrderId) => {
      const state = await commands.state(order, orderId)
      if (state.status === 'none') throw new Error(`There is no order ${orderId}`)
      await leap(Math.max(0, state.placed.paymentWindowEndsAtMs - clock.nowMs()) + 1)
    },
    status: () => running.map(({ status }) => status()),
    eventsOf,
    typesOf: async (stream: string) => (await eventsOf(stream)).map(({ type }) => type),
    receive: (productId: string, quantity: number) =>
      commands.run(
        stock,
        productId,
        {
          type: 'ReceiveStock',
          productId: ProductId.parse(productId),
          receiptId: 'r1',
          quantity,
          atMs: clock.nowMs(),
        },
        contextFor(productId),
      ),
    /** Pays into the wallet of the customer who places the orders here. */
    deposit: (amountMinor: number) =>
      commands.run(
        account,
        CUSTOMER,
        {
          type: 'DepositFunds',
          customerId: CUSTOMER,
          depositId: newId(),
          amount: money(amountMinor, 'JPY'),
          atMs: clock.nowMs(),
        },
        contextFor(CUSTOMER),
      ),
    balance: async () => {
      const state = await commands.state(account, CUSTOMER)
      return state.status === 'none' ? 0 : state.balanceMinor
    },
    place: async (
      productIds: readonly string[],
      quantity = 1,
      paymentMethod: PaymentMethod = 'PAYPAY',
    ): Promise<OrderId> => {
      const orderId = OrderId.parse(newId())
      await commands.run(
        order,
        orderId,
        {
          type: 'PlaceOrder',
          orderId,
          customerId: CUSTOMER,
          requestHash: 'h',
          lines: productIds.map((productId) => ({
            productId: ProductId.parse(productId),
            title: productId,
            quantity,
            unitPrice: money(1_000, 'JPY'),
            taxRatePercent: 10,
          })),
          paymentMethod,
          locale: 'ja',
          placedAtMs: clock.nowMs(),
          paymentWindowMs: options.paymentWindowMs ?? WINDOW_MS,
        },
        contextFor(orderId),
        { expectNew: true },
      )
      return orderId
    },
    /** Forgets how far the processes had come, as after restoring an older copy of the read store. */
    forgetCheckpoints: async () => {
      for (const name of ['checkout', 'payment-confirmation', 'remediation', 'refunding'])
        await readStore.clear('specs_only', `process:${name}`)
    },
    /** Stores a notification about this attempt, as the webhook does. */
    notify: (merchantPaymentId: string, rawBody: string, bodyHash: string) =>
      commands.run(
        notification,
        merchantPaymentId,
        {
          type: 'RecordNotification',
          rawBody,
          bodyEncoding: 'utf8',
          bodyCut: false,
          bodyHash,
          claim: { merchantPaymentId },
          sourceAddress: '192.0.2.1',
          trusted: false,
          signature: 'unsigned',
          verdict: 'known-payment',
          receivedAtMs: clock.nowMs(),
        },
        contextFor(merchantPaymentId),
      ),
    tell: (orderId: OrderId, command: OrderCommand) =>
      commands.run(order, orderId, command, contextFor(orderId)),
    pay: (orderId: OrderId, attempt = 1, how: object = {}) =>
      simulate('pay', {
        merchantPaymentId: merchantPaymentIdOf(orderId, attempt),
        dropHook: true,
        ...how,
      }),
    order: (orderId: OrderId) => commands.state(order, orderId),
    attempt: (orderId: OrderId, attempt = 1) =>
      commands.state(payment, merchantPaymentIdOf(orderId, attempt)),
    stockOf: async (productId: string) => {
      const state = await commands.state(stock, productId)
      if (state.status !== 'known') throw new Error(`${productId} has no stock`)
      const { available, reserved, sold } = state
      return { available, reserved, sold }
    },
    until: waitUntil,
    orderIs: (orderId: OrderId, status: OrderState['status']) =>
      waitUntil(`order is ${status}`, async () => {
        const state = await commands.state(order, orderId)
        return state.status === status && state
      }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

export type ProcessBench = Awaited<ReturnType<typeof processBench>>
