import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Position } from '#platform/eventstore/port.ts'
import type { Query, ReadStore, StoredDocument } from '#platform/readstore/port.ts'
import { ORDER_SUMMARY } from '../order-summary/collection.ts'
import { EVENT_LOG } from './collection.ts'
import type { LoggedEvent } from './document.ts'

/** What auditors look for; all that is named must hold at once. Times are epoch milliseconds, both ends included. */
export interface EventFilter {
  /** The order or other business case; `correlationId` is the same question. */
  readonly orderId?: string | undefined
  readonly correlationId?: string | undefined
  readonly causationId?: string | undefined
  /** Events of all orders of this customer, whoever wrote them. */
  readonly customerId?: string | undefined
  readonly type?: string | undefined
  readonly actor?: string | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

/** Oldest first. `next` is where the following page goes on; absent at the end of what there is. */
export interface EventPage {
  readonly items: readonly StoredDocument<LoggedEvent>[]
  readonly next?: Position
}

/** More orders than this in one customer's name, and the question is refused rather than half answered. */
export const MOST_ORDERS_OF_CUSTOMER = 1_000
export class TooManyOrders extends Error {
  override readonly name = 'TooManyOrders'
}

export interface EventLogQueries {
  /**
   * The events after a position, up to `limit` of them (at most 1,000), and none beyond `upTo`. A page may be short or
   * empty and still have a `next`.
   * @throws TooManyOrders
   */
  readonly page: (
    filter: EventFilter,
    span: {
      readonly after?: Position | undefined
      readonly upTo?: Position | undefined
      readonly limit: number
    },
  ) => Promise<EventPage>
  /** Where the log ends as far as it has been folded; undefined while there is nothing. */
  readonly end: () => Promise<Position | undefined>
}

/**
 * The log is in the order of positions, and its times are too unless the server's clock was set back. Where a time is
 * asked for, the search begins and ends this far outside of it, and the time itself is checked event by event.
 */
const CLOCK_SLACK_MS = 300_000
/** Before the first event, and after the last one. */
const BEFORE_ALL = -1
const AFTER_ALL = Number.MAX_SAFE_INTEGER
/**
 * Events looked at for one page are at most so many reads of so many, or of the page's own size: a filter that keeps
 * little of much gives a short page, and is asked on from where that one got to.
 */
const MOST_READS = 20
const SMALLEST_READ = 200

export const eventLogQueries = (readStore: ReadStore): EventLogQueries => {
  const find = async (query: Query) =>
    (await readStore.find<LoggedEvent>(EVENT_LOG.name, { ...query, counted: false })).items

  /** The position beside a time: of the last event up to it, or of the first one after it. */
  const beside = async (direction: 'asc' | 'desc', stretch: { above: number; upTo: number }) => {
    const [nearest] = await find({
      between: { atMs: stretch },
      sort: { by: 'atMs', direction },
      limit: 1,
    })
    return nearest?.body.position
  }

  const positionsOf = async ({ fromMs, toMs }: EventFilter) => ({
    above:
      fromMs === undefined
        ? BEFORE_ALL
        : ((await beside('desc', { above: BEFORE_ALL, upTo: fromMs - CLOCK_SLACK_MS })) ?? BEFORE_ALL),
    upTo:
      toMs === undefined
        ? AFTER_ALL
        : ((await beside('asc', { above: toMs + CLOCK_SLACK_MS, upTo: AFTER_ALL })) ?? AFTER_ALL),
  })

  const ordersOf = async (customerId: string): Promise<readonly string[]> => {
    const { items, total } = await readStore.find(ORDER_SUMMARY.name, {
      where: { customerId },
      limit: MOST_ORDERS_OF_CUSTOMER,
    })
    if (total > MOST_ORDERS_OF_CUSTOMER) throw new TooManyOrders(`${customerId} has ${total} orders`)
    return items.map(({ id }) => id)
  }

  /**
   * Of what is asked the one condition that the fewest events meet. The engine is not given the others: it would guess
   * which to begin with, and guess wrong, and SQLite holds up the whole process until it has found a page of both.
   */
  const narrowest = (
    filter: EventFilter,
    orders: readonly string[] | undefined,
  ): NonNullable<Query['where']> => {
    const { orderId, correlationId, causationId, type, actor } = filter
    const ofCase = orderId ?? correlationId
    if (ofCase !== undefined) return { correlationId: ofCase }
    if (causationId !== undefined) return { causationId }
    if (orders !== undefined) return { correlationId: orders }
    const isPerson = actor !== undefined && !/^(?:process|system):/.test(actor)
    if (actor !== undefined && (isPerson || type === undefined)) return { actor }
    return type === undefined ? {} : { type }
  }

  return {
    page: async (filter, { after = BEFORE_ALL, upTo = AFTER_ALL, limit }) => {
      const [positions, orders] = await Promise.all([
        positionsOf(filter),
        filter.customerId === undefined ? undefined : ordersOf(filter.customerId),
      ])
      const where = narrowest(filter, orders)
      const matches = matcher(filter, orders)
      const last = Math.min(upTo, positions.upTo)
      const items: StoredDocument<LoggedEvent>[] = []
      let above = Math.max(after, positions.above)
      const atOnce = Math.max(limit, SMALLEST_READ)
      for (let read = 0; read < MOST_READS; read += 1) {
        // The store may have answered without a turn of the event loop, and others want theirs.
        if (read > 0) await nextTurn()
        const found = await find({
          where,
          between: { position: { above, upTo: last } },
          sort: { by: 'position', direction: 'asc' },
          limit: atOnce,
        })
        for (const document of found) {
          above = document.body.position
          if (matches(document.body)) items.push(document)
          if (items.length === limit) return { items, next: above }
        }
        if (found.length < atOnce) return { items }
      }
      return { items, next: above }
    },
    end: async () => {
      const [newest] = await find({ sort: { by: 'position', direction: 'desc' }, limit: 1 })
      return newest?.body.position
    },
  }
}

const matcher = (filter: EventFilter, orders: readonly string[] | undefined) => {
  const { orderId, correlationId, causationId, type, actor, fromMs = -Infinity, toMs = Infinity } = filter
  const known = orders === undefined ? undefined : new Set(orders)
  const isAsked = (wanted: string | undefined, value: string): boolean =>
    wanted === undefined || wanted === value
  return (event: LoggedEvent): boolean =>
    isAsked(orderId, event.correlationId) &&
    isAsked(correlationId, event.correlationId) &&
    isAsked(causationId, event.causationId) &&
    isAsked(type, event.type) &&
    isAsked(actor, event.actor) &&
    (known === undefined || known.has(event.correlationId)) &&
    event.atMs >= fromMs &&
    event.atMs <= toMs
}
