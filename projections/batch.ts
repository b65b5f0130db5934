import type { Batch, Position, RecordedEvent } from '#platform/eventstore/port.ts'
import type { Checkpoint, ReadStore, Write } from '#platform/readstore/port.ts'
import { categoriesOf, decode, isUnknownIn } from './events.ts'
import { foldKey, type Decoded } from './fold.ts'
import { parkedKey, parking, type ParkedKey } from './parked-keys.ts'
import { checkpointName, type Projection } from './projection.ts'
import type { RevisionGap } from './revision-gaps.ts'

/** A projection and how far its stored copy is; replaced only after a commit went through. */
export interface Progress {
  readonly projection: Projection
  /** That of the checkpoint: `name@version`, or `name@version#generation`. */
  readonly name: string
  readonly handles: ReadonlySet<string>
  /** The categories of the streams it is made from: an event of an unknown type there may concern it. */
  readonly categories: ReadonlySet<string>
  /** Undefined before the first commit. */
  readonly position: Position | undefined
  readonly parked: ReadonlyMap<string, ParkedKey>
}

export const progressOf = (
  projection: Projection,
  position: Position | undefined,
  parked: readonly ParkedKey[],
): Progress => ({
  projection,
  name: checkpointName(projection),
  handles: new Set(projection.handles),
  categories: categoriesOf(projection.handles),
  position,
  parked: new Map(parked.map((entry) => [entry.key, entry])),
})

/** A document that was written or dropped. */
export interface Change {
  readonly collection: string
  readonly id: string
  readonly position: Position
}

/** The name its documents have for those who read them, whichever copy is theirs. */
export const logicalName = ({ projection: { name, version } }: Pick<Progress, 'projection'>): string =>
  checkpointName({ name, version })

/** Everything one batch of the log changes, to be committed at once. */
export interface Prepared {
  readonly progress: readonly Progress[]
  readonly writes: readonly Write[]
  readonly checkpoints: readonly Checkpoint[]
  readonly changes: readonly Change[]
  readonly parked: readonly ParkedKey[]
}

/** Reads the documents a batch touches and folds it into them; writes nothing. `gaps` are those of this batch. */
export const prepareBatch = async (
  readStore: ReadStore,
  current: readonly Progress[],
  batch: Batch,
  gaps: readonly RevisionGap[] = [],
): Promise<Prepared> => {
  const decodeOnce = decoder()
  const gapAt = new Map(gaps.map((gap) => [gap.eventId, gap]))
  const parts = await Promise.all(
    current.map((progress) =>
      prepareProjection(
        readStore,
        progress,
        batch,
        progress.projection.followsOneStream === true ? refusingAfter(gapAt, decodeOnce) : decodeOnce,
      ),
    ),
  )
  return {
    progress: parts.map(({ progress }) => progress),
    writes: parts.flatMap(({ writes }) => writes),
    checkpoints: parts.flatMap(({ progress }, index) =>
      progress.position === undefined || progress.position === current[index]?.position
        ? []
        : [{ name: progress.name, position: progress.position }],
    ),
    changes: parts.flatMap(({ changes }) => changes),
    parked: parts.flatMap(({ parked }) => parked),
  }
}

interface PreparedProjection {
  readonly progress: Progress
  readonly writes: readonly Write[]
  readonly changes: readonly Change[]
  readonly parked: readonly ParkedKey[]
}

const prepareProjection = async (
  readStore: ReadStore,
  progress: Progress,
  batch: Batch,
  decodeOnce: (event: RecordedEvent) => Decoded,
): Promise<PreparedProjection> => {
  const { projection } = progress
  const { eventsOf, parked } = grouped(progress, batch)
  const documents =
    eventsOf.size === 0 ? new Map() : await readStore.load(projection.collection.name, [...eventsOf.keys()])
  const writes: Write[] = []
  const changes: Change[] = []
  for (const [key, events] of eventsOf) {
    const folded = foldKey(projection, key, documents.get(key), events.map(decodeOnce))
    if (folded.write !== undefined) {
      writes.push(folded.write)
      changes.push({ collection: projection.collection.name, id: key, position: folded.write.position })
    }
    if (folded.parked !== undefined) parked.push(folded.parked)
  }
  writes.push(...parked.map(parking))
  const position =
    batch.position === undefined ? progress.position : Math.max(batch.position, progress.position ?? 0)
  const allParked =
    parked.length === 0
      ? progress.parked
      : new Map([...progress.parked, ...parked.map((entry) => [entry.key, entry] as const)])
  return { progress: { ...progress, position, parked: allParked }, writes, changes, parked }
}

/** Whether the projection must look at the event: it handles the type, or cannot know that it need not. */
export const concerns = (
  { handles, categories }: Pick<Progress, 'handles' | 'categories'>,
  event: RecordedEvent,
): boolean => handles.has(event.type) || isUnknownIn(categories, event)

/** The events of a batch that are news to a projection, by key and in log order. */
const grouped = (
  progress: Progress,
  batch: Batch,
): { readonly eventsOf: Map<string, RecordedEvent[]>; readonly parked: ParkedKey[] } => {
  const { projection, name, position, parked } = progress
  const eventsOf = new Map<string, RecordedEvent[]>()
  const nobodys = new Map<string, ParkedKey>()
  for (const event of batch.events) {
    if (event.position <= (position ?? -1) || !concerns(progress, event)) continue
    // A stream that lost its way stays out of documents that cannot be right without what it said before.
    if (parked.has(event.stream) || nobodys.has(event.stream)) continue
    try {
      const key = projection.key(event)
      if (parked.has(key)) continue
      const events = eventsOf.get(key)
      if (events === undefined) eventsOf.set(key, [event])
      else events.push(event)
    } catch (error) {
      nobodys.set(event.stream, parkedKey(name, event.stream, event, error))
    }
  }
  return { eventsOf, parked: [...nobodys.values()] }
}

/**
 * What lacks the event before it can only be folded wrongly. The key is parked under the missing revision and no event,
 * so that it is not taken up again: only a rebuild brings the document right.
 */
const refusingAfter =
  (gapAt: ReadonlyMap<string, RevisionGap>, decode: (event: RecordedEvent) => Decoded) =>
  (recorded: RecordedEvent): Decoded => {
    const gap = gapAt.get(recorded.id)
    return gap === undefined
      ? decode(recorded)
      : {
          kind: 'undecodable',
          recorded: { ...recorded, revision: gap.expected, id: '' },
          error: new Error(`Revision ${gap.expected} is missing before revision ${gap.found}`),
        }
  }

const decoder = (): ((event: RecordedEvent) => Decoded) => {
  const known = new Map<RecordedEvent, Decoded>()
  return (recorded) => {
    const before = known.get(recorded)
    if (before !== undefined) return before
    const decoded = tryDecode(recorded)
    known.set(recorded, decoded)
    return decoded
  }
}

export const tryDecode = (recorded: RecordedEvent): Decoded => {
  try {
    return { kind: 'decoded', event: decode(recorded) }
  } catch (error) {
    return { kind: 'undecodable', recorded, error }
  }
}
