import type { Category } from '~/api/types'

/**
 * One category, for its own page. `null` when there is none of that id; an error when the catalogue cannot be reached. What
 * the header already knows is not asked for again.
 */
export const useProductsCategory = (categoryId: string) => {
  const api = useApi()
  const { locale } = useI18n()
  const { data: known } = useNuxtData<readonly Category[]>(`categories-${locale.value}`)
  return useAsyncData(`category:${locale.value}:${categoryId}`, async (): Promise<Category | null> => {
    const named = ({ categoryId: id }: Category) => id === categoryId
    const before = known.value?.find(named)
    if (before !== undefined) return before
    const { data, response } = await api.GET('/api/categories', { params: { query: { lang: locale.value } } })
    if (data === undefined) throw createError({ statusCode: response.status })
    return data.items.find(named) ?? null
  })
}
