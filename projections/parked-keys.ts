import { placeOf, UndecodableEvent } from '#platform/eventstore/decoding.ts'
import type { Position, RecordedEvent } from '#platform/eventstore/port.ts'
import type { CollectionSpec, ReadStore, Write } from '#platform/readstore/port.ts'

/**
 * One document that could not be taken further: its events from `position` on are left out until a start of the
 * projections, or a replay that somebody asked for, can make something of the one that failed, and takes them up in order.
 */
export interface ParkedKey {
  /** With its version: `order-summary@3`. */
  readonly projection: string
  readonly key: string
  /** Of the first event that failed. */
  readonly position: Position
  readonly stream: string
  readonly revision: number
  readonly type: string
  readonly eventId: string
  /** Of the bug, as the last try met it, for staff; cut to a bound. */
  readonly error: string
  /** When it was last tried because somebody asked. */
  readonly triedAtMs?: number
}

export const PARKED_KEYS: CollectionSpec = {
  name: 'parked_projection_keys',
  indexes: [['projection', 'position']],
}

const LONGEST_ERROR = 500
const READ_AT_ONCE = 1_000
/** One million parked keys are no longer a poison event but a broken build: starting is refused. */
const MOST_READS = 1_000

export const parkedKey = (
  projection: string,
  key: string,
  event: Omit<RecordedEvent, 'data'>,
  error: unknown,
): ParkedKey => ({
  projection,
  key,
  position: event.position,
  ...placeOf(event),
  error: reasonOf(error).slice(0, LONGEST_ERROR),
})

const reasonOf = (error: unknown): string => {
  if (error instanceof UndecodableEvent) return error.reason
  return error instanceof Error ? error.message : String(error)
}

/** Under which a parked key is stored. */
export const parkedDocumentId = (projection: string, key: string): string => `${projection}/${key}`

const documentIdOf = ({ projection, key }: ParkedKey): string => parkedDocumentId(projection, key)

export const parking = (parked: ParkedKey): Write => ({
  kind: 'put',
  collection: PARKED_KEYS.name,
  id: documentIdOf(parked),
  position: parked.position,
  body: parked,
})

export const releasing = (parked: ParkedKey): Write => ({
  kind: 'delete',
  collection: PARKED_KEYS.name,
  id: documentIdOf(parked),
})

/** The keys of one projection that are parked, oldest first. */
export const parkedKeysOf = async (readStore: ReadStore, projection: string): Promise<ParkedKey[]> => {
  const parked: ParkedKey[] = []
  for (let read = 0; read < MOST_READS; read += 1) {
    const { items } = await readStore.find<ParkedKey>(PARKED_KEYS.name, {
      where: { projection },
      sort: { by: 'position', direction: 'asc' },
      offset: read * READ_AT_ONCE,
      limit: READ_AT_ONCE,
    })
    for (const { body } of items) parked.push(body)
    if (items.length < READ_AT_ONCE) return parked
  }
  throw new Error(`${projection} has more than ${MOST_READS * READ_AT_ONCE} parked keys`)
}
