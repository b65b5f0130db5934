import type { ProductPage } from '~/api/types'
import { writeFilters } from '~/catalogue/product-filters'
import type { ProductFilters } from '~/catalogue/product-filters'

/** Six full rows of four, eight of three, twelve of two. */
const PAGE_SIZE = 24

/**
 * The products that pass `filters`, one page of them. While other filters are being asked for, the products of the last
 * ones stay (`isWaiting`), so that the page does not jump. `hasTrouble` from an answer that did not come until one does;
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
      const { data: page, response } = await api.GET('/api/products/search', {
        params: {
          query: { ...query, size, lang: locale.value, ...(inStock ? { inStock: 'true' as const } : {}) },
        },
        signal,
      })
      if (page === undefined) throw createError({ statusCode: response.status })
      return page
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
