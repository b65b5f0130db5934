import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { systemClock } from '#platform/clock/clock.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { eventLogQueries } from '#projections/event-log/queries.ts'
import { ORDER_AUDIT } from '#projections/order-audit/collection.ts'
import type { OrderAudit } from '#projections/order-audit/document.ts'
import { orderAuditQueries } from '#projections/order-audit/queries.ts'
import { orderSummaryQueries } from '#projections/order-summary/queries.ts'
import { orderTimelineQueries } from '#projections/order-timeline/queries.ts'
import { productQueries } from '#projections/products/queries.ts'
import { activeGenerations } from '#projections/rebuild/active-generations.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { apiBench } from '../../api/testing.ts'
import { assert, percentile } from '../measure.ts'
import { customerIdOf, CUSTOMERS, EVENTS_PER_ORDER, orderIdOf, PRODUCTS } from './stored-trade.ts'

export interface QueryTimes {
  readonly what: string
  readonly samples: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

export interface Queries {
  readonly orders: number
  readonly times: readonly QueryTimes[]
}

interface Question {
  readonly what: string
  /** Asks about the order with this number; throws unless the answer is the right one. */
  readonly ask: (nth: number) => Promise<void>
}

const ORDERS_A_PAGE = 20
const EVENTS_A_PAGE = 50
const WARM_UP = 20
/** A prime, so that the orders asked about lie all over the store. */
const STRIDE = 7_919

/** What the API asks the read models, among this many stored orders, in turn; every answer is checked. */
export const queryTimes = async (
  directory: string,
  options: { readonly orders: number; readonly samples: number },
): Promise<Queries> => {
  const { orders, samples } = options
  const stored = openSqliteReadStore(join(directory, 'read-models.db'))
  const { readStore } = activeGenerations({
    readStore: stored,
    projections: shopProjections,
    clock: systemClock,
  })
  const api = await apiBench({
    environment: { RATE_LIMIT_PER_MINUTE: '1000000' },
    replace: () => ({ readStore }),
  })
  try {
    const { sid } = await api.signIn('staff@example.com', ['support'])
    const summaries = orderSummaryQueries(readStore)
    const timelines = orderTimelineQueries(readStore)
    const audits = orderAuditQueries(readStore)
    const log = eventLogQueries(readStore)
    const goods = productQueries(readStore)
    const end = (await log.end()) ?? 0

    const newestOf = (nth: number): number => {
      const customer = nth % CUSTOMERS
      return customer + Math.floor((orders - 1 - customer) / CUSTOMERS) * CUSTOMERS
    }

    const questions: readonly Question[] = [
      {
        what: 'Order by id',
        ask: async (nth) => {
          const found = await summaries.byId(orderIdOf(nth))
          assert(
            found?.body.orderId === orderIdOf(nth) && found.body.status === 'PAID',
            `order ${nth} is not there`,
          )
        },
      },
      {
        what: '`GET /api/orders/{id}`, over HTTP',
        ask: async (nth) => {
          const reply = await fetch(`${api.url}/api/orders/${orderIdOf(nth)}`, {
            headers: { cookie: `sid=${sid}` },
          })
          const text = await reply.text()
          assert(
            reply.status === 200 && text.includes(orderIdOf(nth)) && text.includes('"PAID"'),
            `order ${nth}: ${text}`,
          )
        },
      },
      {
        what: `Orders of a customer, newest ${ORDERS_A_PAGE}`,
        ask: async (nth) => {
          const customerId = customerIdOf(nth)
          const { items, total } = await summaries.ofCustomer({ customerId, page: 1, size: ORDERS_A_PAGE })
          const newest = newestOf(nth)
          const all = Math.floor(newest / CUSTOMERS) + 1
          assert(
            total === all && items.length === Math.min(all, ORDERS_A_PAGE),
            `${customerId} has ${total} orders instead of ${all}`,
          )
          assert(items[0]?.orderId === orderIdOf(newest), `${customerId} has another newest order`)
        },
      },
      {
        what: 'Timeline of an order',
        ask: async (nth) => {
          const found = await timelines.byId(orderIdOf(nth))
          assert(found?.body.entries.length === EVENTS_PER_ORDER, `order ${nth} has another story`)
        },
      },
      {
        what: 'Audit document of an order',
        ask: async (nth) => {
          const found = await audits.byId(orderIdOf(nth))
          assert(
            found?.body.currentStatus === 'PAID' && found.body.history.length === 3,
            `order ${nth} has another history`,
          )
        },
      },
      {
        what: `Audit documents by status, newest ${EVENTS_A_PAGE}`,
        ask: async () => {
          const { items } = await readStore.find<OrderAudit>(ORDER_AUDIT.name, {
            where: { currentStatus: 'PAID' },
            sort: { by: 'updatedAt', direction: 'desc' },
            limit: EVENTS_A_PAGE,
            counted: false,
          })
          assert(
            items.length === Math.min(orders, EVENTS_A_PAGE) &&
              items.every(
                ({ body }, index) => body.updatedAt <= (items[index - 1]?.body.updatedAt ?? Infinity),
              ),
            'the list by status is another one',
          )
        },
      },
      {
        what: `Staff’s list of goods by status, among ${PRODUCTS}`,
        ask: async () => {
          const { items, total } = await goods.listAll({ status: 'ACTIVE', page: 1, size: ORDERS_A_PAGE })
          assert(
            total === PRODUCTS && items.length === ORDERS_A_PAGE,
            `${total} goods instead of ${PRODUCTS}`,
          )
        },
      },
      {
        what: `Event log, ${EVENTS_A_PAGE} events from anywhere`,
        ask: async (nth) => {
          const after = Math.floor((end * nth) / (orders * 2))
          const { items, next } = await log.page({}, { after, limit: EVENTS_A_PAGE })
          const positions = items.map(({ body }) => body.position)
          assert(
            items.length === EVENTS_A_PAGE && next === positions.at(-1),
            `${items.length} events after ${after}`,
          )
          assert(
            positions.every((position, index) => position > (positions[index - 1] ?? after)),
            'events are not in the order of the log',
          )
        },
      },
      {
        what: 'Event log, the events of an order',
        ask: async (nth) => {
          const { items } = await log.page({ orderId: orderIdOf(nth) }, { limit: EVENTS_A_PAGE })
          assert(items.length === EVENTS_PER_ORDER, `order ${nth} has ${items.length} events`)
        },
      },
      {
        what: `Event log, ${EVENTS_A_PAGE} events of a customer’s orders`,
        ask: async (nth) => {
          const { items } = await log.page({ customerId: customerIdOf(nth) }, { limit: EVENTS_A_PAGE })
          const all = (Math.floor(newestOf(nth) / CUSTOMERS) + 1) * EVENTS_PER_ORDER
          assert(items.length === Math.min(all, EVENTS_A_PAGE), `${items.length} of ${all} events are found`)
        },
      },
    ]

    const taken = questions.map(() => [] as number[])
    for (let sample = -WARM_UP; sample < samples; sample += 1)
      for (const [index, { ask }] of questions.entries()) {
        const nth = ((sample + WARM_UP) * STRIDE) % orders
        // What the one before left to be done is not this one's.
        await nextTurn()
        const begin = performance.now()
        await ask(nth)
        if (sample >= 0) taken[index]?.push(performance.now() - begin)
      }
    return {
      orders,
      times: questions.map(({ what }, index) => {
        const sorted = (taken[index] ?? []).toSorted((a, b) => a - b)
        const [p50Ms, p95Ms, p99Ms] = [50, 95, 99].map((p) => percentile(sorted, p))
        return {
          what,
          samples: sorted.length,
          p50Ms: p50Ms ?? Number.NaN,
          p95Ms: p95Ms ?? Number.NaN,
          p99Ms: p99Ms ?? Number.NaN,
        }
      }),
    }
  } finally {
    await api.close()
    await stored.close()
  }
}
