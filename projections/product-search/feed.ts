import type { Clock } from '#platform/clock/clock.ts'
import type { Projections } from '../runner.ts'
import { PRODUCTS } from '../products/collection.ts'
import type { ProductQueries } from '../products/queries.ts'
import { productIndex, type ProductIndex } from './product-index.ts'

export interface ProductSearchOptions {
  readonly products: Pick<ProductQueries, 'allActive' | 'byId'>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Where the projections run in this process; elsewhere call `refresh` from time to time. */
  readonly onChange?: Projections['onChange']
  readonly onError?: (error: unknown) => void
}

/** How far the index is. */
export interface IndexingStatus {
  /** The whole catalogue has been read once. Until then answers are partial. */
  readonly isFilled: boolean
  /** Products that can be found now. */
  readonly products: number
  /** Changed products that are still to be read again. */
  readonly waiting: number
  /** How often in a row the whole catalogue could not be read. At the start it is tried again for ever. */
  readonly failures: number
}

export interface RunningProductSearch extends Pick<ProductIndex, 'search' | 'suggest'> {
  /** Resolves once the whole catalogue has been indexed for the first time, or the signal has ended waiting. */
  readonly ready: Promise<void>
  /** Indexes the whole catalogue again. Rejects when the read store cannot be asked; the index stays as it is. */
  readonly refresh: () => Promise<void>
  readonly status: () => IndexingStatus
}

const FIRST_BACKOFF_MS = 50
const LONGEST_BACKOFF_MS = 5_000
/** Cutting texts takes a third of a millisecond each; so many in a row hold up a request for some 30 ms. */
const PUT_AT_ONCE = 100

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
  /** For each refresh under way, what changed since it began: what it read of that may be out of date. */
  const newer = new Set<Set<string>>()
  let following = false
  let isFilled = false
  let failures = 0

  const refresh = async (): Promise<void> => {
    const changedMeanwhile = new Set<string>()
    newer.add(changedMeanwhile)
    try {
      await readAll(changedMeanwhile)
      failures = 0
      isFilled ||= !signal.aborted
    } catch (error) {
      failures += 1
      throw error
    } finally {
      newer.delete(changedMeanwhile)
    }
    await follow()
  }

  const readAll = async (changedMeanwhile: ReadonlySet<string>): Promise<void> => {
    const gone = new Set(index.productIds())
    let put = 0
    for await (const product of products.allActive()) {
      if (signal.aborted) return
      if (!changedMeanwhile.has(product.productId)) index.put(product)
      gone.delete(product.productId)
      put += 1
      // A read store in this process answers without a turn of the loop, and whoever asks meanwhile would wait for all.
      if (put % PUT_AT_ONCE === 0) await clock.sleep(0, signal)
    }
    for (const productId of gone) changed.add(productId)
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
    for (const ids of newer) ids.add(id)
    void follow()
  })
  if (unsubscribe !== undefined) signal.addEventListener('abort', unsubscribe, { once: true })

  const status = (): IndexingStatus => ({
    isFilled,
    products: index.size().products,
    waiting: changed.size,
    failures,
  })

  return { search: index.search, suggest: index.suggest, ready, refresh, status }
}
