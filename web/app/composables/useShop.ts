import type { NuxtApp } from '#app'
import type { paths } from '~/api/schema'

export type Shop = paths['/api/shop']['get']['responses'][200]['content']['application/json']

/** A shop's particulars change with a restart: asked once per language, and again only when somebody presses retry. */
const known = (key: string, nuxtApp: NuxtApp, { cause }: { cause: string }): Shop | undefined =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the key is this question's alone
  cause === 'refresh:manual' ? undefined : (nuxtApp.payload.data[key] as Shop | undefined)

/**
 * Who sells, how one can pay and what an order may hold, in the reader's language. `data` is undefined while the API
 * cannot be reached; `refresh` asks again. Awaiting the call waits for the first answer.
 */
export const useShop = () => {
  const api = useApi()
  const { locale } = useI18n()
  return useAsyncData(
    () => `shop-${locale.value}`,
    async (): Promise<Shop | undefined> => {
      const query = { lang: locale.value }
      const { data } = await api.GET('/api/shop', { params: { query } }).catch(() => ({ data: undefined }))
      return data
    },
    { dedupe: 'defer', getCachedData: known },
  )
}
