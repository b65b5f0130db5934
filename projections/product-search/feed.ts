import type { Clock } from '#platform/clock/clock.ts'
import type { Projections } from '../runner.ts'
import { PRODUCTS } from '../products/collection.ts'
import type { ProductQueries } from '../products/queries.ts'
import type { ProductSearch } from './port.ts'
import { productIndex } from './product-index.ts'

export interface ProductSearchOptions {
  readonly products: ProductQueries
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Where the projections run in this process; elsewhere call `refresh` from time to time. */
  readonly onChange?: Projections['onChange']
  readonly onError?: (error: unknown) => void
}

export interface RunningProductSearch extends ProductSearch {
  /** Resolves once the whole catalogue has been indexed for the first time, or the signal has ended waiting. */
  readonly ready: Promise<void>
  /** Indexes the whole catalogue again. Rejects when the read store cannot be asked; the index stays as it is. */
  readonly refresh: () => Promise<void>
}

const FIRST_BACKOFF_MS = 50
const LONGEST_BACKOFF_MS = 5_000

/**
 * Keeps an index in this process's memory in step with the products read model. What changed is read again rather
 * than taken from the change, so the order of changes does not matter and one missed is made good by the next.
 */
export const startProductSearch = ({
  products,
  clock,
  signal,
  onChange,
  onError,
}: ProductSearchOptions): RunningProductSearch => {
  const index = productIndex()
  /** Ids, not changes: however far behind, there are at most as many as products. */
  const changed = new Set<string>()
  let following = false

  const refresh = async (): Promise<void> => {
    const gone = new Set(index.productIds())
    for await (const product of products.allActive()) {
      index.put(product)
      gone.delete(product.productId)
    }
    for (const productId of gone) changed.add(productId)
    await follow()
  }

  const readAgain = async (productId: string): Promise<void> => {
    const product = await products.byId(productId)
    if (product === undefined) index.remove(productId)
    else index.put(product)
  }

  const retrying = async (work: () => Promise<void>): Promise<void> => {
    for (
      let backoffMs = FIRST_BACKOFF_MS;
      !signal.aborted;
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
    )
      try {
        await work()
        return
      } catch (error) {
        onError?.(error)
        await clock.sleep(backoffMs, signal)
      }
  }

  const follow = async (): Promise<void> => {
    if (following) return
    following = true
    try {
      for (const productId of changed) {
        if (signal.aborted) return
        // Taken out before it is read: a change that comes while reading puts it back in at the end.
        changed.delete(productId)
        await retrying(() => readAgain(productId))
      }
    } finally {
      following = false
    }
  }

  const ready = retrying(refresh)
  const unsubscribe = onChange?.(({ collection, id }) => {
    if (collection !== PRODUCTS.name) return
    changed.add(id)
    void follow()
  })
  if (unsubscribe !== undefined) signal.addEventListener('abort', unsubscribe, { once: true })

  return { search: index.search, suggest: index.suggest, ready, refresh }
}
