import { z } from 'zod'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { EVENT_LOG } from '#projections/event-log/collection.ts'
import { idIn, SHOP_STREAM_PREFIXES } from '#projections/events.ts'
import { ORDER_AUDIT } from '#projections/order-audit/collection.ts'
import { OrderAudit } from '#projections/order-audit/document.ts'
import type { Projection } from '#projections/projection.ts'
import { documentsIn } from '#projections/rebuild/hash.ts'
import type { Violation } from './violation.ts'

/**
 * I10: what auditors are told holds each event exactly once. Counted in the log itself and not folded, so that a fold
 * which leaves something out is found too, where folding again would leave it out again.
 */
export const auditLacks = async (
  events: readonly RecordedEvent[],
  readStore: ReadStore,
  kept: readonly Projection[],
): Promise<readonly Omit<Violation, 'atMs'>[]> => {
  const isKept = (collection: string): boolean => kept.some((each) => each.collection.name === collection)
  return [
    ...(isKept(ORDER_AUDIT.name) ? await ordersLack(events, readStore) : []),
    ...(isKept(EVENT_LOG.name) ? await eventLogLacks(events, readStore) : []),
  ]
}

/** Each order's document names the events of the order's stream, each once and in their order, and none besides. */
const ordersLack = async (events: readonly RecordedEvent[], readStore: ReadStore) => {
  const ofOrders = new Map<string, string[]>()
  for (const { stream, id } of events) {
    if (!stream.startsWith('order-')) continue
    const ids = ofOrders.get(idIn(stream)) ?? []
    ofOrders.set(idIn(stream), ids)
    ids.push(id)
  }
  const told = new Map<string, OrderAudit>()
  for await (const { id, body } of documentsIn(readStore, ORDER_AUDIT.name))
    told.set(id, OrderAudit.parse(body))
  return [...new Set([...ofOrders.keys(), ...told.keys()])].flatMap((orderId) => {
    const inLog = ofOrders.get(orderId) ?? []
    const { processedEventIds = [], history = [] } = told.get(orderId) ?? {}
    const changes = history.map(({ eventId }) => eventId)
    return isSame(processedEventIds, inLog) && isSame(changes, inLog)
      ? []
      : [
          {
            rule: 'I10',
            message: 'The audit of an order does not hold each of its events exactly once',
            orderId,
            facts: { inLog: inLog.length, processed: processedEventIds.length, history: changes.length },
          },
        ]
  })
}

/** There is one document for each event of the shop's streams, and it says where the event stands. */
const eventLogLacks = async (events: readonly RecordedEvent[], readStore: ReadStore) => {
  const inLog = events.filter(({ stream }) =>
    SHOP_STREAM_PREFIXES.some((prefix) => stream.startsWith(prefix)),
  )
  const told: string[] = []
  for await (const { id, body } of documentsIn(readStore, EVENT_LOG.name))
    told.push(place({ id, ...Place.parse(body) }))
  const wanted = inLog.map(place)
  return isSame(told.toSorted(), wanted.toSorted())
    ? []
    : [
        {
          rule: 'I10',
          message: 'The event log does not hold each event exactly once',
          facts: {
            inLog: wanted.length,
            told: told.length,
            missing: wanted.find((each) => !told.includes(each)) ?? 'nothing',
          },
        },
      ]
}

const Place = z.object({ stream: z.string(), revision: z.int(), position: z.int(), type: z.string() })

const place = ({ id, stream, revision, position, type }: z.infer<typeof Place> & { readonly id: string }) =>
  `${id}: ${type} ${revision}@${stream} at ${position}`

const isSame = (told: readonly string[], wanted: readonly string[]): boolean =>
  told.length === wanted.length && told.every((each, index) => each === wanted[index])
