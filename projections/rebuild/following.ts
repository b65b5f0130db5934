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
/** The other host may be away; then its successor will see to it, and who listens here reads what there is. */
const PATIENCE_MS = 5_000

/**
 * Tells this process what another one that hosts the projections has stored: the log says which documents are about to
 * change, and the stored checkpoint that they have. Writes nothing.
 */
export const follow = async (options: FollowingOptions): Promise<void> => {
  const { store, readStore, projections, clock, signal, onReached, onChange } = options

  const reached = async (position: Position): Promise<void> => {
    const deadlineMs = clock.nowMs() + PATIENCE_MS
    for (const projection of projections) {
      const name = checkpointName(projection)
      for (;;) {
        const stored = await readStore.checkpoint(name)
        const isThere = stored !== undefined && stored >= position
        onReached(name, stored, isThere)
        if (isThere || signal.aborted || clock.nowMs() >= deadlineMs) break
        await clock.sleep(POLL_EVERY_MS, signal)
      }
    }
  }

  for (const name of projections.map(checkpointName)) {
    const stored = await readStore.checkpoint(name)
    onReached(name, stored, stored !== undefined)
  }
  const batches = gathered(store, {
    name: 'projections-elsewhere',
    prefixes: SHOP_STREAM_PREFIXES,
    after: 'end',
    signal,
  })
  for await (const { events } of batches) {
    const newest = events.at(-1)
    if (newest === undefined) continue
    await reached(newest.position)
    if (signal.aborted) return
    onChange(projections.flatMap((projection) => changesOf(projection, events)))
  }
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
