import type { ProductPage } from '~/api/types'
import { withoutSearch, writeFilters } from '~/catalogue/product-filters'
import type { ProductFilters } from '~/catalogue/product-filters'

/** Six full rows of four, eight of three, twelve of two. */
const PAGE_SIZE = 24

/**
 * The products that pass `filters`, one page of them. While other filters are being asked for, the products of the last
 * ones stay (`isWaiting`), so that the page does not jump. Where the search is away, what needs none is listed all the
 * same, without the numbers beside the filters. `hasTrouble` from an answer that did not come until one does;
 * `again` asks anew.
 */
export const useProductsList = (filters: () => ProductFilters, size = PAGE_SIZE) => {
  const api = useApi()
  const { locale } = useI18n()
  const address = () => new URLSearchParams(writeFilters(filters())).toString()
  const asked = useAsyncData(
    () => `products:${locale.value}:${size}:${address()}`,
    async (_app, { signal }): Promise<ProductPage> => {
      const { inStock, ...query } = filters()
      const common = { size, lang: locale.value }
      const found = await api.GET('/api/products/search', {
        params: { query: { ...query, ...common, ...(inStock ? { inStock: 'true' as const } : {}) } },
        signal,
      })
      if (found.data !== undefined) return found.data
      const plain = found.error.code === 'search-unavailable' ? withoutSearch(filters()) : undefined
      if (plain === undefined) throw createError({ statusCode: found.response.status })
      const listed = await api.GET('/api/products', { params: { query: { ...plain, ...common } }, signal })
      if (listed.data === undefined) throw createError({ statusCode: listed.response.status })
      return listed.data
    },
    { lazy: true },
  )
  const { data, status, refresh } = asked
  const isRetrying = ref(false)
  const again = async (): Promise<void> => {
    isRetrying.value = true
    await refresh()
    isRetrying.value = false
  }
  return {
    list: data,
    isWaiting: computed(() => status.value === 'pending' || status.value === 'idle'),
    hasTrouble: computed(() => status.value === 'error' || isRetrying.value),
    again,
    /** While rendering on the server: when the answer is there, or known not to come. */
    answered: asked.then(() => undefined),
  }
}
