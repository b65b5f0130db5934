import type { Clock } from '#platform/clock/clock.ts'
import type { EventStore, Position, RecordedEvent } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import type { Change } from '../batch.ts'
import { SHOP_STREAM_PREFIXES } from '../events.ts'
import { gathered } from '../gathered.ts'
import { checkpointName, type Projection } from '../projection.ts'

export interface FollowingOptions {
  readonly store: Pick<EventStore, 'subscribe'>
  /** Where the name of a projection leads to the copy that is active. */
  readonly readStore: ReadStore
  readonly projections: readonly Projection[]
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onReached: (name: string, position: Position | undefined, caughtUp: boolean) => void
  readonly onChange: (changes: readonly Change[]) => void
}

const POLL_EVERY_MS = 20
const LOOK_EVERY_MS = 500
/** The other host may be away; then its successor will see to it, and who listens here reads what there is. */
const PATIENCE_MS = 5_000

/**
 * Tells this process what another one that hosts the projections has stored: the log says which documents are about to
 * change, and the stored checkpoint that they have. Writes nothing.
 */
export const follow = async (options: FollowingOptions): Promise<void> => {
  const { store, readStore, projections, clock, signal, onReached, onChange } = options

  let newestEvent: Position = -1
  const names = projections.map(checkpointName)

  /** Whether all that was in the log when we looked is stored. */
  const look = async (): Promise<boolean> => {
    let isThere = true
    for (const name of names) {
      const stored = await readStore.checkpoint(name)
      const isCaughtUp = stored !== undefined && stored >= newestEvent
      onReached(name, stored, isCaughtUp)
      isThere &&= isCaughtUp
    }
    return isThere
  }

  /** Nothing in the log says when the other host is done with what took it too long. */
  const keepLooking = async (): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal)
      if (!signal.aborted) await look()
    }
  }

  await look()
  const stored = await Promise.all(names.map((name) => readStore.checkpoint(name)))
  const known = stored.filter((position) => position !== undefined)
  const looking = keepLooking()
  // Whoever awaits it in the end is told.
  looking.catch(() => {})
  const batches = gathered(store, {
    name: 'projections-elsewhere',
    prefixes: SHOP_STREAM_PREFIXES,
    after: known.length === 0 ? 'start' : Math.min(...known),
    signal,
  })
  for await (const { events } of batches) {
    const newest = events.at(-1)
    if (newest === undefined) continue
    newestEvent = newest.position
    const deadlineMs = clock.nowMs() + PATIENCE_MS
    while (!(await look()) && !signal.aborted && clock.nowMs() < deadlineMs)
      await clock.sleep(POLL_EVERY_MS, signal)
    if (signal.aborted) break
    onChange(projections.flatMap((projection) => changesOf(projection, events)))
  }
  await looking
}

/** The documents that these events belong to; one that did not change is harmless to name. */
const changesOf = (projection: Projection, events: readonly RecordedEvent[]): Change[] => {
  const handles: ReadonlySet<string> = new Set(projection.handles)
  const changed = new Map<string, Position>()
  for (const event of events) {
    if (!handles.has(event.type)) continue
    try {
      changed.set(projection.key(event), event.position)
    } catch {
      // Nobody's event changes nobody's document; the host parks its stream.
    }
  }
  const collection = checkpointName(projection)
  return [...changed].map(([id, position]) => ({ collection, id, position }))
}
