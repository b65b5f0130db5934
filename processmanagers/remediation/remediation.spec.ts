import { describe, expect, it } from 'vitest'
import { CustomerId, merchantPaymentIdOf, OrderId, ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner, type CommandContext } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import {
  REFUND_THROTTLED,
  type PaymentProvider,
  type ProviderOutcome,
  type RefundRequest,
  type RefundStatus,
} from '#platform/paypay/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { PROCESS_COLLECTIONS, startProcess } from '../runner.ts'
import { remediation } from './remediation.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

const orderId = OrderId.parse('0199aaaa-0000-7000-8000-000000000001')
const id = merchantPaymentIdOf(orderId, 1)
const paymentId = '04000000000000000001'

type Answer = ProviderOutcome<{ status: RefundStatus }>
const unknown: Answer = { kind: 'unknown', reason: 'timed-out' }
const said = (status: RefundStatus): Answer => ({ kind: 'ok', value: { status } })
const refusedWith = (code: string): Answer => ({ kind: 'refused', code, httpStatus: 400, message: '' })

const notCalled = async (): Promise<never> => {
  throw new Error('remediation only gives money back')
}

/** A cancelled order that was paid all the same, and a provider that gives these answers, the last one for ever. */
const openDesk = async (answers: readonly Answer[], { isCaptured = true } = {}) => {
  const clock = manualClock(1_800_000_000_000)
  const log = memoryLog(clock)
  const readStore = openSqliteReadStore(':memory:')
  await readStore.prepare(PROCESS_COLLECTIONS)
  const commands = commandRunner({ store: log, clock, random: () => 0 })
  let step = 0
  const context = (): CommandContext => ({
    commandId: `step-${(step += 1)}`,
    correlationId: orderId,
    causationId: '',
    actor: 'system:spec',
  })
  const atMs = clock.nowMs()
  const amount = money(1_000, 'JPY')
  const placed = {
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
  } as const
  await commands.run(order, orderId, placed, context())
  await commands.run(order, orderId, { type: 'CancelOrder', by: 'customer', atMs }, context())
  const requested = { merchantPaymentId: id, orderId, attempt: 1, amount } as const
  await commands.run(
    payment,
    id,
    { type: 'RequestPayment', ...requested, windowEndsAtMs: atMs + MINUTE_MS, requestedAtMs: atMs },
    context(),
  )
  const observation = { status: 'COMPLETED', paymentId, amount, acceptedAtMs: atMs, refunds: [] }
  if (isCaptured)
    await commands.run(
      payment,
      id,
      { type: 'RecordPaymentObservation', observation, source: 'poll', atMs },
      context(),
    )
  await commands.run(
    order,
    orderId,
    { type: 'ConfirmPayment', merchantPaymentId: id, paymentId, amount, succeededAtMs: atMs, atMs },
    context(),
  )

  const asked: { readonly afterMs: number; readonly request: RefundRequest }[] = []
  let details: RefundStatus = 'CREATED'
  let lookups = 0
  const provider: PaymentProvider = {
    createCode: notCalled,
    deleteCode: notCalled,
    paymentDetails: notCalled,
    cancelPayment: notCalled,
    refundPayment: async (request) => {
      asked.push({ afterMs: clock.nowMs() - atMs, request })
      return answers[asked.length - 1] ?? answers.at(-1) ?? unknown
    },
    refundDetails: async () => {
      lookups += 1
      const isKnown = answers.slice(0, asked.length).some(({ kind }) => kind !== 'refused')
      return {
        kind: 'ok',
        value: isKnown ? { kind: 'found', status: details, amountMinor: 1_000 } : { kind: 'not-found' },
      }
    },
  }
  const stopping = new AbortController()
  const start = () =>
    startProcess(remediation({ commands, provider, clock }), {
      store: log,
      readStore,
      commands,
      clock,
      signal: stopping.signal,
      log: () => {},
    })
  return {
    clock,
    start,
    asked,
    lookups: () => lookups,
    settles: () => {
      details = 'REFUNDED'
    },
    types: () => log.events.filter(({ stream }) => stream === `payment-${id}`).map(({ type }) => type),
    forget: () => readStore.clear('specs_only', 'process:remediation'),
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await clock.advance(0)
      await readStore.close()
    },
  }
}

describe('remediation', () => {
  it('gives surplus money back under one refund id, through lost answers, until it is done', async () => {
    await using desk = await openDesk([unknown, unknown, said('CREATED')])
    desk.start()
    await desk.clock.advance(20 * SECOND_MS)
    expect(desk.types().slice(-2)).toEqual(['PaymentSucceeded', 'RefundRequested'])
    expect(desk.asked.length).toBeGreaterThanOrEqual(3)
    expect(desk.lookups()).toBeGreaterThan(0)

    desk.settles()
    await desk.clock.advance(MINUTE_MS)
    expect(desk.types().slice(-2)).toEqual(['RefundRequested', 'RefundCompleted'])
    expect(new Set(desk.asked.map(({ request }) => request.merchantRefundId))).toEqual(new Set([`${id}_r1`]))
    expect(desk.asked[0]?.request).toMatchObject({ paymentId, amountMinor: 1_000, currency: 'JPY' })
    const done = desk.asked.length
    await desk.clock.advance(24 * HOUR_MS)
    expect(desk.asked).toHaveLength(done)
  })

  it('asks ever more seldom, but not less than once an hour, while the refund is stuck', async () => {
    await using desk = await openDesk([said('CREATED')])
    desk.start()
    await desk.clock.advance(24 * HOUR_MS)
    const gaps = desk.asked.slice(1).map(({ afterMs }, index) => afterMs - (desk.asked[index]?.afterMs ?? 0))
    expect(gaps[0]).toBe(2 * SECOND_MS)
    expect(Math.max(...gaps)).toBe(HOUR_MS)
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
    expect(desk.asked.length).toBeLessThan(60)
    desk.settles()
    await desk.clock.advance(2 * HOUR_MS)
    expect(desk.types().at(-1)).toBe('RefundCompleted')
  })

  it('waits a minute when the provider says that refunds come too fast', async () => {
    await using desk = await openDesk([refusedWith(REFUND_THROTTLED), said('REFUNDED')])
    desk.start()
    await desk.clock.advance(2 * MINUTE_MS)
    expect(desk.asked.map(({ afterMs }) => afterMs)).toEqual([0, MINUTE_MS])
    expect(desk.types().at(-1)).toBe('RefundCompleted')
    expect(desk.lookups()).toBe(0)
  })

  it('leaves a refund to people that the provider refuses', async () => {
    await using desk = await openDesk([refusedWith('REFUND_WINDOW_EXCEED')])
    desk.start()
    await desk.clock.advance(24 * HOUR_MS)
    expect(desk.types().slice(-2)).toEqual(['RefundRequested', 'RefundRejected'])
    expect(desk.asked).toHaveLength(1)
  })

  it('does not take the refusal of a repeat for that of the refund, which was accepted', async () => {
    await using desk = await openDesk([unknown, refusedWith('UNACCEPTABLE_OP')])
    desk.start()
    await desk.clock.advance(MINUTE_MS)
    expect(desk.types()).not.toContain('RefundRejected')
    desk.settles()
    await desk.clock.advance(HOUR_MS)
    expect(desk.types().at(-1)).toBe('RefundCompleted')
  })

  it('tries again when the provider could not do it this time', async () => {
    await using desk = await openDesk([refusedWith('TRANSACTION_FAILED'), said('REFUNDED')])
    desk.start()
    await desk.clock.advance(2 * MINUTE_MS)
    expect(new Set(desk.asked.map(({ request }) => request.merchantRefundId)).size).toBe(1)
    expect(desk.types().at(-1)).toBe('RefundCompleted')
  })

  it('does nothing again when all is delivered again', async () => {
    await using desk = await openDesk([said('REFUNDED')])
    desk.start()
    await desk.clock.advance(MINUTE_MS)
    const before = desk.types()
    await desk.forget()
    desk.start()
    await desk.clock.advance(MINUTE_MS)
    expect(desk.types()).toEqual(before)
    expect(desk.asked).toHaveLength(1)
  })

  it('parks the case of surplus money that the books do not hold', async () => {
    await using desk = await openDesk([said('REFUNDED')], { isCaptured: false })
    const running = desk.start()
    await desk.clock.advance(MINUTE_MS)
    expect(running.status().parkedKeys).toBe(1)
    expect(desk.asked).toEqual([])
  })
})
