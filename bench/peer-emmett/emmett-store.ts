import { randomUUID } from 'node:crypto'
import type { Event } from '@event-driven-io/emmett'
import {
  getPostgreSQLEventStore,
  pongoMultiStreamProjection,
  rebuildPostgreSQLProjections,
} from '@event-driven-io/emmett-postgresql'
import { pongoClient } from '@event-driven-io/pongo'
import type { RecordedEvent } from '../../platform/eventstore/port.ts'
import { orderOf, type Logged } from '../../projections/events.ts'
import type { OrderSummary } from '../../projections/order-summary/document.ts'
import { orderSummary } from '../../projections/order-summary/projection.ts'
import { importedTrade } from './trade-file.ts'

/** What Emmett's own columns do not hold of an event; the fold asks for it. */
type Kept = Pick<RecordedEvent, 'position' | 'id' | 'stream' | 'revision' | 'metadata' | 'createdAtMs'>
type StoredEvent = Event<string, Record<string, unknown>, { readonly kept: Kept }>

/** Pongo asks for documents that may have any field. */
type Document = OrderSummary & Record<string, unknown>

const COLLECTION = 'order_summary'

const storedOf = ({ type, data, ...kept }: RecordedEvent): StoredEvent =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every event's data is an object
  ({ type, data: data as Record<string, unknown>, metadata: { kept } })

const loggedOf = ({ type, data, metadata: { kept } }: StoredEvent): Logged =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- taken apart by `storedOf`, and not checked again
  ({ ...kept, type, data }) as Logged

type SummaryEvent = Parameters<typeof orderSummary.evolve>[1]

/** The same fold by Emmett's own projection to documents, with Emmett's batches. */
const projection = pongoMultiStreamProjection<Document, StoredEvent>({
  collectionName: COLLECTION,
  canHandle: [...orderSummary.handles],
  getDocumentId: (event) => orderOf(loggedOf(event)),
  evolve: (document: Document | null, event: StoredEvent): Document | null => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `canHandle` lets no other through
    const evolved = orderSummary.evolve(document ?? undefined, loggedOf(event) as SummaryEvent)
    return evolved === undefined || evolved === 'delete' ? document : ({ ...evolved } as Document)
  },
})

/**
 * Appends an exported trade in the order of the log, neighbours of one stream together. By one writer: with eight at once
 * some positions were given out in another order than that of the transactions, by which Emmett reads, and its rebuild
 * passed over those events.
 */
export const appendTrade = async (connectionString: string, file: string): Promise<void> => {
  const store = getPostgreSQLEventStore(connectionString)
  try {
    await store.schema.migrate()
    let stream: string | undefined
    let events: StoredEvent[] = []
    for await (const event of importedTrade(file)) {
      if (stream !== undefined && stream !== event.stream) {
        await store.appendToStream(stream, events)
        events = []
      }
      stream = event.stream
      events.push(storedOf(event))
    }
    if (stream !== undefined) await store.appendToStream(stream, events)
  } finally {
    await store.close()
  }
}

export interface Pulling {
  readonly batchSize: number
  readonly pullingFrequencyInMs: number
}

/**
 * Rebuilds the documents from the first event on, the old ones thrown away; answers the seconds it took. Each rebuild is
 * a processor of its own, because a second one of the same name goes on from the first one's checkpoint.
 */
export const rebuiltByEmmett = async (connectionString: string, pulling?: Pulling): Promise<number> => {
  const consumer = rebuildPostgreSQLProjections<StoredEvent>({
    connectionString,
    projections: [{ projection, processorId: `rebuild-${randomUUID()}`, truncateOnStart: true }],
    ...(pulling === undefined ? {} : { pulling }),
  })
  try {
    const begin = performance.now()
    await consumer.start()
    return (performance.now() - begin) / 1_000
  } finally {
    await consumer.close()
  }
}

/** Every document by its id, without what Pongo adds. */
export const documentsOfEmmett = async (connectionString: string): Promise<ReadonlyMap<string, object>> => {
  const pongo = pongoClient(connectionString)
  try {
    const found = await pongo.db().collection<Document>(COLLECTION).find()
    return new Map(found.map(({ _id, _version, ...document }) => [_id, document]))
  } finally {
    await pongo.close()
  }
}
