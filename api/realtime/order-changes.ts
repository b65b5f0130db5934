import type { Clock } from '#platform/clock/clock.ts'
import type { Batch, EventStore } from '#platform/eventstore/port.ts'
import { ORDER_SUMMARY } from '#projections/order-summary/collection.ts'
import type { ApiDependencies } from '../dependencies.ts'

/** Who wants to know that an order's read model changed. */
export interface OrderChanges {
  /** Calls back after each change from now on; several changes may be one call. */
  readonly watch: (orderId: string, listener: () => void) => () => void
}

export interface OrderChangesOptions {
  readonly eventStore: EventStore
  readonly onChange: ApiDependencies['onChange']
  readonly waitFor: ApiDependencies['waitFor']
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onError: (error: unknown) => void
}

/** How long a change in the log may take to reach the read model before its watchers are called anyhow. */
const PROJECTION_PATIENCE_MS = 5_000

/**
 * Told by the projections where they run in this process; elsewhere the log is followed, and its changes are passed
 * on once the read model has them.
 */
export const orderChanges = (options: OrderChangesOptions): OrderChanges => {
  const watchers = new Map<string, Set<() => void>>()
  const tell = (orderId: string): void => {
    for (const listener of watchers.get(orderId) ?? []) listener()
  }

  if (options.onChange === undefined) followLog(options, watchers, tell)
  else {
    const stop = options.onChange(({ collection, id }) => {
      if (collection === ORDER_SUMMARY.name) tell(id)
    })
    options.signal.addEventListener('abort', stop, { once: true })
  }

  return {
    watch: (orderId, listener) => {
      const listeners = watchers.get(orderId) ?? new Set()
      listeners.add(listener)
      watchers.set(orderId, listeners)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0 && watchers.get(orderId) === listeners) watchers.delete(orderId)
      }
    },
  }
}

const followLog = (
  { eventStore, waitFor, signal, onError }: OrderChangesOptions,
  watchers: ReadonlyMap<string, unknown>,
  tell: (orderId: string) => void,
): void => {
  let isLive = false
  const tellAbout = async ({ events }: Batch): Promise<void> => {
    const watched = events.filter(({ metadata }) => watchers.has(metadata.correlationId))
    const newest = watched.at(-1)
    if (newest === undefined) return
    await waitFor(newest.position, PROJECTION_PATIENCE_MS)
    for (const orderId of new Set(watched.map(({ metadata }) => metadata.correlationId))) tell(orderId)
  }
  const follow = async (): Promise<void> => {
    const batches = eventStore.subscribe({
      name: 'order-sockets',
      prefixes: ['order-', 'payment-'],
      after: 'end',
      signal,
      onStatus: ({ connected }) => {
        // What happened while the log was not heard is looked up by those it concerns.
        if (connected && !isLive) for (const orderId of watchers.keys()) tell(orderId)
        isLive = connected
      },
    })
    for await (const batch of batches) await tellAbout(batch).catch(onError)
  }
  void follow().catch(onError)
}
