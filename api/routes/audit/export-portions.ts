import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EventStore } from '#platform/eventstore/port.ts'
import type { EventFilter, EventLogQueries } from '#projections/event-log/queries.ts'
import { rowsOf, type AuditEvent } from './event-rows.ts'

/** Events that are in memory at once, whatever the size of the export. */
const MOST_IN_MEMORY = 200
/**
 * Events that are made into text in one turn of the event loop: one to three milliseconds of the processor, which on a
 * machine with other work are several times that for whoever waits.
 */
const PORTION = 50

export type Portion = readonly AuditEvent[]

export interface PortionsOptions {
  readonly log: EventLogQueries
  readonly eventStore: Pick<EventStore, 'read'>
  readonly filter: EventFilter
  readonly withData: boolean
}

/** Asks for more only when what there was is taken, so a client that reads slowly slows the reading. No portion is empty. */
export async function* portionsOf({
  log,
  eventStore,
  filter,
  withData,
}: PortionsOptions): AsyncGenerator<Portion, void> {
  const upTo = await log.end()
  if (upTo === undefined) return
  let after: number | undefined
  // Each page goes on from a higher position, and none goes beyond where the log ended at the beginning.
  do {
    const { items, next } = await log.page(filter, { after, upTo, limit: MOST_IN_MEMORY })
    // A client on a fast line never makes the export wait; the shop's other work comes in between all the same.
    await nextTurn()
    for (let from = 0; from < items.length; from += PORTION) {
      yield await rowsOf(eventStore, items.slice(from, from + PORTION), withData)
      await nextTurn()
    }
    after = next
  } while (after !== undefined)
}
