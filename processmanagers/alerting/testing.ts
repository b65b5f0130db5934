import type { AlertEvent } from '#domain/alert/events.ts'
import { alertCodec } from '#domain/alert/codec.ts'
import { FACT_TYPES, foldFacts, NO_FACTS, type Facts, type Told } from '#domain/inconsistency/facts.ts'
import { suspectFromMs } from '#domain/inconsistency/judging.ts'
import { USUAL_THRESHOLDS } from '#domain/inconsistency/occurrence.ts'
import { CustomerId, merchantPaymentIdOf, OrderId, ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderCommand } from '#domain/order/commands.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import type { ObservationSource } from '#domain/payment/events.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { commandRunner, type CommandContext } from '#platform/commands/runner.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import { joinCodecs } from '#platform/eventstore/join-codecs.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import { startAlerting, type AlertingOptions, type RunningAlerting } from './alerting.ts'

export const EVERY_MS = 5_000
const MINUTE_MS = 60_000
export const WINDOW_MS = 15 * MINUTE_MS
export const orderId = OrderId.parse('0199aaaa-0000-7000-8000-000000000001')
export const amount = money(1_000, 'JPY')
export const attempt = (nth: number) => merchantPaymentIdOf(orderId, nth)

const codec = joinCodecs<[OrderEvent, PaymentEvent, AlertEvent]>(order.codec, payment.codec, alertCodec)
const TYPES: ReadonlySet<string> = new Set(FACT_TYPES)

/** Alerting on a log in memory and a copy of it that is as far as the spec lets it be, under a clock that the spec moves. */
export const openDesk = () => {
  const clock = manualClock(1_800_000_000_000)
  let logAheadMs = 0
  const log = memoryLog({ ...clock, nowMs: () => clock.nowMs() + logAheadMs })
  const commands = commandRunner({ store: log, clock, random: () => 0 })
  let copied = Infinity
  let step = 0
  const context = (): CommandContext => {
    step += 1
    const commandId = `step-${step}`
    return { commandId, correlationId: orderId, causationId: commandId, actor: 'process:spec' }
  }
  const tell = (command: OrderCommand) => commands.run(order, orderId, command, context())
  const pay = (nth: number, command: PaymentCommand) =>
    commands.run(payment, attempt(nth), command, context())

  const copy = (): ReadonlyMap<string, Facts> => {
    const cases = new Map<string, Facts>()
    for (const recorded of log.events.slice(0, copied)) {
      if (!TYPES.has(recorded.type)) continue
      const { id, stream, createdAtMs, metadata } = recorded
      const told: Told = { ...decodeRecorded(codec, recorded), id, stream, createdAtMs }
      cases.set(metadata.correlationId, foldFacts(cases.get(metadata.correlationId) ?? NO_FACTS, told))
    }
    return cases
  }
  const cases: AlertingOptions['cases'] = {
    suspects: async (upToMs, offset, limit) =>
      [...copy()]
        .filter(([, facts]) => (suspectFromMs(facts) ?? Infinity) <= upToMs)
        .map(([id, facts]) => ({ id, facts }))
        .slice(offset, offset + limit),
    newestAtMs: async () => undefined,
  }
  const told: string[] = []
  const running: { readonly alerting: RunningAlerting; readonly stopping: AbortController }[] = []

  return {
    clock,
    log,
    commands,
    tell,
    pay,
    /** From now on the copy stands still; or goes on again. */
    freeze: () => {
      copied = log.events.length
    },
    thaw: () => {
      copied = Infinity
    },
    /** From now on the log's own clock is so far ahead. */
    setLogAhead: (aheadMs: number) => {
      logAheadMs = aheadMs
    },
    /** What alerting logs of what it cannot do. */
    told,
    start: (changes: Partial<AlertingOptions> = {}, wall: Partial<Clock> = {}): RunningAlerting => {
      const stopping = new AbortController()
      const alerting = startAlerting({
        store: log,
        commands: commandRunner({ store: log, clock, random: () => 0 }),
        cases,
        processes: ['checkout'],
        thresholds: USUAL_THRESHOLDS,
        everyMs: EVERY_MS,
        clock: { ...clock, ...wall },
        signal: stopping.signal,
        log: (message) => told.push(message),
        ...changes,
      })
      running.push({ alerting, stopping })
      return alerting
    },
    /** Ends it as a crash would; what it was about to do may still happen or not. */
    stop: async (): Promise<void> => {
      for (const { stopping } of running.splice(0)) stopping.abort()
      await clock.advance(0)
    },
    place: () =>
      tell({
        type: 'PlaceOrder',
        orderId,
        customerId: CustomerId.parse('c1'),
        requestHash: 'h',
        lines: [
          {
            productId: ProductId.parse('cup'),
            title: 'cup',
            quantity: 1,
            unitPrice: amount,
            taxRatePercent: 10,
          },
        ],
        paymentMethod: 'PAYPAY',
        locale: 'ja',
        placedAtMs: clock.nowMs(),
        paymentWindowMs: WINDOW_MS,
      }),
    open: (nth = 1) =>
      pay(nth, {
        type: 'RequestPayment',
        merchantPaymentId: attempt(nth),
        orderId,
        attempt: nth,
        amount,
        windowEndsAtMs: clock.nowMs() + WINDOW_MS,
        requestedAtMs: clock.nowMs(),
      }),
    /** The provider says this of an attempt, asked for this reason. */
    observe: (status: string, source: ObservationSource = 'poll', nth = 1) =>
      pay(nth, {
        type: 'RecordPaymentObservation',
        observation: { status, paymentId: `04-${nth}`, amount, acceptedAtMs: clock.nowMs(), refunds: [] },
        source,
        atMs: clock.nowMs(),
      }),
    confirm: (nth = 1) =>
      tell({
        type: 'ConfirmPayment',
        merchantPaymentId: attempt(nth),
        paymentId: `04-${nth}`,
        amount,
        succeededAtMs: clock.nowMs(),
        atMs: clock.nowMs(),
      }),
    fail: () => tell({ type: 'FailOrder', reason: 'PAYMENT_EXPIRED', atMs: clock.nowMs() }),
    refund: (nth = 1) =>
      pay(nth, { type: 'RequestRefund', refundId: 'r1', amount, reason: 'surplus', atMs: clock.nowMs() }),
    refunded: (nth = 1) => pay(nth, { type: 'CompleteRefund', refundId: 'r1', atMs: clock.nowMs() }),
    /** `rule` for each alert raised and `rule healed-so` for each resolved, in the order of the log. */
    alerts: (): string[] => {
      const rules = new Map<string, string>()
      return log.events.flatMap((recorded) => {
        if (!recorded.stream.startsWith('alert-')) return []
        const { type, data } = decodeRecorded(alertCodec, recorded)
        if (type === 'AlertRaised') {
          rules.set(recorded.stream, data.rule)
          return [data.rule]
        }
        if (type !== 'AlertResolved' || data.resolution.by !== 'healed') return []
        return [`${rules.get(recorded.stream)} ${data.resolution.reason}`]
      })
    },
  }
}

export type Desk = ReturnType<typeof openDesk>
