import type { Batch, EventStore, Position, RecordedEvent } from '#platform/eventstore/port.ts'
import type { ReadStore, Write } from '#platform/readstore/port.ts'
import { concerns, tryDecode, type Change, type Progress } from './batch.ts'
import { SHOP_STREAM_PREFIXES } from './events.ts'
import { foldKey } from './fold.ts'
import { gathered } from './gathered.ts'
import { parking, releasing, type ParkedKey } from './parked-keys.ts'

/** What taking up a part of the log changed for one projection. */
export interface Retaken {
  readonly next: Progress
  readonly changes: readonly Change[]
  /** Keys that failed again, further on. */
  readonly parked: readonly ParkedKey[]
  readonly isDone: boolean
}

export interface RetakingOptions {
  readonly store: Pick<EventStore, 'read' | 'subscribe'>
  readonly readStore: ReadStore
  readonly signal: AbortSignal
  readonly names: readonly string[]
  readonly current: (name: string) => Progress
  /**
   * Runs work while nothing else changes the projection's progress, and answers whether it was the last;
   * `newestEvent` is that of the newest event the projections were given since they started, if any.
   */
  readonly change: (
    name: string,
    work: (current: Progress, newestEvent: Position | undefined) => Promise<Retaken>,
  ) => Promise<boolean>
  readonly onRetaken: (name: string, keys: number) => void
}

/**
 * Tries the parked keys of each projection again, from the event that failed on. A key whose event still fails costs
 * one look at it; for the others the log is read once from there, beside the live reading, which goes on without them
 * until they have caught up. Harmless to repeat: a document passes over what it has folded.
 */
export const retakeParked = async (options: RetakingOptions): Promise<void> => {
  for (const name of options.names) await retakeProjection(name, options)
}

/** How trying some keys again ended. */
export interface Tried {
  /** False where the signal ended it before they were as far as the projection. */
  readonly isDone: boolean
  /** Why, of the keys whose event still fails. */
  readonly failed: ReadonlyMap<string, string>
}

/** The same for one projection, of these keys only, or of all that are parked. */
export const retakeProjection = async (
  name: string,
  options: Omit<RetakingOptions, 'names'>,
  only?: ReadonlySet<string>,
): Promise<Tried> => {
  const { store, signal, change, onRetaken } = options
  const waiting = new Map<string, ParkedKey>()
  const failed = new Map<string, string>()
  let first: RecordedEvent | undefined
  const found = options.current(name)
  for (const parked of found.parked.values()) {
    if (only?.has(parked.key) === false) continue
    const event = await workableNow(found, parked, options)
    if (typeof event === 'string') {
      failed.set(parked.key, event)
      continue
    }
    waiting.set(parked.key, parked)
    if (first === undefined || event.position < first.position) first = event
  }
  if (first === undefined) return { isDone: true, failed }
  const { position } = first
  const started = { events: [first], position, caughtUp: false }
  const following = { name: 'parked-keys', prefixes: SHOP_STREAM_PREFIXES, after: position, signal }
  const retaken = (batch: Batch): Promise<boolean> =>
    change(name, (current, newestEvent) =>
      foldWaiting(current, waiting, batch, newestEvent, options.readStore),
    )
  let isDone = await retaken(started)
  if (!isDone)
    for await (const batch of gathered(store, following)) {
      isDone = await retaken(batch)
      if (isDone) break
    }
  if (isDone && waiting.size > 0) onRetaken(name, waiting.size)
  return { isDone, failed }
}

/** The event the key failed at, if this build can make something of it, or else why not. */
const workableNow = async (
  { projection }: Progress,
  parked: ParkedKey,
  { store, readStore }: Pick<RetakingOptions, 'store' | 'readStore'>,
): Promise<RecordedEvent | string> => {
  for await (const event of store.read(parked.stream, parked.revision, 1)) {
    if (event.id !== parked.eventId || keyOf(projection, event) !== parked.key) return parked.error
    const stored = (await readStore.load(projection.collection.name, [parked.key])).get(parked.key)
    return foldKey(projection, parked.key, stored, [tryDecode(event)]).parked?.error ?? event
  }
  return parked.error
}

const keyOf = (projection: Progress['projection'], event: RecordedEvent): string | undefined => {
  try {
    return projection.key(event)
  } catch {
    return undefined
  }
}

/** Folds what a batch holds for the waiting keys; once they are as far as the projection they are parked no more. */
const foldWaiting = async (
  current: Progress,
  waiting: Map<string, ParkedKey>,
  batch: Batch,
  newestEvent: Position | undefined,
  readStore: ReadStore,
): Promise<Retaken> => {
  const { projection } = current
  const eventsOf = new Map<string, RecordedEvent[]>()
  for (const event of batch.events) {
    if (!concerns(current, event)) continue
    const key = keyOf(projection, event)
    const since = key === undefined ? undefined : waiting.get(key)?.position
    if (key === undefined || since === undefined || event.position < since) continue
    eventsOf.set(key, [...(eventsOf.get(key) ?? []), event])
  }
  const documents = await readStore.load(projection.collection.name, [...eventsOf.keys()])
  const parked = new Map(current.parked)
  const writes: Write[] = []
  const changes: Change[] = []
  const failedAgain: ParkedKey[] = []
  for (const [key, events] of eventsOf) {
    const folded = foldKey(projection, key, documents.get(key), events.map(tryDecode))
    if (folded.write !== undefined) {
      writes.push(folded.write)
      changes.push({ collection: projection.collection.name, id: key, position: folded.write.position })
    }
    if (folded.parked === undefined) continue
    waiting.delete(key)
    parked.set(key, folded.parked)
    failedAgain.push(folded.parked)
    writes.push(parking(folded.parked))
  }
  const hasCaughtUp = isAsFarAs(current, batch, newestEvent)
  if (hasCaughtUp)
    for (const [key, entry] of waiting) {
      parked.delete(key)
      writes.push(releasing(entry))
    }
  if (writes.length > 0) await readStore.commit({ writes })
  return {
    next: { ...current, parked },
    changes,
    parked: failedAgain,
    isDone: hasCaughtUp || waiting.size === 0,
  }
}

/**
 * Whether this reading has seen every event the projection has. The projection may stand at a position beyond its last
 * event, which a reading of its own need not be told of while the log is quiet; then the events themselves say it.
 */
const isAsFarAs = ({ position }: Progress, batch: Batch, newestEvent: Position | undefined): boolean => {
  const read = batch.position ?? -1
  return read >= (position ?? 0) || (batch.caughtUp && read >= (newestEvent ?? -1))
}
