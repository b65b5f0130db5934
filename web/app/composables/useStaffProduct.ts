import type { StaffProduct } from '~/composables/useStaffProducts'

/** One product as staff see it; `show` puts in its place what a change answered. */
export const useStaffProduct = async (productId: string) => {
  const api = useApi()
  const { locale } = useI18n()
  const signIn = useOrderSignIn()
  const asked = useAsyncData(`staff-product-${locale.value}-${productId}`, async () => {
    const reply = await api
      .GET('/api/ops/products/{productId}', {
        params: { path: { productId }, query: { lang: locale.value } },
      })
      .catch(() => undefined)
    if (reply?.data !== undefined) return reply.data
    if (reply?.response.status === 401) return 'signed-out' as const
    return reply?.response.status === 404 ? ('missing' as const) : ('unavailable' as const)
  })
  const { data, refresh } = asked
  await asked
  if (data.value === 'signed-out') await signIn()
  if (data.value === 'missing')
    throw createError({ statusCode: 404, statusMessage: 'Not Found', fatal: true })
  return {
    product: computed(() => (typeof data.value === 'object' ? data.value : undefined)),
    show: (changed: StaffProduct): void => {
      data.value = changed
    },
    retry: () => refresh(),
  }
}
