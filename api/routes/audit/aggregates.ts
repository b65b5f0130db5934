import { account } from '#domain/account/aggregate.ts'
import { alert } from '#domain/alert/aggregate.ts'
import { cart } from '#domain/cart/aggregate.ts'
import { product } from '#domain/catalogue/aggregate.ts'
import { customer } from '#domain/customer/aggregate.ts'
import type { Aggregate, DomainEvent } from '#domain/decider.ts'
import { deed } from '#domain/deed/aggregate.ts'
import { notification, UNKNOWN_PAYMENT, unknownNotifications } from '#domain/notification/aggregate.ts'
import { order } from '#domain/order/aggregate.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { stock } from '#domain/stock/aggregate.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { checkoutPlan } from '#processmanagers/checkout/plan.ts'
import { watch } from '#processmanagers/payment-confirmation/watch.ts'

/** A stream as the shop itself reads it: its events lifted and checked, its state folded one event at a time. */
export interface StreamReading {
  /** The data of an event in today's shape. @throws UndecodableEvent */
  readonly dataOf: (event: RecordedEvent) => unknown
  /** Begins at the initial state. @throws UndecodableEvent */
  readonly folding: () => { readonly take: (event: RecordedEvent) => void; readonly state: () => unknown }
}

const readingOf = <S, C, E extends DomainEvent, R>({
  decider,
  codec,
}: Aggregate<S, C, E, R>): StreamReading => ({
  dataOf: (event) => decodeRecorded(codec, event).data,
  folding: () => {
    let state = decider.initial
    return {
      take: (event) => {
        state = decider.evolve(state, decodeRecorded(codec, event))
      },
      state: () => state,
    }
  },
})

/** Not `parked-`: an error that a step met is told in words of its own, which may quote anything. */
const READINGS: ReadonlyMap<string, StreamReading> = new Map([
  [order.category, readingOf(order)],
  [payment.category, readingOf(payment)],
  [stock.category, readingOf(stock)],
  [account.category, readingOf(account)],
  [product.category, readingOf(product)],
  [cart.category, readingOf(cart)],
  [customer.category, readingOf(customer)],
  [notification.category, readingOf(notification)],
  [alert.category, readingOf(alert)],
  [deed.category, readingOf(deed)],
  [checkoutPlan.category, readingOf(checkoutPlan)],
  [watch.category, readingOf(watch)],
])

/** How a stream is read, by its category; undefined where it is neither an aggregate's nor a process's. */
export const readingOfStream = (stream: string): StreamReading | undefined => {
  if (stream === `${unknownNotifications.category}-${UNKNOWN_PAYMENT}`) return readingOf(unknownNotifications)
  const dash = stream.indexOf('-')
  return dash < 1 ? undefined : READINGS.get(stream.slice(0, dash))
}
