export const ORDER_FILTERS = ['WAITING_PAYMENT', 'PAID', 'REFUNDED', 'FAILED', 'CANCELLED'] as const
export type OrderFilter = (typeof ORDER_FILTERS)[number]

const PAGE_SIZE = 10

const filterIn = (query: unknown): OrderFilter | undefined => ORDER_FILTERS.find((filter) => filter === query)
const pageIn = (query: unknown): number => {
  const page = Number(query)
  return Number.isInteger(page) && page >= 1 && page <= 10_000 ? page : 1
}

/** The reader's orders, newest first, as the address says: which status, which page. */
export const useOrderList = async () => {
  const api = useApi()
  const route = useRoute()
  const signIn = useOrderSignIn()
  const { session, refresh: askWho } = useSession()
  const status = computed(() => filterIn(route.query.status))
  const page = computed(() => pageIn(route.query.page))
  const asked = useAsyncData(
    () => `orders-${status.value ?? 'all'}-${page.value}`,
    async () => {
      const query = {
        page: page.value,
        size: PAGE_SIZE,
        ...(status.value === undefined ? {} : { status: status.value }),
      }
      const reply = await api.GET('/api/orders', { params: { query } }).catch(() => undefined)
      if (reply?.response.status === 401) return 'signed-out' as const
      return reply?.data ?? ('unavailable' as const)
    },
  )
  const { data, status: loading, refresh } = asked
  const list = computed(() => (typeof data.value === 'object' ? data.value : undefined))
  const leave = async () => {
    if (data.value === 'signed-out') await signIn()
  }
  watch(data, leave)
  await asked
  await leave()
  return {
    list,
    status,
    page,
    pages: computed(() => Math.max(1, Math.ceil((list.value?.total ?? 0) / PAGE_SIZE))),
    state: computed(() =>
      loading.value === 'pending'
        ? 'loading'
        : data.value === 'unavailable' || loading.value === 'error'
          ? 'failed'
          : 'there',
    ),
    retry: () => Promise.all([refresh(), session.value.authenticated ? undefined : askWho()]),
  }
}
