import type { paths } from '~/api/schema'

type List = paths['/api/ops/alerts']['get']['responses'][200]['content']['application/json']
export type StaffAlertRow = List['items'][number]
type Query = NonNullable<paths['/api/ops/alerts']['get']['parameters']['query']>

export const ALERT_STATES = ['OPEN', 'NEW', 'ACKNOWLEDGED', 'RESOLVED', 'ALL'] as const
export type AlertState = (typeof ALERT_STATES)[number]
export const ALERT_SEVERITIES = ['P1', 'P2'] as const

const PAGE_SIZE = 20

const textIn = (query: unknown, longest: number): string =>
  typeof query === 'string' ? query.trim().slice(0, longest) : ''

/** The alerts that the address asks for, kept as they are now while the page is open. */
export const useStaffAlerts = async () => {
  const api = useApi()
  const route = useRoute()
  const signIn = useOrderSignIn()
  const state = computed<AlertState>(() => ALERT_STATES.find((one) => one === route.query.status) ?? 'OPEN')
  const severity = computed(() => ALERT_SEVERITIES.find((one) => one === route.query.severity))
  const rule = computed(() => textIn(route.query.rule, 64))
  const orderId = computed(() => textIn(route.query.orderId, 200))
  const after = computed(() => {
    const place = Number(textIn(route.query.after, 20))
    return Number.isSafeInteger(place) && place > 0 ? place : undefined
  })
  const query = computed<Query>(() => ({
    limit: PAGE_SIZE,
    ...(state.value === 'ALL' ? {} : { status: state.value }),
    ...(severity.value === undefined ? {} : { severity: severity.value }),
    ...(rule.value === '' ? {} : { rule: rule.value }),
    ...(orderId.value === '' ? {} : { orderId: orderId.value }),
    ...(after.value === undefined ? {} : { after: after.value }),
  }))
  const isStale = ref(false)

  const ask = async () => {
    const reply = await api.GET('/api/ops/alerts', { params: { query: query.value } }).catch(() => undefined)
    if (reply?.response.status === 401) return 'signed-out' as const
    return reply?.data ?? ('unavailable' as const)
  }
  const asked = useAsyncData(() => `staff-alerts-${JSON.stringify(query.value)}`, ask)
  const { data, refresh } = asked
  const leave = async () => {
    if (data.value === 'signed-out') await signIn()
  }
  watch(data, leave)
  // Before anything is awaited: afterwards nobody knows whose page this is.
  useAskAgain(async () => {
    const wanted = query.value
    const now = await ask()
    // Somebody may have chosen something else meanwhile.
    if (wanted !== query.value) return
    isStale.value = now === 'unavailable'
    if (now !== 'unavailable') data.value = now
  })
  await asked
  await leave()

  return {
    state,
    severity,
    rule,
    orderId,
    after,
    list: computed(() => (typeof data.value === 'object' ? data.value : undefined)),
    isUnavailable: computed(() => data.value === 'unavailable'),
    /** What is shown is what was known when the shop last answered. */
    isStale: readonly(isStale),
    retry: () => refresh(),
  }
}
