import { describe, expect, it } from 'vitest'
import { CustomerId, merchantPaymentIdOf, OrderId, ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderCommand } from '#domain/order/commands.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { DEADLINES } from '../deadline-index.ts'
import { PROCESS_COLLECTIONS, startProcess } from '../runner.ts'
import { remediation } from './remediation.ts'

const MINUTE_MS = 60_000
const orderId = OrderId.parse('0199aaaa-0000-7000-8000-000000000001')
const id = merchantPaymentIdOf(orderId, 1)
const amount = money(1_000, 'JPY')

/** A cancelled order that was paid all the same. */
const openDesk = async ({ isCaptured = true } = {}) => {
  const clock = manualClock(1_800_000_000_000)
  const log = memoryLog(clock)
  const readStore = openSqliteReadStore(':memory:')
  await readStore.prepare(PROCESS_COLLECTIONS)
  const commands = commandRunner({ store: log, clock, random: () => 0 })
  let step = 0
  const context = () => {
    step += 1
    return { commandId: `step-${step}`, correlationId: orderId, causationId: '', actor: 'system:spec' }
  }
  const tell = (command: OrderCommand) => commands.run(order, orderId, command, context())
  const pay = (command: PaymentCommand) => commands.run(payment, id, command, context())
  const atMs = clock.nowMs()
  const paid = { paymentId: '04000000000000000001', amount }
  await tell({
    type: 'PlaceOrder',
    orderId,
    customerId: CustomerId.parse('c1'),
    requestHash: 'h',
    lines: [
      { productId: ProductId.parse('cup'), title: 'cup', quantity: 1, unitPrice: amount, taxRatePercent: 10 },
    ],
    paymentMethod: 'PAYPAY',
    locale: 'ja',
    placedAtMs: atMs,
    paymentWindowMs: MINUTE_MS,
  })
  await tell({ type: 'CancelOrder', by: 'customer', atMs })
  const requested = { merchantPaymentId: id, orderId, attempt: 1, amount, requestedAtMs: atMs }
  await pay({ type: 'RequestPayment', ...requested, windowEndsAtMs: atMs + MINUTE_MS })
  const observation = { status: 'COMPLETED', ...paid, acceptedAtMs: atMs, refunds: [] }
  if (isCaptured) await pay({ type: 'RecordPaymentObservation', observation, source: 'poll', atMs })
  await tell({ type: 'ConfirmPayment', merchantPaymentId: id, ...paid, succeededAtMs: atMs, atMs })

  const stopping = new AbortController()
  return {
    clock,
    readStore,
    start: () =>
      startProcess(remediation({ commands, clock }), {
        store: log,
        readStore,
        commands,
        clock,
        signal: stopping.signal,
        log: () => {},
      }),
    forget: () => readStore.clear('specs_only', 'process:remediation'),
    ofPayment: () => log.events.filter(({ stream }) => stream === `payment-${id}`),
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await clock.advance(0)
      await readStore.close()
    },
  }
}

describe('remediation', () => {
  it('asks for surplus money to go back, all of it, under an id that follows from the payment', async () => {
    await using desk = await openDesk()
    desk.start()
    await desk.clock.advance(MINUTE_MS)
    expect(desk.ofPayment().at(-1)).toMatchObject({
      type: 'RefundRequested',
      data: { refundId: `${id}_r1`, amount, reason: 'surplus-late' },
    })
  })

  it('does nothing again when all is delivered again', async () => {
    await using desk = await openDesk()
    desk.start()
    await desk.clock.advance(MINUTE_MS)
    const before = desk.ofPayment().length
    await desk.forget()
    desk.start()
    await desk.clock.advance(MINUTE_MS)
    expect(desk.ofPayment()).toHaveLength(before)
  })

  it('spends an alarm that an earlier build left behind on nothing', async () => {
    await using desk = await openDesk()
    const name = JSON.stringify({ merchantPaymentId: id, causationId: 'c', sinceMs: desk.clock.nowMs() })
    const body = { process: 'remediation', key: orderId, name, dueAtMs: desk.clock.nowMs() }
    await desk.readStore.commit({
      writes: [{ kind: 'put', collection: DEADLINES.name, id: 'old', position: 0, body }],
    })
    const running = desk.start()
    await desk.clock.advance(MINUTE_MS)
    expect(running.status()).toMatchObject({ openDeadlines: 0, parkedKeys: 0, trouble: undefined })
    expect(desk.ofPayment().at(-1)).toMatchObject({ type: 'RefundRequested' })
  })

  it('parks the case of surplus money that the books do not hold', async () => {
    await using desk = await openDesk({ isCaptured: false })
    const running = desk.start()
    await desk.clock.advance(MINUTE_MS)
    expect(running.status().parkedKeys).toBe(1)
    expect(desk.ofPayment().map(({ type }) => type)).toEqual(['PaymentRequested'])
  })
})
