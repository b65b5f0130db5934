import type { Knobs } from '#embedded/paypay/knobs.ts'
import { CustomerId, merchantPaymentIdOf, OrderId, ProductId, RefundId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderCommand, RequestOrderRefund } from '#domain/order/commands.ts'
import { isPaid } from '#domain/order/state.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import { stock } from '#domain/stock/aggregate.ts'
import type { StockCommand } from '#domain/stock/commands.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner, type CommandContext, type CommandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import type { PaymentProvider } from '#platform/paypay/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { observationFrom } from '../payment-confirmation/observation.ts'
import { paypayInside } from '../provider/testing.ts'
import { remediation } from '../remediation/remediation.ts'
import { PROCESS_COLLECTIONS, startProcess, type RunningProcess } from '../runner.ts'
import { refunding } from './refunding.ts'

export interface DeskOptions {
  readonly knobs?: Partial<Knobs>
  /** The order was cancelled before it was paid, so its money is surplus. */
  readonly isCancelled?: boolean
  /** The sale of the units is not booked yet. */
  readonly isSaleLate?: boolean
  readonly startMs?: number
  /** Puts something between the process and the provider. */
  readonly between?: (provider: PaymentProvider) => PaymentProvider
}

export const QUANTITY = 3
export const TOTAL = QUANTITY * 1_000
const MINUTE_MS = 60_000
const orderId = OrderId.parse('0199aaaa-0000-7000-8000-000000000001')
const id = merchantPaymentIdOf(orderId, 1)
const cup = ProductId.parse('cup')

/** One order of three cups, ¥3,000, paid at the embedded PayPay, and staff who can give the money back. */
export const refundDesk = async (options: DeskOptions = {}) => {
  const clock = manualClock(options.startMs ?? 1_800_000_000_000)
  const log = memoryLog(clock)
  const readStore = openSqliteReadStore(':memory:')
  await readStore.prepare(PROCESS_COLLECTIONS)
  const paypay = paypayInside(clock, options.knobs)
  const provider = options.between?.(paypay.provider) ?? paypay.provider
  const anotherRunner = (): CommandRunner => commandRunner({ store: log, clock, random: () => 0 })
  const commands = anotherRunner()
  let step = 0
  const context = (): CommandContext => {
    step += 1
    const commandId = `step-${step}`
    return { commandId, correlationId: orderId, causationId: commandId, actor: 'staff:spec' }
  }
  const tell = (command: OrderCommand, by = commands) => by.run(order, orderId, command, context())
  const pay = (command: PaymentCommand) => commands.run(payment, id, command, context())
  const keep = (command: StockCommand) => commands.run(stock, cup, command, context())

  const atMs = clock.nowMs()
  const amount = money(TOTAL, 'JPY')
  const windowEndsAtMs = atMs + MINUTE_MS
  await keep({ type: 'ReceiveStock', productId: cup, receiptId: 'r1', quantity: 10, atMs })
  await tell({
    type: 'PlaceOrder',
    orderId,
    customerId: CustomerId.parse('c1'),
    requestHash: 'h',
    lines: [
      {
        productId: cup,
        title: 'cup',
        quantity: QUANTITY,
        unitPrice: money(1_000, 'JPY'),
        taxRatePercent: 10,
      },
    ],
    paymentMethod: 'PAYPAY',
    locale: 'ja',
    placedAtMs: atMs,
    paymentWindowMs: MINUTE_MS,
  })
  await keep({ type: 'ReserveStock', reservationId: orderId, orderId, quantity: QUANTITY, atMs })
  if (options.isCancelled === true) await tell({ type: 'CancelOrder', by: 'customer', atMs })
  await pay({
    type: 'RequestPayment',
    merchantPaymentId: id,
    orderId,
    attempt: 1,
    amount,
    windowEndsAtMs,
    requestedAtMs: atMs,
  })
  await paypay.provider.createCode({
    merchantPaymentId: id,
    amountMinor: TOTAL,
    currency: 'JPY',
    requestedAtMs: atMs,
  })
  paypay.deeds.buyerPays(id)
  const observation = observationFrom(await paypay.provider.paymentDetails(id))
  if (observation === undefined) throw new Error('The provider did not answer')
  const { state: paid } = await pay({ type: 'RecordPaymentObservation', observation, source: 'poll', atMs })
  if (paid.status !== 'succeeded') throw new Error(`The payment is ${paid.status}`)
  const { paymentId, succeededAtMs } = paid
  await tell({ type: 'ConfirmPayment', merchantPaymentId: id, paymentId, amount, succeededAtMs, atMs })
  const bookSale = () => keep({ type: 'ConfirmReservation', reservationId: orderId, atMs })
  if (options.isSaleLate !== true && options.isCancelled !== true) await bookSale()

  let stopping = new AbortController()
  let running: RunningProcess[] = []
  const start = (): void => {
    stopping = new AbortController()
    // Nothing that was in memory before is there after a restart.
    const own = anotherRunner()
    const runner = { store: log, readStore, commands: own, clock, signal: stopping.signal, log: () => {} }
    running = [
      startProcess(remediation({ commands: own, clock }), runner),
      startProcess(refunding({ commands: own, provider, clock }), runner),
    ]
  }
  const halt = async (): Promise<void> => {
    stopping.abort()
    await clock.advance(0)
  }

  return {
    clock,
    paypay,
    paymentId,
    succeededAtMs,
    start,
    halt,
    bookSale,
    anotherRunner,
    parkedKeys: () => running.reduce((sum, { status }) => sum + status().parkedKeys, 0),
    /** Asks for a refund as staff do; all that is left when no amount is named. */
    refund: (
      name: string,
      amountMinor?: number,
      changes: Partial<Pick<RequestOrderRefund, 'returning' | 'requestedBy'>> = {},
      by?: CommandRunner,
    ) =>
      tell(
        {
          type: 'RequestOrderRefund',
          refundId: RefundId.parse(`${id}_s${name}`),
          ...(amountMinor === undefined ? {} : { amount: money(amountMinor, 'JPY') }),
          reason: 'sent back',
          returning: [],
          requestedBy: 'staff-1',
          atMs: clock.nowMs(),
          ...changes,
        },
        by,
      ),
    cups: (quantity: number) => ({ returning: [{ productId: cup, quantity }] }),
    orderTypes: () => typesOf(log.events, `order-${orderId}`),
    paymentTypes: () => typesOf(log.events, `payment-${id}`),
    events: () => log.events,
    /** Each refund's state in the order, by the name it was asked under. */
    refunds: async () => {
      const state = await commands.state(order, orderId)
      if (!isPaid(state)) return {}
      return Object.fromEntries(
        [...state.refunds].map(([refundId, { status }]) => [refundId.slice(`${id}_s`.length), status]),
      )
    },
    status: async () => (await commands.state(order, orderId)).status,
    stock: async () => {
      const state = await commands.state(stock, cup)
      if (state.status !== 'known') throw new Error('There are no cups')
      const { available, reserved, sold } = state
      return { available, reserved, sold }
    },
    /** Forgets checkpoints and alarms, as after restoring an older copy of the read store. */
    forget: async () => {
      for (const name of ['remediation', 'refunding']) await readStore.clear('specs_only', `process:${name}`)
    },
    [Symbol.asyncDispose]: async () => {
      await halt()
      paypay.close()
      await readStore.close()
    },
  }
}

const typesOf = (events: readonly { readonly stream: string; readonly type: string }[], stream: string) =>
  events.filter((event) => event.stream === stream).map(({ type }) => type)
