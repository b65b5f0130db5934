import type { Clock } from '#platform/clock/clock.ts'
import type { EventStore, RecordedEvent } from '#platform/eventstore/port.ts'
import { decode, orderOf } from '#projections/events.ts'
import type { OrderSummaryQueries } from '#projections/order-summary/queries.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { newsOf, type Told } from './news.ts'

/** What happens to the orders of customers who are listening. */
export interface CustomerNews {
  /** Calls back with everything that happens from now on. */
  readonly watch: (customerId: string, listener: (news: Told) => void) => () => void
  /** What happened within the last minutes, oldest first. */
  readonly recent: (customerId: string) => Promise<readonly Told[]>
}

export interface CustomerNewsOptions {
  readonly eventStore: EventStore
  readonly summaries: OrderSummaryQueries
  readonly waitFor: ApiDependencies['waitFor']
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onError: (error: unknown) => void
}

/** Few enough to follow in every process that serves sockets, wherever the projections run. */
const TELLING = ['OrderPaid', 'OrderFailed', 'OrderPartlyRefunded', 'OrderRefunded', 'RefundCompleted']
/** How long a change in the log may take to reach the read model; what takes longer is told on the next connection. */
const PROJECTION_PATIENCE_MS = 5_000
/** Long enough for somebody who was in the payment app, and too short for yesterday's news. */
const RECENT_MS = 10 * 60_000
/** A customer's newest orders; what still happens to older ones is told by the log. */
const LOOKED_THROUGH = 20

export const customerNews = (options: CustomerNewsOptions): CustomerNews => {
  const { summaries, clock } = options
  const listeners = new Map<string, Set<(news: Told) => void>>()
  void follow(options, listeners)
  return {
    watch: (customerId, listener) => {
      const mine = listeners.get(customerId) ?? new Set()
      mine.add(listener)
      listeners.set(customerId, mine)
      return () => {
        mine.delete(listener)
        if (mine.size === 0 && listeners.get(customerId) === mine) listeners.delete(customerId)
      }
    },
    recent: async (customerId) => {
      const sinceMs = clock.nowMs() - RECENT_MS
      const { items } = await summaries.ofCustomer({ customerId, page: 1, size: LOOKED_THROUGH })
      return items
        .flatMap(newsOf)
        .filter(({ atMs }) => atMs >= sinceMs)
        .toSorted((a, b) => a.atMs - b.atMs)
    },
  }
}

const follow = async (
  { eventStore, summaries, waitFor, signal, onError }: CustomerNewsOptions,
  listeners: ReadonlyMap<string, ReadonlySet<(news: Told) => void>>,
): Promise<void> => {
  const tell = async (recorded: RecordedEvent): Promise<void> => {
    if (listeners.size === 0) return
    const event = decode(recorded)
    const orderId = orderOf(event)
    await waitFor(event.position, PROJECTION_PATIENCE_MS)
    const order = (await summaries.byId(orderId))?.body
    if (order === undefined) return
    const mine = listeners.get(order.customerId)
    if (mine === undefined) return
    const id = 'refundId' in event.data ? `refund-${event.data.refundId}` : undefined
    // Of a refund that staff decided, the attempt's word comes first and is no news yet: the order's will be.
    const news = newsOf(order).find((told) =>
      id === undefined ? !told.id.startsWith('refund-') : told.id === id,
    )
    if (news !== undefined) for (const listener of mine) listener(news)
  }
  try {
    const batches = eventStore.subscribe({
      name: 'customer-news',
      prefixes: TELLING,
      by: 'type',
      after: 'end',
      signal,
    })
    for await (const { events } of batches) for (const event of events) await tell(event).catch(onError)
  } catch (error) {
    onError(error)
  }
}
