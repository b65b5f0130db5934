import { LRUCache } from 'lru-cache'
import { product } from '#domain/catalogue/aggregate.ts'
import type { ProductState } from '#domain/catalogue/decider.ts'
import type { ProductId } from '#domain/ids.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import type { EventStore } from '#platform/eventstore/port.ts'

/** What products cost, from their streams. */
export interface Offers {
  /** At most the delay of a live subscription behind the log, and without reading it when the product is known here. */
  readonly current: (productId: ProductId) => Promise<ProductState>
  /** Read forward to the end of the stream: for making sure before anybody is refused. */
  readonly now: (productId: ProductId) => Promise<ProductState>
}

export interface OffersOptions {
  readonly eventStore: EventStore
  readonly commands: CommandRunner
  readonly signal: AbortSignal
  readonly onError: (error: unknown) => void
}

const REMEMBERED_PRODUCTS = 5_000
/** A subscription may fall silent without breaking; this is the longest an old price can then be charged. */
const REMEMBERED_FOR_MS = 30_000

/**
 * Prices are asked for with every order and change rarely, so they are remembered while a subscription says when one
 * changes. Without a live subscription nothing is remembered and every order reads the log.
 */
export const followOffers = ({ eventStore, commands, signal, onError }: OffersOptions): Offers => {
  const known = new LRUCache<string, ProductState>({ max: REMEMBERED_PRODUCTS, ttl: REMEMBERED_FOR_MS })
  let isLive = false
  let changes = 0

  const forget = (productIds: readonly string[] | 'all'): void => {
    changes += 1
    if (productIds === 'all') known.clear()
    else for (const productId of productIds) known.delete(productId)
  }

  const follow = async (): Promise<void> => {
    const batches = eventStore.subscribe({
      name: 'offers',
      prefixes: ['product-'],
      after: 'end',
      signal,
      onStatus: ({ connected }) => {
        // What happened while nobody listened is not known, in neither direction.
        if (connected !== isLive) forget('all')
        isLive = connected
      },
    })
    for await (const { events } of batches)
      if (events.length > 0) forget(events.map(({ stream }) => stream.slice('product-'.length)))
  }
  void follow()
    .catch(onError)
    .finally(() => {
      isLive = false
      forget('all')
    })

  const now = async (productId: ProductId): Promise<ProductState> => {
    const before = changes
    const state = await commands.state(product, productId)
    // A change that was heard of meanwhile may be newer than what was read.
    if (isLive && changes === before) known.set(productId, state)
    return state
  }

  return { now, current: async (productId) => known.get(productId) ?? now(productId) }
}
