import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { productCodec } from '#domain/catalogue/codec.ts'
import type { EventCodec } from '#domain/codec.ts'
import type { DomainEvent } from '#domain/decider.ts'
import { CustomerId, merchantPaymentIdOf, OrderId, ProductId } from '#domain/ids.ts'
import { money, ROUNDING, taxesWithin } from '#domain/money/money.ts'
import { orderCodec } from '#domain/order/codec.ts'
import { paymentCodec } from '#domain/payment/codec.ts'
import { stockCodec } from '#domain/stock/codec.ts'
import { openDatabase } from '#embedded/eventstoredb/store/database.ts'
import { openLog } from '#embedded/eventstoredb/store/log.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { checkoutPlan } from '#processmanagers/checkout/plan.ts'
import { watch } from '#processmanagers/payment-confirmation/watch.ts'
import { assert } from '../measure.ts'

/** What one order leaves in the log: three events of its own, three of its payment, two of its stock. */
export const EVENTS_PER_ORDER = 8
export const PRODUCTS = 40
/** Orders go round this many customers. */
export const CUSTOMERS = 1_000
const AT_ONCE = 500

interface ToStore {
  readonly stream: string
  readonly orderId: string
  readonly type: string
  readonly schemaVersion: number
  readonly data: object
}

const encoded = <E extends DomainEvent>(
  stream: string,
  orderId: string,
  codec: EventCodec<E>,
  events: readonly E[],
): readonly ToStore[] =>
  events.map((event) => ({ stream, orderId, type: event.type, ...codec.encode(event) }))

export const productIdOf = (nth: number): ProductId => ProductId.parse(`bench-${nth % PRODUCTS}`)

const listing = (nth: number): readonly ToStore[] => {
  const productId = productIdOf(nth)
  return [
    ...encoded(`product-${productId}`, productId, productCodec, [
      {
        type: 'ProductListed',
        data: {
          productId,
          category: 'tea',
          title: { ja: '八女の煎茶 100g', en: 'Sencha from Yame, 100 g' },
          description: { ja: '香り高い煎茶です。', en: 'A fragrant green tea.' },
          price: money(1_080, 'JPY'),
          taxRatePercent: 8,
          listedAtMs: 0,
        },
      },
    ]),
    ...encoded(`stock-${productId}`, productId, stockCodec, [
      { type: 'StockReceived', data: { productId, receiptId: 'bench', quantity: 1_000_000, atMs: 0 } },
    ]),
  ]
}

export const orderIdOf = (nth: number, run = 'stored'): OrderId =>
  OrderId.parse(derivedId('bench-order', run, nth))
export const customerIdOf = (nth: number): CustomerId => CustomerId.parse(`bench-${nth % CUSTOMERS}`)

const WINDOW_MS = 900_000
const atMsOf = (nth: number): number => 1_795_200_000_000 + nth

/** How many events a log of so many orders has, without what processes note. */
export const eventsOfOrders = (orders: number): number => 2 * PRODUCTS + orders * EVENTS_PER_ORDER

/** What the process managers noted about a paid order: both have done with it. */
const processNotes = (nth: number): readonly ToStore[] => {
  const orderId = orderIdOf(nth)
  const merchantPaymentId = merchantPaymentIdOf(orderId, 1)
  const amount = money(1_080, 'JPY')
  const atMs = atMsOf(nth)
  const windowEndsAtMs = atMs + WINDOW_MS
  return [
    ...encoded(`checkout-${orderId}`, orderId, checkoutPlan.codec, [
      {
        type: 'CheckoutStarted',
        data: {
          orderId,
          lines: [{ productId: productIdOf(nth), quantity: 1 }],
          amount,
          windowEndsAtMs,
          placedEventId: orderId,
          atMs,
        },
      },
      { type: 'CheckoutEnded', data: { outcome: 'PAID', atMs } },
    ]),
    ...encoded(`confirmation-${merchantPaymentId}`, orderId, watch.codec, [
      {
        type: 'ConfirmationOpened',
        data: { merchantPaymentId, orderId, windowEndsAtMs, requestedEventId: orderId, atMs },
      },
      { type: 'ConfirmationClosed', data: { reason: 'succeeded', atMs } },
    ]),
  ]
}

/** A paid order as the shop itself would have left it, without the process managers' own notes. */
export const paidOrder = (nth: number, run = 'stored'): readonly ToStore[] => {
  const orderId = orderIdOf(nth, run)
  const merchantPaymentId = merchantPaymentIdOf(orderId, 1)
  const productId = productIdOf(nth)
  const amount = money(1_080, 'JPY')
  const atMs = atMsOf(nth)
  const windowEndsAtMs = atMs + WINDOW_MS
  const paid = { paymentId: String(nth).padStart(20, '0'), amount, succeededAtMs: atMs, atMs }
  const ofOrder = { reservationId: orderId, quantity: 1, atMs }
  return [
    ...encoded(`order-${orderId}`, orderId, orderCodec, [
      {
        type: 'OrderPlaced',
        data: {
          orderId,
          customerId: customerIdOf(nth),
          requestHash: 'bench',
          lines: [{ productId, quantity: 1, title: '八女の煎茶', unitPrice: amount, taxRatePercent: 8 }],
          taxes: taxesWithin([{ grossMinor: amount.amountMinor, ratePercent: 8 }]),
          rounding: ROUNDING,
          total: amount,
          paymentMethod: 'PAYPAY',
          locale: 'ja',
          placedAtMs: atMs,
          paymentWindowEndsAtMs: windowEndsAtMs,
        },
      },
    ]),
    ...encoded(`stock-${productId}`, orderId, stockCodec, [
      { type: 'StockReserved', data: { ...ofOrder, orderId } },
    ]),
    ...encoded(`payment-${merchantPaymentId}`, orderId, paymentCodec, [
      {
        type: 'PaymentRequested',
        data: {
          merchantPaymentId,
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
    ]),
    ...encoded(`order-${orderId}`, orderId, orderCodec, [
      {
        type: 'OrderAwaitingPayment',
        data: { merchantPaymentId, attempt: 1, codeExpiresAtMs: atMs + 300_000, atMs },
      },
    ]),
    ...encoded(`payment-${merchantPaymentId}`, orderId, paymentCodec, [
      { type: 'PaymentSucceeded', data: { ...paid, source: 'webhook' } },
    ]),
    ...encoded(`order-${orderId}`, orderId, orderCodec, [
      { type: 'OrderPaid', data: { merchantPaymentId, ...paid } },
    ]),
    ...encoded(`stock-${productId}`, orderId, stockCodec, [
      { type: 'StockReservationConfirmed', data: ofOrder },
    ]),
  ]
}

/**
 * Writes a log with this many events, about, straight into the node's file, and what the processes noted where a shop is to
 * start on it; answers how many there are.
 */
export const storeTrade = async (
  directory: string,
  events: number,
  { withProcesses } = { withProcesses: false },
): Promise<number> => {
  const log = openLog(await openDatabase(join(directory, 'events.db')))
  let stored = 0
  const store = (batch: readonly ToStore[]): Promise<unknown> =>
    Promise.all(
      batch.map(
        ({ stream, orderId, type, schemaVersion, data }) =>
          new Promise<void>((resolve) => {
            const id = randomUUID()
            log.submit({
              request: {
                kind: 'append',
                stream,
                expected: 'any',
                events: [
                  {
                    id,
                    type,
                    contentType: 'application/json',
                    data: Buffer.from(JSON.stringify(data)),
                    customMetadata: Buffer.from(
                      JSON.stringify({
                        $correlationId: orderId,
                        $causationId: id,
                        commandId: id,
                        actor: 'system:bench',
                        schemaVersion,
                      }),
                    ),
                  },
                ],
              },
              expiresAtMs: Infinity,
              settle: ({ kind }) => {
                assert(kind === 'written', `an event was not written: ${kind}`)
                stored += 1
                resolve()
              },
            })
          }),
      ),
    )
  await store(Array.from({ length: PRODUCTS }, (_, nth) => listing(nth)).flat())
  const orders = Math.ceil((events - 2 * PRODUCTS) / EVENTS_PER_ORDER)
  for (let nth = 0; nth < orders; nth += AT_ONCE)
    await store(
      Array.from({ length: Math.min(AT_ONCE, orders - nth) }, (_, index) => [
        ...paidOrder(nth + index),
        ...(withProcesses ? processNotes(nth + index) : []),
      ]).flat(),
    )
  log.close()
  return stored
}
