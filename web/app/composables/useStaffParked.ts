import type { paths } from '~/api/schema'

export type ParkedWork =
  paths['/api/ops/parked']['get']['responses'][200]['content']['application/json']['items'][number]

const PAGE_SIZE = 20
const PLACE = /^\d{1,16}\.[\w-]{1,256}$/

/** What stands still, as the address says from where on, kept as it is now while the page is open. */
export const useStaffParked = async () => {
  const api = useApi()
  const route = useRoute()
  const signIn = useOrderSignIn()
  const after = computed(() => {
    const place = route.query.after
    return typeof place === 'string' && PLACE.test(place) ? place : undefined
  })
  const isStale = ref(false)

  const ask = async () => {
    const query = { limit: PAGE_SIZE, ...(after.value === undefined ? {} : { after: after.value }) }
    const reply = await api.GET('/api/ops/parked', { params: { query } }).catch(() => undefined)
    if (reply?.response.status === 401) return 'signed-out' as const
    return reply?.data ?? ('unavailable' as const)
  }
  const asked = useAsyncData(() => `staff-parked-${after.value ?? ''}`, ask)
  const { data, refresh } = asked
  const leave = async () => {
    if (data.value === 'signed-out') await signIn()
  }
  watch(data, leave)
  const lookAgain = async (): Promise<void> => {
    const wanted = after.value
    const now = await ask()
    // Somebody may have turned the page meanwhile.
    if (wanted !== after.value) return
    isStale.value = now === 'unavailable'
    if (now !== 'unavailable') data.value = now
  }
  // Before anything is awaited: afterwards nobody knows whose page this is.
  useAskAgain(lookAgain)
  await asked
  await leave()

  return {
    after,
    list: computed(() => (typeof data.value === 'object' ? data.value : undefined)),
    isUnavailable: computed(() => data.value === 'unavailable'),
    /** What is shown is what was known when the shop last answered. */
    isStale: readonly(isStale),
    lookAgain,
    retry: () => refresh(),
  }
}
