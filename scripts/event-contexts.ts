import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { accountCodec } from '#domain/account/codec.ts'
import { alertCodec } from '#domain/alert/codec.ts'
import { KEPT_CARTS } from '#domain/cart/aggregate.ts'
import { cartCodec } from '#domain/cart/codec.ts'
import { productCodec } from '#domain/catalogue/codec.ts'
import type { EventCodec } from '#domain/codec.ts'
import { customerCodec } from '#domain/customer/codec.ts'
import { deedCodec } from '#domain/deed/codec.ts'
import type { DomainEvent } from '#domain/event.ts'
import { notificationCodec } from '#domain/notification/codec.ts'
import { orderCodec } from '#domain/order/codec.ts'
import { paymentCodec } from '#domain/payment/codec.ts'
import { stockCodec } from '#domain/stock/codec.ts'
import { providerStanding } from '#processmanagers/alerting/credentials.ts'
import { checkoutPlan } from '#processmanagers/checkout/plan.ts'
import { correspondence } from '#processmanagers/mailing/correspondence.ts'
import { parking } from '#processmanagers/parking/parking.ts'
import { watch } from '#processmanagers/payment-confirmation/watch.ts'

/** An event as it once stood in the log. One is added for each new version, and none is changed afterwards. */
const Fixture = z.strictObject({
  type: z.string(),
  schemaVersion: z.int().positive(),
  data: z.record(z.string(), z.unknown()),
})
export type Fixture = z.infer<typeof Fixture>

/** The events of one kind of stream: what is written there, and where the code says so. */
export interface EventContext {
  readonly title: string
  /** `business`: facts of the shop. `process`: what a process keeps for itself. `housekeeping`: for whoever runs it. */
  readonly kind: 'business' | 'process' | 'housekeeping'
  /** With the id in braces. */
  readonly stream: string
  /** One paragraph: what one stream tells, and what bounds it. */
  readonly about: string
  readonly writers: string
  readonly types: readonly string[]
  readonly version: (type: string) => number
  /** Of the version written today. */
  readonly schema: (type: string) => z.ZodType<object>
  /** Reads data of any version and writes it again as today's. */
  readonly rewritten: (fixture: Fixture) => { readonly schemaVersion: number; readonly data: object }
  readonly fixtures: readonly Fixture[]
  /** The module that builds the codec, and the one with the schemas and the sentences above them. */
  readonly codecFile: string
  readonly eventsFile: string
}

interface Description extends Pick<
  EventContext,
  'title' | 'kind' | 'stream' | 'about' | 'writers' | 'codecFile' | 'eventsFile'
> {
  readonly fixturesFile: string
}

const fixturesIn = (file: string): Fixture[] =>
  z.array(Fixture).parse(JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')))

/** Joins a codec with where its events are told; fixtures are those of the codec's own types. */
export const describeContext = <E extends DomainEvent>(
  codec: EventCodec<E>,
  { fixturesFile, ...description }: Description,
  fixtures: readonly Fixture[] = fixturesIn(fixturesFile),
): EventContext => ({
  ...description,
  types: codec.types,
  version: codec.version,
  schema: codec.schema,
  rewritten: ({ type, schemaVersion, data }) => codec.encode(codec.decode(type, schemaVersion, data)),
  fixtures: fixtures.filter(({ type }) => codec.types.includes(type)),
})

const inDomain = (context: string) => ({
  codecFile: `domain/${context}/codec.ts`,
  eventsFile: `domain/${context}/events.ts`,
  fixturesFile: `domain/${context}/fixtures.json`,
})
const inProcess = (file: string) => ({
  codecFile: `processmanagers/${file}`,
  eventsFile: `processmanagers/${file}`,
  fixturesFile: 'processmanagers/fixtures.json',
})

/** Everything Kessai writes to the log. A codec that is missing here fails the specs. */
export const EVENT_CONTEXTS: readonly EventContext[] = [
  describeContext(orderCodec, {
    title: 'Order',
    kind: 'business',
    stream: 'order-{orderId}',
    about:
      'One stream per order, from the buyer’s commitment to its one end. Whether money in time is taken, surplus or too late ' +
      'is decided here and nowhere else.',
    writers: 'the API for buyers and staff, and the checkout and refunding processes',
    ...inDomain('order'),
  }),
  describeContext(paymentCodec, {
    title: 'Payment attempt',
    kind: 'business',
    stream: 'payment-{merchantPaymentId}',
    about:
      'One stream per attempt to collect an order’s total: what was asked of the provider and what it said. It never judges ' +
      'whether the order takes the money.',
    writers:
      'checkout, payment confirmation, remediation, refunding, and the API when a buyer or the provider makes it ask',
    ...inDomain('payment'),
  }),
  describeContext(stockCodec, {
    title: 'Stock',
    kind: 'business',
    stream: 'stock-{productId}',
    about:
      'One stream per product: what came in, what is held for orders, what was sold, what was given back and what came back.',
    writers: 'checkout; refunding for returns; staff and the seed for receipts and corrections',
    ...inDomain('stock'),
  }),
  describeContext(accountCodec, {
    title: 'Wallet',
    kind: 'business',
    stream: 'account-{customerId}',
    about:
      'One stream per customer who has a wallet: what came in, what it paid for, what it had too little for and what came ' +
      'back. The balance after an entry stands in the entry.',
    writers: 'the API for deposits; checkout for payments; refunding',
    ...inDomain('account'),
  }),
  describeContext(productCodec, {
    title: 'Product',
    kind: 'business',
    stream: 'product-{productId}',
    about: 'One stream per product: what is offered, in which words, at which price and by which picture.',
    writers: 'staff, imports and the seed',
    ...inDomain('catalogue'),
  }),
  describeContext(cartCodec, {
    title: 'Cart',
    kind: 'business',
    stream: 'cart-{customerId}',
    about: `One stream per customer. It keeps its newest ${KEPT_CARTS} events (\`$maxCount\`).`,
    writers: 'the API',
    ...inDomain('cart'),
  }),
  describeContext(customerCodec, {
    title: 'Customer',
    kind: 'business',
    stream: 'customer-{customerId}',
    about:
      'One stream per person who told the shop about themselves or asked to be forgotten. What they told is in envelopes ' +
      'that only their own key opens; see [privacy](../explanation/privacy.md).',
    writers: 'the API',
    ...inDomain('customer'),
  }),
  describeContext(alertCodec, {
    title: 'Alert',
    kind: 'business',
    stream: 'alert-{alertId}',
    about:
      'One stream per alert: what an operator was told of, who took it up and how it ended. The id follows from the rule, ' +
      'the order or subject and the triggering event, so a replay raises nothing twice.',
    writers: 'alerting; the API for staff',
    ...inDomain('alert'),
  }),
  describeContext(notificationCodec, {
    title: 'Provider notification',
    kind: 'housekeeping',
    stream: 'notification-{merchantPaymentId}',
    about:
      'What was posted to the webhook address, one stream per attempt that exists, of at most 200 different bodies. ' +
      'All others go to the one ring `notification-unknown`, which keeps its newest 1,000 events (`$maxCount`).',
    writers: 'the API',
    ...inDomain('notification'),
  }),
  describeContext(deedCodec, {
    title: 'Deed of staff',
    kind: 'housekeeping',
    stream: 'deed-{deedId}',
    about:
      'One stream per deed that changes or hands out something and is told by no other event: rebuilding and switching read models, ' +
      'uploading pictures, exporting the log. Everything else that staff do is told by what it was done to. `actor` says who it was.',
    writers: 'the API for staff',
    ...inDomain('deed'),
  }),
  describeContext(checkoutPlan.codec, {
    title: 'Checkout',
    kind: 'process',
    stream: 'checkout-{orderId}',
    about: 'What the checkout process must remember of an order and could not tell from the other streams.',
    writers: 'the checkout process',
    ...inProcess('checkout/plan.ts'),
  }),
  describeContext(watch.codec, {
    title: 'Payment confirmation',
    kind: 'process',
    stream: 'confirmation-{merchantPaymentId}',
    about: 'For how long the provider is asked about an attempt.',
    writers: 'the payment confirmation process',
    ...inProcess('payment-confirmation/watch.ts'),
  }),
  describeContext(correspondence.codec, {
    title: 'Mails of an order',
    kind: 'process',
    stream: 'mail-{orderId}',
    about:
      'How each mail about an order ended, one event per mail. Which mails are owed follows from the order’s own stream; one that is ' +
      'not here yet is still to be sent. No address, name or text is in it.',
    writers: 'the mailing process',
    ...inProcess('mailing/correspondence.ts'),
  }),
  describeContext(parking.codec, {
    title: 'Parked work',
    kind: 'housekeeping',
    stream: 'parked-{process}',
    about:
      'One stream per process (`parked-checkout`, `parked-payment-confirmation`, `parked-remediation`, `parked-refunding`, `parked-mailing`, `parked-forgetting`): which cases stand ' +
      'still, why, and what waits behind them, in order. A `ReplayRequested` appended here makes the process try a case again.',
    writers: 'the runner of the process; staff to ask for a replay',
    ...inProcess('parking/parking.ts'),
  }),
  describeContext(providerStanding.codec, {
    title: 'Standing with a provider',
    kind: 'housekeeping',
    stream: 'provider-{provider}',
    about:
      'One stream per provider (`provider-paypay`): whether it accepts our key, clock and merchant id. A shop that was never ' +
      'refused writes nothing, and one that is refused and accepted by turns writes once in five minutes.',
    writers: 'whoever calls the provider: the API and the processes',
    ...inProcess('alerting/credentials.ts'),
  }),
]
