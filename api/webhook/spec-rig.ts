import { merchantPaymentIdOf, OrderId, type MerchantPaymentId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import type { PaymentDetails, PaymentProvider, ProviderOutcome } from '#platform/paypay/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { confirmations as confirmationsOf } from '#processmanagers/payment-confirmation/confirmations.ts'
import { paymentConfirmation } from '#processmanagers/payment-confirmation/payment-confirmation.ts'
import { PROCESS_COLLECTIONS, startProcess } from '#processmanagers/runner.ts'
import { rawBodyOf } from './raw-body.ts'
import { receiving, type Delivery, type Receiving } from './receiving.ts'

const notCalled = async (): Promise<never> => {
  throw new Error('A delivery leads to questions only')
}

/** What PayPay was seen to send for a sale, with an id of the spec's. */
export const bodyFor = (merchantPaymentId: string, more: object = {}): string =>
  JSON.stringify({
    notification_type: 'Transaction',
    store_id: '',
    paid_at: '2026-11-21T06:54:06+09:00',
    merchant_order_id: merchantPaymentId,
    pos_id: '',
    order_amount: '7490',
    merchant_id: '990000000000000001',
    state: 'COMPLETED',
    order_id: '04137808670405270001',
    ...more,
  })

/** The inbox on a virtual clock, over a log that can be slow or away, with a provider that says what it is told to. */
export const openInbox = () => {
  const clock = manualClock(1_800_000_000_000)
  const log = memoryLog(clock)
  let delayMs = 0
  const slowly = (): Promise<void> => (delayMs === 0 ? Promise.resolve() : clock.sleep(delayMs))
  const store: EventStore = {
    ...log,
    append: async (...call) => {
      await slowly()
      return log.append(...call)
    },
    last: async (stream) => {
      await slowly()
      return log.last(stream)
    },
    read: async function* (...call) {
      await slowly()
      yield* log.read(...call)
    },
  }
  let ids = 0
  const newId = (): string => `id-${(ids += 1)}`

  /** Only those that are in a hurry: a ladder's go their own way. */
  const askedAtMs: number[] = []
  let says: ProviderOutcome<PaymentDetails> = {
    kind: 'ok',
    value: { kind: 'found', status: 'CREATED', refunds: [] },
  }
  const provider: PaymentProvider = {
    createCode: notCalled,
    deleteCode: notCalled,
    cancelPayment: notCalled,
    refundPayment: notCalled,
    refundDetails: notCalled,
    paymentDetails: async (_id, urgency) => {
      if (urgency === 'now') askedAtMs.push(clock.nowMs())
      await clock.sleep(50)
      return says
    },
  }

  /** What one process of the shop keeps in memory; another one knows nothing of it. */
  const openInstance = () => {
    const commands = commandRunner({ store, clock, random: () => 0 })
    const confirmations = confirmationsOf({ provider, commands, clock, newId })
    const inbox = receiving({ clock, newId, commands, eventStore: store, confirmations })
    return { commands, confirmations, inbox }
  }
  const first = openInstance()
  const stopping = new AbortController()
  const endings: (() => Promise<void>)[] = []

  return {
    clock,
    log,
    askedAtMs,
    inbox: first.inbox,
    openInstance,
    setDelay: (ms: number) => {
      delayMs = ms
    },
    paid: () => {
      says = {
        kind: 'ok',
        value: {
          kind: 'found',
          status: 'COMPLETED',
          paymentId: '04137808670405270001',
          amountMinor: 7_490,
          currency: 'JPY',
          acceptedAtMs: clock.nowMs(),
          refunds: [],
        },
      }
    },
    /** An attempt of ours that waits for its buyer. */
    attempt: async (nth = 1): Promise<MerchantPaymentId> => {
      const orderId = OrderId.parse(`0199aaaa-0000-7000-8000-${String(nth).padStart(12, '0')}`)
      const merchantPaymentId = merchantPaymentIdOf(orderId, 1)
      await first.commands.run(
        payment,
        merchantPaymentId,
        {
          type: 'RequestPayment',
          merchantPaymentId,
          orderId,
          attempt: 1,
          amount: money(7_490, 'JPY'),
          windowEndsAtMs: clock.nowMs() + 900_000,
          requestedAtMs: clock.nowMs(),
        },
        { commandId: newId(), correlationId: orderId, causationId: '', actor: 'process:checkout' },
      )
      return merchantPaymentId
    },
    /** Starts the process that the stored notifications wake, beside the inbox, as `npm start` does. */
    startConfirmation: async (): Promise<void> => {
      const readStore = openSqliteReadStore(':memory:')
      await readStore.prepare(PROCESS_COLLECTIONS)
      const { signal } = stopping
      const { stopped } = startProcess(paymentConfirmation({ ...first, clock }), {
        ...first,
        store,
        readStore,
        clock,
        signal,
        log: () => {},
      })
      endings.push(async () => {
        await stopped
        await readStore.close()
      })
    },
    stop: async (): Promise<void> => {
      stopping.abort()
      for (const end of endings) await end()
    },
    typesOf: (stream: string) =>
      log.events.filter((event) => event.stream === stream).map(({ type }) => type),
  }
}

/** Posts a body as a stranger does, unless told otherwise. */
export const deliver = (inbox: Receiving, body: string, from: Partial<Delivery> = {}) =>
  inbox.receive({
    body: rawBodyOf(Buffer.from(body)),
    sourceAddress: '198.51.100.66',
    trusted: false,
    signature: 'unsigned',
    causationId: 'request',
    ...from,
  })
