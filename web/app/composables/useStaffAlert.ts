import type { paths } from '~/api/schema'

export type StaffAlert = paths['/api/ops/alerts/{id}']['get']['responses'][200]['content']['application/json']

/** One alert, kept as it is now; `follow` asks for one that is at least as new as what somebody just wrote. */
export const useStaffAlert = async (id: string) => {
  const api = useApi()
  const signIn = useOrderSignIn()
  const ask = async (position?: number) => {
    const reply = await api
      .GET('/api/ops/alerts/{id}', {
        params: { path: { id }, query: position === undefined ? {} : { position } },
      })
      .catch(() => undefined)
    if (reply?.data !== undefined) return reply.data
    if (reply?.response.status === 401) return 'signed-out' as const
    return reply?.response.status === 404 ? ('missing' as const) : ('unavailable' as const)
  }
  const asked = useAsyncData(`staff-alert-${id}`, () => ask())
  const { data, refresh } = asked
  /** Never moves backwards: an answer that was under way while somebody wrote may be older. */
  const take = (now: Awaited<ReturnType<typeof ask>>): void => {
    const isOlder =
      typeof now === 'object' && typeof data.value === 'object' && now.position < (data.value?.position ?? 0)
    if (typeof now === 'object' && !isOlder) data.value = now
  }
  // Before anything is awaited: afterwards nobody knows whose page this is.
  useAskAgain(async () => {
    take(await ask())
  })
  await asked
  if (data.value === 'signed-out') await signIn()
  if (data.value === 'missing')
    throw createError({ statusCode: 404, statusMessage: 'Not Found', fatal: true })

  return {
    alert: computed(() => (typeof data.value === 'object' ? data.value : undefined)),
    follow: async (position: number): Promise<void> => {
      take(await ask(position))
    },
    retry: () => refresh(),
  }
}
