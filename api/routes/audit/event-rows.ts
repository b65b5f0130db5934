import { z } from 'zod'
import { UndecodableEvent } from '#platform/eventstore/decoding.ts'
import type { EventStore, RecordedEvent } from '#platform/eventstore/port.ts'
import type { StoredDocument } from '#platform/readstore/port.ts'
import type { LoggedEvent } from '#projections/event-log/document.ts'
import { iso } from '../../orders/order-view.ts'
import { readingOfStream } from './aggregates.ts'
import { shown } from './shown.ts'

/** One event as auditors get it, in a page or in an export. */
export const AuditEvent = z.object({
  eventId: z.string(),
  position: z.int(),
  stream: z.string(),
  category: z.string(),
  revision: z.int(),
  type: z.string(),
  correlationId: z.string(),
  causationId: z.string(),
  actor: z.string(),
  at: z.string(),
  /** Only where it was asked for: what the event says, in today's shape, without secrets. */
  data: z.unknown().optional(),
})
export type AuditEvent = z.infer<typeof AuditEvent>

const rowOf = ({ id, body }: StoredDocument<LoggedEvent>): AuditEvent => {
  const { atMs, stream, ...rest } = body
  return { eventId: id, stream, category: stream.slice(0, stream.indexOf('-')), ...rest, at: iso(atMs) }
}

/** Answers to the event store that are awaited at once, for one page. */
const AT_ONCE = 8

/** The rows of a page; with what the events say read from the event store, a few at a time, where it is asked for. */
export const rowsOf = async (
  eventStore: Pick<EventStore, 'read'>,
  documents: readonly StoredDocument<LoggedEvent>[],
  withData: boolean,
): Promise<AuditEvent[]> => {
  const rows = documents.map(rowOf)
  if (!withData) return rows
  const told: AuditEvent[] = []
  for (let from = 0; from < rows.length; from += AT_ONCE)
    told.push(
      ...(await Promise.all(rows.slice(from, from + AT_ONCE).map((row) => withDataOf(eventStore, row)))),
    )
  return told
}

const withDataOf = async (eventStore: Pick<EventStore, 'read'>, row: AuditEvent): Promise<AuditEvent> => {
  for await (const event of eventStore.read(row.stream, row.revision, 1))
    if (event.id === row.eventId) return { ...row, data: shown(dataOf(event)) }
  return row
}

/** Raw data could hold what nobody knows to leave out, so what cannot be understood is only said to be there. */
const dataOf = (event: RecordedEvent): unknown => {
  try {
    return readingOfStream(event.stream)?.dataOf(event) ?? { unreadable: 'no codec' }
  } catch (error) {
    if (error instanceof UndecodableEvent) return { unreadable: error.reason }
    throw error
  }
}
