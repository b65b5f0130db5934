import { createHash } from 'node:crypto'
import { CustomerId, merchantPaymentIdOf, OrderId, ProductId, type MerchantPaymentId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { notification } from '#domain/notification/aggregate.ts'
import { order } from '#domain/order/aggregate.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { stock } from '#domain/stock/aggregate.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner, type CommandContext } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { createPayPayClient } from '#platform/paypay/client.ts'
import type { PaymentProvider } from '#platform/paypay/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { checkout, type CheckoutOptions } from '../checkout/checkout.ts'
import { refunding } from '../refunding/refunding.ts'
import { remediation } from '../remediation/remediation.ts'
import { PROCESS_COLLECTIONS, startProcess } from '../runner.ts'
import { confirmations as confirmationsOf, type Confirmations } from './confirmations.ts'
import { paymentConfirmation } from './payment-confirmation.ts'
import { virtualPayPay, type Network } from './spec-rig.ts'

export interface VirtualShopOptions {
  readonly windowMs?: number
  /** What becomes of each request; all arrive and are answered unless told. */
  readonly network?: Network
  /** Runs confirmation alone, for specs about thousands of questions. */
  readonly confirmationOnly?: boolean
  /** Stands between the processes and the log. */
  readonly storeBetween?: (store: EventStore) => EventStore
  readonly providerBetween?: (provider: PaymentProvider) => PaymentProvider
  readonly onPaid?: NonNullable<CheckoutOptions['onPaid']>
}

/** One life of the shop. */
export interface Instance {
  readonly confirmations: Confirmations
  /** As by `kill -9`: what is under way never hears an answer and nothing more is written. */
  readonly kill: () => void
  readonly stop: () => Promise<void>
  readonly status: () => readonly { readonly name: string; readonly parkedKeys: number }[]
}

const AMOUNT = money(1_000, 'JPY')
const PRODUCT = ProductId.parse('cup')
const STARTS_AT_MS = Date.parse('2026-11-21T03:00:00.400Z')

const never = (): Promise<never> => new Promise(() => {})

/** The real processes, decisions and client on a clock that the spec moves, and the simulator's provider without HTTP. */
export const virtualShop = async (options: VirtualShopOptions = {}) => {
  const clock = manualClock(STARTS_AT_MS)
  const log = memoryLog(clock)
  const paypay = virtualPayPay(clock, options.network)
  const commands = commandRunner({ store: log, clock, random: () => 0.5 })
  let ids = 0
  const newId = (): string => derivedId('spec', (ids += 1))
  const instances: Instance[] = []

  const contextFor = (correlationId: string): CommandContext => {
    const commandId = newId()
    return { commandId, correlationId, causationId: commandId, actor: 'customer:spec' }
  }

  const freshReadStore = async (): Promise<ReadStore> => {
    const readStore = openSqliteReadStore(':memory:')
    await readStore.prepare(PROCESS_COLLECTIONS)
    return readStore
  }

  /** Starts an instance; with the read store of an earlier one it goes on where that one was. */
  const start = async (readStore?: ReadStore): Promise<Instance & { readonly readStore: ReadStore }> => {
    const kept = readStore ?? (await freshReadStore())
    const stopping = new AbortController()
    let isDead = false
    const unlessDead =
      <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        if (isDead) return never()
        const answer = await call(...args)
        return isDead ? never() : answer
      }
    const between = options.storeBetween?.(log) ?? log
    const store: EventStore = { ...between, append: unlessDead(between.append) }
    const own = commandRunner({ store, clock, random: () => 0.5 })
    const client = createPayPayClient({
      baseUrl: 'https://paypay.example',
      apiKey: 'k',
      apiSecret: 's',
      merchantId: 'm',
      clock,
      random: () => 0.5,
      transport: { ...paypay.transport, send: unlessDead((request) => paypay.transport.send(request)) },
    })
    const provider = options.providerBetween?.(client) ?? client
    const confirmations = confirmationsOf({ provider, commands: own, clock, newId, signal: stopping.signal })
    const runner = {
      store,
      readStore: { ...kept, commit: unlessDead(kept.commit) },
      commands: own,
      clock,
      signal: stopping.signal,
      log: () => {},
    }
    const parts = { commands: own, provider, confirmations, clock }
    const processes = [
      startProcess(paymentConfirmation(parts), runner),
      ...(options.confirmationOnly === true
        ? []
        : [
            startProcess(
              checkout({
                ...parts,
                returnUrl: (id) => `https://shop.example/${id}`,
                ...(options.onPaid === undefined ? {} : { onPaid: options.onPaid }),
              }),
              runner,
            ),
            startProcess(remediation(parts), runner),
            startProcess(refunding(parts), runner),
          ]),
    ]
    const instance = {
      confirmations,
      readStore: kept,
      status: () => processes.map(({ status }) => status()),
      kill: () => {
        isDead = true
        stopping.abort()
      },
      stop: async () => {
        stopping.abort()
        const stopped = Promise.all(processes.map((process) => process.stopped))
        if (!isDead) await Promise.all([stopped, clock.advance(60_000)])
        client.close()
      },
    }
    instances.push(instance)
    return instance
  }

  const moveUntil = async (what: string, holds: () => Promise<boolean> | boolean, limitMs = 60_000) => {
    for (let passedMs = 0; !(await holds()); passedMs += 100) {
      if (passedMs > limitMs) throw new Error(`Not within ${limitMs} virtual ms: ${what}`)
      await clock.advance(100)
    }
  }

  const stateOf = (orderId: OrderId) => commands.state(order, orderId)
  const typesOf = (stream: string): string[] =>
    log.events.filter((event) => event.stream === stream).map(({ type }) => type)

  const place = async (): Promise<{ readonly orderId: OrderId; readonly id: MerchantPaymentId }> => {
    const orderId = OrderId.parse(newId())
    await commands.run(
      order,
      orderId,
      {
        type: 'PlaceOrder',
        orderId,
        customerId: CustomerId.parse('c1'),
        requestHash: 'h',
        lines: [{ productId: PRODUCT, title: 'cup', quantity: 1, unitPrice: AMOUNT, taxRatePercent: 10 }],
        paymentMethod: 'PAYPAY',
        locale: 'ja',
        placedAtMs: clock.nowMs(),
        paymentWindowMs: options.windowMs ?? 60_000,
      },
      contextFor(orderId),
    )
    return { orderId, id: merchantPaymentIdOf(orderId, 1) }
  }

  await commands.run(
    stock,
    PRODUCT,
    { type: 'ReceiveStock', productId: PRODUCT, receiptId: 'r1', quantity: 10, atMs: clock.nowMs() },
    contextFor(PRODUCT),
  )

  return {
    clock,
    log,
    commands,
    paypay,
    start,
    place,
    /** An order whose code can be paid. */
    shown: async () => {
      const placed = await place()
      await moveUntil('a code', async () => (await stateOf(placed.orderId)).status === 'WAITING_PAYMENT')
      return placed
    },
    /** Attempts with a code each, of orders that nobody looks at here. */
    openAttempts: async (count: number, windowMs: number): Promise<MerchantPaymentId[]> => {
      const opened: MerchantPaymentId[] = []
      for (let nth = 0; nth < count; nth += 1) {
        const orderId = OrderId.parse(newId())
        const id = merchantPaymentIdOf(orderId, 1)
        const requestedAtMs = clock.nowMs()
        await commands.run(
          payment,
          id,
          {
            type: 'RequestPayment',
            merchantPaymentId: id,
            orderId,
            attempt: 1,
            amount: AMOUNT,
            windowEndsAtMs: requestedAtMs + windowMs,
            requestedAtMs,
          },
          contextFor(orderId),
          { expectNew: true },
        )
        const expiresAtMs = paypay.issue(id, AMOUNT.amountMinor)
        const code = { codeId: `04-${id}`, url: 'https://qr.example/1', deeplink: 'paypay://1', expiresAtMs }
        await commands.run(
          payment,
          id,
          { type: 'IssueCode', ...code, atMs: requestedAtMs },
          contextFor(orderId),
        )
        opened.push(id)
      }
      return opened
    },
    /** Stores a notification, as the webhook does, without asking. */
    notify: (id: MerchantPaymentId, rawBody: string) =>
      commands.run(
        notification,
        id,
        {
          type: 'RecordNotification',
          rawBody,
          bodyEncoding: 'utf8',
          bodyCut: false,
          bodyHash: createHash('sha256').update(rawBody).digest('hex'),
          claim: { merchantPaymentId: id },
          sourceAddress: '192.0.2.1',
          trusted: false,
          signature: 'unsigned',
          verdict: 'known-payment',
          receivedAtMs: clock.nowMs(),
        },
        contextFor(id),
      ),
    cancel: (orderId: OrderId) =>
      commands.run(
        order,
        orderId,
        { type: 'CancelOrder', by: 'customer', atMs: clock.nowMs() },
        contextFor(orderId),
      ),
    stateOf,
    attemptOf: (id: MerchantPaymentId) => commands.state(payment, id),
    stockLeft: async () => {
      const state = await commands.state(stock, PRODUCT)
      if (state.status !== 'known') throw new Error('There is no stock')
      const { available, reserved, sold } = state
      return { available, reserved, sold }
    },
    typesOf,
    moveUntil,
    parked: () => instances.flatMap(({ status }) => status()).reduce((sum, each) => sum + each.parkedKeys, 0),
    [Symbol.asyncDispose]: async () => {
      for (const { stop } of instances) await stop()
    },
  }
}

export type VirtualShop = Awaited<ReturnType<typeof virtualShop>>
