import type { Category } from '~/api/types'

/** The shop's categories in the reader's language; empty while the catalogue cannot be reached. */
export const useCategories = () => {
  const api = useApi()
  const { locale } = useI18n()
  const { data } = useAsyncData(
    () => `categories-${locale.value}`,
    async (): Promise<readonly Category[]> =>
      (await api.GET('/api/categories', { params: { query: { lang: locale.value } } })).data?.items ?? [],
    { default: () => [], watch: [locale], dedupe: 'defer' },
  )
  return data
}
