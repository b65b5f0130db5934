import type { paths } from '~/api/schema'

export type StaffProduct =
  paths['/api/ops/products/{productId}']['get']['responses'][200]['content']['application/json']

export const STAFF_STATUSES = ['ACTIVE', 'INACTIVE'] as const
export type StaffStatus = (typeof STAFF_STATUSES)[number]

const PAGE_SIZE = 20

const textIn = (query: unknown): string => (typeof query === 'string' ? query.slice(0, 200) : '')
const pageIn = (query: unknown): number => {
  const page = Number(query)
  return Number.isInteger(page) && page >= 1 && page <= 10_000 ? page : 1
}

/** All products, as the address says: what is looked for, in which state, which page. */
export const useStaffProducts = async () => {
  const api = useApi()
  const route = useRoute()
  const { locale } = useI18n()
  const signIn = useOrderSignIn()
  const q = computed(() => textIn(route.query.q))
  const status = computed(() => STAFF_STATUSES.find((one) => one === route.query.status))
  const page = computed(() => pageIn(route.query.page))
  const asked = useAsyncData(
    () => `staff-products-${locale.value}-${q.value}-${status.value ?? 'all'}-${page.value}`,
    async () => {
      const query = {
        page: page.value,
        size: PAGE_SIZE,
        lang: locale.value,
        ...(q.value === '' ? {} : { q: q.value }),
        ...(status.value === undefined ? {} : { status: status.value }),
      }
      const reply = await api.GET('/api/ops/products', { params: { query } }).catch(() => undefined)
      if (reply?.response.status === 401) return 'signed-out' as const
      return reply?.data ?? ('unavailable' as const)
    },
  )
  const { data, refresh } = asked
  const leave = async () => {
    if (data.value === 'signed-out') await signIn()
  }
  watch(data, leave)
  await asked
  await leave()
  const list = computed(() => (typeof data.value === 'object' ? data.value : undefined))
  return {
    q,
    status,
    page,
    list,
    pages: computed(() => Math.max(1, Math.ceil((list.value?.total ?? 0) / PAGE_SIZE))),
    isUnavailable: computed(() => data.value === 'unavailable'),
    retry: () => refresh(),
  }
}
