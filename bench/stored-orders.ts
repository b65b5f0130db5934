import { CustomerId, merchantPaymentIdOf, OrderId, ProductId, type MerchantPaymentId } from '#domain/ids.ts'
import type { EventCodec } from '#domain/codec.ts'
import type { DomainEvent } from '#domain/decider.ts'
import { money, ROUNDING, taxesWithin } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { EventStore, EventToAppend } from '#platform/eventstore/port.ts'
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
  await perSecond(orders, 64, (nth) => paidOrder(store, nth))
  await store.close()
  await node.stop()

  const shop = await startInstance({}, node.directory)
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

const orderIdOf = (nth: number): OrderId => OrderId.parse(derivedId('bench-order', nth))

/** A finished order in four streams, as the shop itself would have left it; stock is left out. */
const paidOrder = async (store: EventStore, nth: number): Promise<void> => {
  const orderId = orderIdOf(nth)
  const id: MerchantPaymentId = merchantPaymentIdOf(orderId, 1)
  const atMs = systemClock.nowMs() - 3_600_000
  const amount = money(1_080, 'JPY')
  const windowEndsAtMs = atMs + 900_000
  const line = { productId: ProductId.parse('sencha-yame-100g'), quantity: 1 }

  const write = async <E extends DomainEvent>(
    category: string,
    about: string,
    codec: EventCodec<E>,
    events: readonly [E, ...E[]],
  ): Promise<void> => {
    const toAppend = (event: E, index: number): EventToAppend => {
      const commandId = derivedId(category, about, index)
      const { schemaVersion, data } = codec.encode(event)
      const metadata = {
        commandId,
        correlationId: orderId,
        causationId: commandId,
        actor: 'system:bench',
        schemaVersion,
      }
      return { id: commandId, type: event.type, data, metadata }
    }
    const [first, ...rest] = events
    const all: [EventToAppend, ...EventToAppend[]] = [
      toAppend(first, 0),
      ...rest.map((event, index) => toAppend(event, index + 1)),
    ]
    const result = await store.append(`${category}-${about}`, all, 'no-stream')
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
