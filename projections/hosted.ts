import { onTestFinished } from 'vitest'
import { systemClock, type Clock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { EventStore, EventToAppend, Position } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import type { Entry } from './given.ts'
import type { Projection } from './projection.ts'
import type { Holder } from './rebuild/leases.ts'
import { startProjections, type Projections } from './runner.ts'

/** The embedded node, handed in by the spec: this folder itself knows no server. */
type StartNode = (options: { readonly file: string }) => Promise<{
  readonly connectionString: string
  readonly stop: () => Promise<void>
}>

/** An event store for one spec; it ends with the spec. */
export const startLog = async (startNode: StartNode): Promise<EventStore> => {
  const node = await startNode({ file: ':memory:' })
  const store = connectEventStore({ connectionString: node.connectionString, clock: systemClock })
  onTestFinished(async () => {
    await store.close()
    await node.stop()
  })
  return store
}

/** The specs are the only writers, so a stream's revision is known without asking. */
const revisionsOf = new WeakMap<EventStore, Map<string, number>>()

/** Appends event by event, each stream at its own revision, and says where the last one is. */
export const append = async (store: EventStore, entries: readonly Entry[]): Promise<Position> => {
  const revisions = revisionsOf.get(store) ?? new Map<string, number>()
  revisionsOf.set(store, revisions)
  let position: Position = -1
  for (const { stream, event, metadata } of entries) {
    const revision = revisions.get(stream) ?? -1
    const toAppend: EventToAppend = {
      id: derivedId(stream, revision + 1),
      type: event.type,
      data: event.data,
      metadata: {
        correlationId: 'order-of-the-spec',
        causationId: 'cause',
        commandId: `${stream} ${revision + 1}`,
        actor: 'process:checkout',
        schemaVersion: 1,
        ...metadata,
      },
    }
    const result = await store.append(stream, [toAppend], revision < 0 ? 'no-stream' : revision)
    if (result.kind === 'conflict') throw new Error(`${stream} is not at revision ${revision}`)
    revisions.set(stream, result.revision)
    position = result.position
  }
  return position
}

export interface Hosted extends Projections {
  /** Ends the host as a crash between two batches would: nothing is written any more. */
  readonly stop: () => Promise<void>
}

/** Runs projections until the spec ends or stops them. */
export const host = (
  store: EventStore,
  readStore: ReadStore,
  ...projections: readonly Projection[]
): Hosted => hostAs(undefined, store, readStore, ...projections)

/** The same as one of several processes, where copies may be built anew. */
export const hostAs = (
  holder: (Holder & { readonly clock?: Clock }) | undefined,
  store: EventStore,
  readStore: ReadStore,
  ...projections: readonly Projection[]
): Hosted => {
  const ending = new AbortController()
  const running = startProjections({
    store,
    readStore,
    projections,
    clock: holder?.clock ?? systemClock,
    signal: ending.signal,
    ...(holder === undefined ? {} : { holder }),
  })
  const stop = async (): Promise<void> => {
    ending.abort()
    await running.stopped
  }
  onTestFinished(stop)
  return { ...running, stop }
}
