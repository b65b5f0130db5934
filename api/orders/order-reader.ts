import type { OrderId } from '#domain/ids.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { EventStore, Position } from '#platform/eventstore/port.ts'
import { decode, type Logged } from '#projections/events.ts'
import type { OrderSummary } from '#projections/order-summary/document.ts'
import { orderSummary } from '#projections/order-summary/projection.ts'
import type { OrderSummaryQueries } from '#projections/order-summary/queries.ts'
import type { ApiDependencies } from '../dependencies.ts'

/** An order and the position in the log up to which it is told. */
export interface ReadOrder {
  readonly order: OrderSummary
  readonly position: Position
}

export interface OrderReader {
  /**
   * The order as of the given position or later, waiting a bounded time for the read model; an order that was just
   * placed is found even then, told from its own stream. Undefined when nothing was ever placed under this id.
   */
  readonly read: (orderId: OrderId, notBefore?: Position) => Promise<ReadOrder | undefined>
  /** What the read model holds right now, without waiting. */
  readonly peek: (orderId: OrderId) => Promise<ReadOrder | undefined>
}

export interface OrderReaderOptions {
  readonly eventStore: EventStore
  readonly summaries: OrderSummaryQueries
  readonly waitFor: ApiDependencies['waitFor']
  readonly clock: Clock
}

/** How long a reader may be kept waiting for its own write. */
const PATIENCE_MS = 2_000

export const orderReader = ({ eventStore, summaries, waitFor, clock }: OrderReaderOptions): OrderReader => {
  const peek: OrderReader['peek'] = async (orderId) => {
    const document = await summaries.byId(orderId)
    return document === undefined ? undefined : { order: document.body, position: document.position }
  }

  return {
    peek,
    read: async (orderId, notBefore) => {
      const deadlineMs = clock.nowMs() + PATIENCE_MS
      if (notBefore !== undefined) await waitFor(notBefore, PATIENCE_MS)
      const known = await peek(orderId)
      if (known !== undefined) return known
      const told = await fromItsStream(eventStore, orderId)
      if (told === undefined) return undefined
      await waitFor(told.order.placedPosition, Math.max(0, deadlineMs - clock.nowMs()))
      return (await peek(orderId)) ?? told
    },
  }
}

/** Far more events than one order's stream ever has. */
const LONGEST_STREAM = 10_000

/** The order without its payment attempts, folded by the same projection that writes the read model. */
const fromItsStream = async (eventStore: EventStore, orderId: OrderId): Promise<ReadOrder | undefined> => {
  let told: ReadOrder | undefined
  for await (const recorded of eventStore.read(`order-${orderId}`, 0, LONGEST_STREAM)) {
    const event = decode(recorded)
    if (!isSummarized(event)) continue
    const order = orderSummary.evolve(told?.order, event)
    if (order !== undefined && order !== 'delete') told = { order, position: recorded.position }
  }
  return told
}

type Summarized = Parameters<typeof orderSummary.evolve>[1]

const isSummarized = (event: Logged): event is Summarized =>
  orderSummary.handles.some((type) => type === event.type)
