import type { Product } from '~/api/types'

/**
 * One product. `look` asks again without disturbing what is shown: no answer changes nothing, and a product that is
 * no longer sold stays on the page with `isGone`.
 */
export const useProductsItem = (productId: string) => {
  const api = useApi()
  const { locale } = useI18n()
  const isGone = ref(false)
  const ask = (signal?: AbortSignal) =>
    api.GET('/api/products/{id}', {
      params: { path: { id: productId }, query: { lang: locale.value } },
      ...(signal === undefined ? {} : { signal }),
    })

  const asked = useAsyncData(
    `product:${locale.value}:${productId}`,
    async (_app, { signal }): Promise<Product> => {
      const { data, response } = await ask(signal)
      if (data === undefined) throw createError({ statusCode: response.status })
      return data
    },
    { lazy: true },
  )

  const look = async (): Promise<void> => {
    const answer = await ask(AbortSignal.timeout(LOOK_TIMEOUT_MS)).catch(() => undefined)
    if (answer?.data !== undefined) {
      asked.data.value = answer.data
      isGone.value = false
    } else if (answer?.response.status === 404) isGone.value = true
  }

  return { asked, product: asked.data, isGone, look }
}

const LOOK_TIMEOUT_MS = 10_000
