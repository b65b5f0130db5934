import type { ReadStore, StoredDocument } from '#platform/readstore/port.ts'
import type { Logged } from '../events.ts'
import { ORDER_AUDIT } from './collection.ts'
import { firstDifference, type Difference } from './difference.ts'
import type { OrderAudit } from './document.ts'
import { orderAudit } from './projection.ts'

export interface OrderAuditQueries {
  /** Undefined when the order is unknown. Says nothing about who may see it. */
  readonly byId: (orderId: string) => Promise<StoredDocument<OrderAudit> | undefined>
}

export const orderAuditQueries = (readStore: ReadStore): OrderAuditQueries => ({
  byId: (orderId) => readStore.get<OrderAudit>(ORDER_AUDIT.name, orderId),
})

/** The document against the log it was made from. */
export interface AuditProof {
  readonly matches: boolean
  readonly firstDifference?: Difference
}

/**
 * Folds the order's events once more, by the projection's own fold, and compares. Events are decoded, of the order's
 * stream, oldest first; a document that is behind them differs from them.
 * @throws what the fold throws on a log that is not sound.
 */
export const provedBy = (document: OrderAudit | undefined, events: readonly Logged[]): AuditProof => {
  let folded: OrderAudit | undefined
  for (const event of events) {
    if (!isHandled(event)) continue
    const evolved = orderAudit.evolve(folded, event)
    if (evolved !== undefined && evolved !== 'delete') folded = evolved
  }
  const difference = firstDifference(document, folded)
  return difference === undefined ? { matches: true } : { matches: false, firstDifference: difference }
}

type Handled = Parameters<typeof orderAudit.evolve>[1]

const isHandled = (event: Logged): event is Handled =>
  (orderAudit.handles as readonly string[]).includes(event.type)
