import type { Offers } from '#api/offers.ts'
import { orderPlacing } from '#api/orders/place-order.ts'
import { fundsDepositing } from '#api/wallet/deposit-funds.ts'
import { rawBodyOf } from '#api/webhook/raw-body.ts'
import { receiving as receivingIn, type Delivery, type Receiving } from '#api/webhook/receiving.ts'
import { product } from '#domain/catalogue/aggregate.ts'
import type { DomainEvent } from '#domain/decider.ts'
import { CustomerId, MerchantPaymentId, RefundId, type OrderId, type ProductId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderCommand, RequestOrderRefund } from '#domain/order/commands.ts'
import type { PaymentMethod } from '#domain/order/events.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { readConfig } from '#platform/config/config.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { createPayPayClient } from '#platform/paypay/client.ts'
import type { Transport } from '#platform/paypay/transport.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { startAlerting, type AlertingOptions } from '#processmanagers/alerting/alerting.ts'
import { credentialsWitness } from '#processmanagers/alerting/credentials.ts'
import { checkout } from '#processmanagers/checkout/checkout.ts'
import { confirmations as confirmationsOf } from '#processmanagers/payment-confirmation/confirmations.ts'
import { paymentConfirmation } from '#processmanagers/payment-confirmation/payment-confirmation.ts'
import { refunding } from '#processmanagers/refunding/refunding.ts'
import { remediation } from '#processmanagers/remediation/remediation.ts'
import type { Process } from '#processmanagers/process.ts'
import { startProcess } from '#processmanagers/runner.ts'
import { inconsistency } from '#projections/inconsistency/projection.ts'
import { inconsistencyQueries } from '#projections/inconsistency/queries.ts'
import { startProjections } from '#projections/runner.ts'
import { SIMULATED_THRESHOLDS } from './alerts-in-time.ts'
import type { CatchUpWitness } from './catch-up-witness.ts'
import type { Host } from './host.ts'
import type { PlantedBug } from './planted.ts'
import { projectionsOf } from './simulated-projections.ts'

export interface PlacementRequest {
  readonly customerId: string
  readonly key: string
  readonly items: readonly { readonly productId: ProductId; readonly quantity: number }[]
  /** PayPay unless told. */
  readonly paymentMethod?: PaymentMethod
}

export interface DepositRequest {
  readonly customerId: string
  readonly key: string
  readonly amountMinor: number
}

/** One life of the shop: what `roles/shop.ts` puts together, without HTTP and with everything outside simulated. */
export interface Instance {
  readonly host: Host
  readonly place: (request: PlacementRequest) => Promise<OrderId>
  /** Pays into a wallet; resolves with the deposit's id. */
  readonly deposit: (request: DepositRequest) => Promise<string>
  readonly tell: (orderId: OrderId, command: OrderCommand) => Promise<void>
  /** What staff ask for, at the time it is asked; resolves with what the order said to it. */
  readonly giveBack: (
    orderId: OrderId,
    command: RequestOrderRefund,
  ) => Promise<'accepted' | 'unchanged' | 'refused'>
  /** “I have paid”. */
  readonly refresh: (merchantPaymentId: string) => Promise<void>
  /** A delivery to the webhook; rejects where the real handler would answer 503. */
  readonly deliver: (body: Buffer, from: Pick<Delivery, 'sourceAddress' | 'trusted'>) => Promise<void>
  /** Asks it to end in order; resolves once it has. */
  readonly stop: () => Promise<void>
}

export interface InstanceOptions {
  readonly host: Host
  readonly store: EventStore
  readonly readStore: ReadStore
  readonly transport: Transport
  readonly windowMs: number
  readonly readModels: readonly string[]
  readonly withAlerting: boolean
  /** How far the clock on the wall that alerting sees has jumped. */
  readonly jumpedMs: () => number
  /** How long the log has not grown. */
  readonly quietMs: () => number
  /** Calls once when it grows, unless cancelled. */
  readonly onGrowth: (happened: () => void) => () => void
  readonly witness: CatchUpWitness
  readonly bug: PlantedBug | undefined
  readonly log: (message: string, detail: object) => void
}

const CONFIG = readConfig({})
const CHECK_EVERY_MS = 10_000
/** Of the time in which nothing happened, the part after which alerting looks again. */
const WATCHED_SHARE = 80
const IDLE_SHARE = 8

export const startInstance = (options: InstanceOptions): Instance => {
  const { host, windowMs, bug = {}, log } = options
  const { clock, newId, random } = host
  const store = bug.store?.(options.store) ?? options.store
  const readStore = options.readStore
  const stopping = new AbortController()
  const { signal } = stopping
  const runner = commandRunner({ store, clock, random: random.next, newId })
  const commands = bug.commands?.(runner) ?? runner
  const witness = credentialsWitness({ commands, clock, newId, log })
  const client = createPayPayClient({
    baseUrl: 'https://paypay.example',
    apiKey: 'key',
    apiSecret: 'secret',
    merchantId: 'merchant',
    clock,
    nonce: newId,
    random: random.next,
    transport: options.transport,
    onCall: (call) => {
      if (options.withAlerting) witness.note(call)
    },
  })
  const provider = bug.provider?.(client, host) ?? client
  const confirmations = confirmationsOf({
    provider,
    commands,
    clock,
    newId,
  })

  const started: { readonly stopped: Promise<unknown> }[] = []
  const processClock = bug.processClock?.(clock) ?? clock
  const processReadStore = options.witness.readStore(readStore)
  const processRunner = {
    store: bug.processStore?.(store, readStore) ?? store,
    readStore: bug.readStore?.(processReadStore) ?? processReadStore,
    commands,
    clock: processClock,
    signal,
    log,
  }
  const parts = { commands, confirmations, provider, clock: processClock }
  const start = <E extends DomainEvent>(process: Process<E>): void => {
    started.push(startProcess(options.witness.process(process), processRunner))
  }
  start(checkout({ ...parts, returnUrl: (id) => `https://shop.example/${id}` }))
  start(paymentConfirmation(parts))
  start(remediation(parts))
  start(refunding(parts))
  const readModels = options.withAlerting ? [...options.readModels, inconsistency.name] : options.readModels
  const projections = projectionsOf(readModels, bug)
  if (projections.length > 0)
    started.push(
      startProjections({
        store,
        readStore: bug.projectionReadStore?.(readStore) ?? readStore,
        projections,
        clock,
        signal,
      }),
    )
  const alerting: AlertingOptions = {
    store,
    commands,
    cases: inconsistencyQueries(readStore),
    // That nothing is parked is a rule of its own here.
    processes: [],
    thresholds: SIMULATED_THRESHOLDS,
    everyMs: CHECK_EVERY_MS,
    clock: {
      ...clock,
      nowMs: () => clock.nowMs() + options.jumpedMs(),
      sleep: (durationMs, until) => idle(durationMs, until),
    },
    signal,
    log,
  }
  /** Days in which nothing happens are not looked at every ten seconds. */
  const idle: Clock['sleep'] = async (durationMs, until) => {
    await clock.sleep(durationMs, until)
    const isWatching = (running?.status().watched ?? 0) > 0
    const longerMs = options.quietMs() / (isWatching ? WATCHED_SHARE : IDLE_SHARE) - durationMs
    if (longerMs <= 0 || until?.aborted === true) return
    const waking = new AbortController()
    const forget = options.onGrowth(() => {
      waking.abort()
    })
    await clock.sleep(longerMs, until === undefined ? waking.signal : AbortSignal.any([until, waking.signal]))
    forget()
  }
  const running = options.withAlerting ? startAlerting(bug.alerting?.(alerting, host) ?? alerting) : undefined
  if (running !== undefined) started.push(running)

  let openInbox: Receiving | undefined
  /** Opened by its first delivery: what it remembers takes room at once, and many lives are short. */
  const inbox = (): Receiving =>
    (openInbox ??= receivingIn({
      clock,
      newId,
      commands,
      eventStore: store,
      confirmations,
      onQuestionFailed: (error) => {
        log('Asking after a webhook failed', { error: String(error) })
      },
    }))

  const unused = (): never => {
    throw new Error('Nobody here gives personal data')
  }
  const offers: Offers = {
    current: (id) => commands.recent(product, id),
    now: (id) => commands.state(product, id),
  }
  const placeOrder = orderPlacing(
    {
      clock,
      newId,
      config: { ...CONFIG, PAYMENT_WINDOW_MS: windowMs },
      commands,
      eventStore: store,
      keyring: {
        seal: unused,
        open: unused,
        digest: async (_customerId, _purpose, content) => content,
        forget: unused,
        keyIdOf: unused,
        forgottenUpTo: unused,
        noteForgottenUpTo: unused,
        close: unused,
      },
    },
    offers,
  )

  const payIn = fundsDepositing({ clock, newId, commands, eventStore: store })

  return {
    host,
    place: async ({ customerId, key, items, paymentMethod = 'PAYPAY' }) => {
      const { orderId } = await placeOrder({
        customer: { customerId: CustomerId.parse(customerId), roles: ['customer'], expiresAtMs: Infinity },
        idempotencyKey: bug.idempotencyKey?.(key, host) ?? key,
        body: { items: [...items], paymentMethod },
        locale: 'ja',
        request: { causationId: newId() },
      })
      return orderId
    },
    deposit: async ({ customerId, key, amountMinor }) => {
      const { depositId } = await payIn({
        customerId: CustomerId.parse(customerId),
        amount: { amountMinor, currency: 'JPY' },
        idempotencyKey: key,
        actor: `customer:${customerId}`,
        request: { causationId: newId() },
      })
      return depositId
    },
    tell: async (orderId, command) => {
      const id = newId()
      const context = { commandId: id, correlationId: orderId, causationId: id, actor: 'customer:buyer' }
      await commands.run(order, orderId, command, context)
    },
    giveBack: async (orderId, command) => {
      const id = newId()
      const context = { commandId: id, correlationId: orderId, causationId: id, actor: 'staff:staff-1' }
      const refundId = RefundId.parse(bug.refundKey?.(command.refundId, host) ?? command.refundId)
      const { kind } = await commands.run(
        order,
        orderId,
        { ...command, refundId, atMs: clock.nowMs() },
        context,
      )
      return kind
    },
    refresh: async (merchantPaymentId) => {
      await confirmations.ask(MerchantPaymentId.parse(merchantPaymentId), 'return')
    },
    deliver: async (bytes, from) => {
      const body = rawBodyOf(bytes)
      const { attempt } = await inbox().receive({
        body,
        ...from,
        signature: 'unsigned',
        causationId: newId(),
      })
      if (attempt === undefined) return
      await bug.believe?.(commands, attempt.merchantPaymentId, attempt.orderId, body.text, host)
    },
    stop: async () => {
      stopping.abort()
      await Promise.all(started.map(({ stopped }) => stopped))
    },
  }
}
