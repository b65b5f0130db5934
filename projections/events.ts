import { accountCodec } from '#domain/account/codec.ts'
import type { AccountEvent } from '#domain/account/events.ts'
import { alertCodec } from '#domain/alert/codec.ts'
import type { AlertEvent } from '#domain/alert/events.ts'
import { productCodec } from '#domain/catalogue/codec.ts'
import type { ProductEvent } from '#domain/catalogue/events.ts'
import { deedCodec } from '#domain/deed/codec.ts'
import type { DeedEvent } from '#domain/deed/events.ts'
import { orderCodec } from '#domain/order/codec.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import { paymentCodec } from '#domain/payment/codec.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import { stockCodec } from '#domain/stock/codec.ts'
import type { StockEvent } from '#domain/stock/events.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import { joinCodecs } from '#platform/eventstore/join-codecs.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'

/** Everything the shop's read models are made from. */
export type ShopEvent =
  OrderEvent | PaymentEvent | StockEvent | ProductEvent | AlertEvent | AccountEvent | DeedEvent
export type ShopEventType = ShopEvent['type']

/** The streams these events stand in. */
export const SHOP_STREAM_PREFIXES = [
  'order-',
  'payment-',
  'stock-',
  'product-',
  'alert-',
  'account-',
  'deed-',
] as const

/** What is known of an event before its data is understood: enough to say whose it is. */
export type EventFacts = Omit<RecordedEvent, 'type' | 'data'>

/** A decoded event and its place in the log. */
export type Logged<T extends ShopEventType = ShopEventType> = {
  [Type in T]: EventFacts & { readonly type: Type; readonly data: Extract<ShopEvent, { type: Type }>['data'] }
}[T]

const shopCodec = joinCodecs<
  [OrderEvent, PaymentEvent, StockEvent, ProductEvent, AlertEvent, AccountEvent, DeedEvent]
>(orderCodec, paymentCodec, stockCodec, productCodec, alertCodec, accountCodec, deedCodec)

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a codec's types are those of its events, which its own type does not say
export const SHOP_EVENT_TYPES = shopCodec.types as readonly ShopEventType[]

/** By the category of their streams. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  order: orderCodec.types,
  payment: paymentCodec.types,
  stock: stockCodec.types,
  product: productCodec.types,
  alert: alertCodec.types,
  account: accountCodec.types,
  deed: deedCodec.types,
}

const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'))

/** The categories of the streams that these types stand in. */
export const categoriesOf = (types: readonly string[]): ReadonlySet<string> =>
  new Set(Object.keys(TYPES).filter((category) => TYPES[category]?.some((type) => types.includes(type))))

/** Whether the event stands in a stream of these categories and is of no type this build knows there. */
export const isUnknownIn = (
  categories: ReadonlySet<string>,
  { stream, type }: Pick<RecordedEvent, 'stream' | 'type'>,
): boolean => {
  const category = categoryOf(stream)
  return categories.has(category) && TYPES[category]?.includes(type) !== true
}

/**
 * Lifts and checks an event of the log.
 * @throws UndecodableEvent on a type, version or shape this build does not know.
 */
export const decode = (recorded: RecordedEvent): Logged => {
  const { type, data } = decodeRecorded(shopCodec, recorded)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- taking the event apart loses that type and data belong together
  return { ...recorded, type, data } as Logged
}

/** The part of a stream's name after its category: `stock-tea` → `tea`. */
export const idIn = (stream: string): string => stream.slice(stream.indexOf('-') + 1)

/**
 * The order an event belongs to: its own stream says so, and elsewhere the correlation that every command of a checkout
 * passes on.
 * @throws when there is none: such an event is nobody's, and its stream is parked rather than its meaning guessed.
 */
export const orderOf = ({ metadata, stream, revision }: EventFacts): string => {
  if (categoryOf(stream) === 'order') return idIn(stream)
  if (metadata.correlationId === '') throw new Error(`${revision}@${stream} has no correlation id`)
  return metadata.correlationId
}
