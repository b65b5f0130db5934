import { CustomerId, merchantPaymentIdOf, OrderId, ProductId, type MerchantPaymentId } from '#domain/ids.ts'
import type { EventCodec } from '#domain/codec.ts'
import type { DomainEvent } from '#domain/decider.ts'
import { money, ROUNDING, taxesWithin } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { stock } from '#domain/stock/aggregate.ts'
import type { StockEvent } from '#domain/stock/events.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { keyedQueue } from '#platform/commands/keyed-queue.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { EventStore, EventToAppend, ExpectedRevision } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { checkoutPlan } from '#processmanagers/checkout/plan.ts'
import { watch } from '#processmanagers/payment-confirmation/watch.ts'
import { startInstance } from '../demo/instance.ts'
import { signIn } from '../demo/shop-client.ts'
import { assert, perSecond } from './measure.ts'
import { startStore } from './store-process.ts'

export interface StartWithStoredOrders {
  readonly orders: number
  /** With the read models on disk, as after any restart. */
  readonly restartMs: number
  /** With no read models: every document is built first. */
  readonly rebuildMs: number
}

/** From `node main.ts start` to ready, with this many paid orders in the log. */
export const startWithStoredOrders = async (orders: number): Promise<StartWithStoredOrders> => {
  const node = await startStore()
  const store = connectEventStore({ connectionString: node.url, clock: systemClock })
  const stocks = GOODS.map((productId) => receivedStock(store, productId))
  await perSecond(orders, 64, async (nth) => {
    await paidOrder(store, nth)
    await stocks[nth % GOODS.length]?.(nth)
  })
  await store.close()
  await node.stop()

  const shop = await startInstance({}, { dataDir: node.directory, startTimeoutMs: 300_000 })
  try {
    const rebuildMs = shop.startedInMs()
    const buyer = await signIn(shop.shopUrl, 'staff@example.com', ['support'])
    const last = await buyer.order(orderIdOf(orders - 1))
    assert(last.status === 'PAID', `the last order is ${last.status}`)
    await shop.kill()
    await shop.restart()
    return { orders, rebuildMs, restartMs: shop.startedInMs() }
  } finally {
    await shop.stop()
  }
}

/** Spread over many goods, as orders are. */
const GOODS = Array.from({ length: 40 }, (_, nth) => ProductId.parse(`bench-${nth}`))
const productOf = (nth: number): ProductId => GOODS[nth % GOODS.length] ?? ProductId.parse('none')

/** A product's stock stream: what came in, then two events for each order, one order after another. */
const receivedStock = (store: EventStore, productId: ProductId): ((nth: number) => Promise<void>) => {
  const inTurn = keyedQueue()
  let revision: ExpectedRevision = 'no-stream'
  const write = (about: string, correlationId: string, events: readonly [StockEvent, ...StockEvent[]]) =>
    inTurn(productId, async () => {
      const result = await store.append(
        `stock-${productId}`,
        toAppend(stock.codec, about, correlationId, events),
        revision,
      )
      assert(result.kind === 'appended', `stock-${productId} was changed by somebody else`)
      revision = result.revision
    })
  const received = write(`${productId}/receipt`, productId, [
    { type: 'StockReceived', data: { productId, receiptId: 'bench', quantity: 1_000_000, atMs: 0 } },
  ])
  return async (nth) => {
    await received
    const orderId = orderIdOf(nth)
    const ofOrder = { reservationId: orderId, quantity: 1, atMs: 0 }
    await write(`${productId}/${nth}`, orderId, [
      { type: 'StockReserved', data: { ...ofOrder, orderId } },
      { type: 'StockReservationConfirmed', data: ofOrder },
    ])
  }
}

const toAppend = <E extends DomainEvent>(
  codec: EventCodec<E>,
  about: string,
  correlationId: string,
  events: readonly [E, ...E[]],
): [EventToAppend, ...EventToAppend[]] => {
  const encoded = (event: E, index: number): EventToAppend => {
    const commandId = derivedId(event.type, about, index)
    const { schemaVersion, data } = codec.encode(event)
    const metadata = {
      commandId,
      correlationId,
      causationId: commandId,
      actor: 'system:bench',
      schemaVersion,
    }
    return { id: commandId, type: event.type, data, metadata }
  }
  const [first, ...rest] = events
  return [encoded(first, 0), ...rest.map((event, index) => encoded(event, index + 1))]
}

const orderIdOf = (nth: number): OrderId => OrderId.parse(derivedId('bench-order', nth))

/** A finished order in four streams, as the shop itself would have left it. */
const paidOrder = async (store: EventStore, nth: number): Promise<void> => {
  const orderId = orderIdOf(nth)
  const id: MerchantPaymentId = merchantPaymentIdOf(orderId, 1)
  const atMs = systemClock.nowMs() - 3_600_000
  const amount = money(1_080, 'JPY')
  const windowEndsAtMs = atMs + 900_000
  const line = { productId: productOf(nth), quantity: 1 }

  const write = async <E extends DomainEvent>(
    category: string,
    about: string,
    codec: EventCodec<E>,
    events: readonly [E, ...E[]],
  ): Promise<void> => {
    const result = await store.append(
      `${category}-${about}`,
      toAppend(codec, `${category}/${about}`, orderId, events),
      'no-stream',
    )
    assert(result.kind === 'appended', `${category}-${about} was there already`)
  }

  const paid = {
    merchantPaymentId: id,
    paymentId: String(nth).padStart(20, '0'),
    amount,
    succeededAtMs: atMs,
    atMs,
  }
  await Promise.all([
    write('order', orderId, order.codec, [
      {
        type: 'OrderPlaced',
        data: {
          orderId,
          customerId: CustomerId.parse(`bench-${nth % 1_000}`),
          requestHash: 'bench',
          lines: [{ ...line, title: '八女の煎茶', unitPrice: amount, taxRatePercent: 8 }],
          taxes: taxesWithin([{ grossMinor: amount.amountMinor, ratePercent: 8 }]),
          rounding: ROUNDING,
          total: amount,
          paymentMethod: 'PAYPAY',
          locale: 'ja',
          placedAtMs: atMs,
          paymentWindowEndsAtMs: windowEndsAtMs,
        },
      },
      {
        type: 'OrderAwaitingPayment',
        data: { merchantPaymentId: id, attempt: 1, codeExpiresAtMs: atMs + 300_000, atMs },
      },
      { type: 'OrderPaid', data: paid },
    ]),
    write('payment', id, payment.codec, [
      {
        type: 'PaymentRequested',
        data: {
          merchantPaymentId: id,
          orderId,
          attempt: 1,
          method: 'PAYPAY',
          amount,
          windowEndsAtMs,
          requestedAtMs: atMs,
        },
      },
      {
        type: 'PaymentCodeIssued',
        data: {
          codeId: `04-${nth}`,
          url: `http://127.0.0.1/q/${nth}`,
          deeplink: 'paypay://payment',
          expiresAtMs: atMs + 300_000,
          atMs,
        },
      },
      {
        type: 'PaymentSucceeded',
        data: { paymentId: paid.paymentId, amount, succeededAtMs: atMs, source: 'webhook', atMs },
      },
    ]),
    write('checkout', orderId, checkoutPlan.codec, [
      {
        type: 'CheckoutStarted',
        data: { orderId, lines: [line], amount, windowEndsAtMs, placedEventId: orderId, atMs },
      },
      { type: 'CheckoutEnded', data: { outcome: 'PAID', atMs } },
    ]),
    write('confirmation', id, watch.codec, [
      {
        type: 'ConfirmationOpened',
        data: { merchantPaymentId: id, orderId, windowEndsAtMs, requestedEventId: orderId, atMs },
      },
      { type: 'ConfirmationClosed', data: { reason: 'succeeded', atMs } },
    ]),
  ])
}
