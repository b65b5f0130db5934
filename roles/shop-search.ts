import type { Logger } from 'pino'
import type { ReadinessPart } from '#api/dependencies.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { ActiveGenerations } from '#projections/rebuild/active-generations.ts'
import { PRODUCTS } from '#projections/products/collection.ts'
import { productQueries } from '#projections/products/queries.ts'
import { startProductSearch, type RunningProductSearch } from '#projections/product-search/feed.ts'
import type { Projections } from '#projections/runner.ts'
import { searchReadiness } from './search-readiness.ts'

export interface ShopSearchOptions {
  readonly models: ActiveGenerations
  /** Undefined where the projections run in another process. */
  readonly projections: Projections | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly logger: Logger
}

export interface ShopSearch {
  readonly search: RunningProductSearch
  readonly readiness: () => ReadinessPart
}

const REFRESH_EVERY_MS = 15_000

/** The search index of this process, kept in step with the products that are read. */
export const startShopSearch = ({
  models,
  projections,
  clock,
  signal,
  logger,
}: ShopSearchOptions): ShopSearch => {
  const search = startProductSearch({
    products: productQueries(models.readStore),
    clock,
    signal,
    ...(projections === undefined ? {} : { onChange: projections.onChange }),
    onError: (error) => {
      logger.warn({ error: String(error) }, 'The search index could not follow the catalogue')
    },
  })
  const refresh = (): Promise<void> =>
    search.refresh().catch((error: unknown) => {
      logger.warn({ error: String(error) }, 'The search index could not be refreshed')
    })
  /** Where the projections run elsewhere nobody says that a product changed, so the index is made again in turn. */
  const refreshing = async (): Promise<void> => {
    await search.ready
    while (!signal.aborted) {
      await clock.sleep(REFRESH_EVERY_MS, signal)
      await refresh()
    }
  }
  if (projections === undefined) void refreshing()
  // The other copy may hold other documents, and only this process has an index of them.
  projections?.onSwitch((name) => {
    if (name !== PRODUCTS.name) return
    models.lookAgain()
    void refresh()
  })
  return {
    search,
    readiness: searchReadiness(search.status, () =>
      (projections?.status() ?? []).every(({ name, caughtUp }) => name !== PRODUCTS.name || caughtUp),
    ),
  }
}
