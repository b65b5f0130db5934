import * as fc from 'fast-check'
import { expect } from 'vitest'
import type { EventMetadata, RecordedEvent } from '#platform/eventstore/port.ts'
import type { StoredDocument } from '#platform/readstore/port.ts'
import { decode, type Logged, type ShopEvent } from './events.ts'
import { foldKey, type Decoded } from './fold.ts'
import type { Projection } from './projection.ts'

/** What a spec says of an event; the rest follows from where it stands in the log. */
export interface Entry {
  readonly stream: string
  readonly event: ShopEvent
  readonly metadata?: Partial<EventMetadata>
}

export const LOG_STARTS_AT_MS = 1_795_200_000_000
const POSITIONS_APART = 100
const MS_APART = 1_000

/** The nth event of a log, from 0: where it stands and when it was recorded. */
export const positionOf = (index: number): number => (index + 1) * POSITIONS_APART
export const recordedAtMs = (index: number): number => LOG_STARTS_AT_MS + index * MS_APART

/** A log with these events, as the subscription would hand it over. */
export const logOf = (entries: readonly Entry[]): RecordedEvent[] => {
  const revisions = new Map<string, number>()
  return entries.map(({ stream, event, metadata }, index) => {
    const revision = (revisions.get(stream) ?? -1) + 1
    revisions.set(stream, revision)
    return {
      stream,
      revision,
      position: positionOf(index),
      id: `event-${index}`,
      type: event.type,
      data: structuredClone(event.data),
      metadata: {
        correlationId: 'order-of-the-spec',
        causationId: 'cause',
        commandId: `command-${index}`,
        actor: 'process:checkout',
        schemaVersion: 1,
        ...metadata,
      },
      createdAtMs: recordedAtMs(index),
    }
  })
}

type Documents = ReadonlyMap<string, StoredDocument>

/** Folds a stretch of the log into the documents there are, as the runner would; a parked key fails the spec. */
export const documentsAfter = (
  projection: Projection,
  log: readonly RecordedEvent[],
  before: Documents = new Map(),
): Documents => {
  const documents = new Map(before)
  for (const recorded of log) {
    if (!handles(projection, recorded)) continue
    const key = projection.key(recorded)
    const decoded: Decoded = { kind: 'decoded', event: decode(recorded) }
    const { write, parked } = foldKey(projection, key, documents.get(key), [decoded])
    if (parked !== undefined) throw new Error(`${key} was parked: ${parked.error}`)
    if (write?.kind === 'delete') documents.delete(key)
    if (write?.kind === 'put')
      documents.set(key, { id: key, position: write.position, body: structuredClone(write.body) })
  }
  return documents
}

/** Given these events, this document follows, and no other; undefined when they lead to none. */
export const givenEvents = <D extends object, E extends Logged>(
  projection: Projection<D, E>,
  ...entries: readonly Entry[]
): { readonly document: D | undefined } => {
  const documents = [...documentsAfter(projection, logOf(entries)).values()]
  expect(documents.length).toBeLessThanOrEqual(1)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the documents were made by this projection alone
  return { document: documents[0]?.body as D | undefined }
}

/** Whatever the log: folding any stretch of it a second time, as after a crash, leaves the documents as they were. */
export const expectReplayIsHarmless = (
  projection: Projection,
  histories: fc.Arbitrary<readonly Entry[]>,
): void =>
  fc.assert(
    fc.property(histories, fc.nat(), (entries, from) => {
      const log = logOf(entries)
      const once = documentsAfter(projection, log)
      const again = documentsAfter(projection, log.slice(from % (log.length + 1)), once)
      expect(again).toStrictEqual(once)
      expect(documentsAfter(projection, log)).toStrictEqual(once)
    }),
    { numRuns: 100 },
  )

const handles = (projection: Projection, { type }: RecordedEvent): boolean =>
  (projection.handles as readonly string[]).includes(type)
