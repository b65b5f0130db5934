import type { WalletEntries } from '~/api/types'

const PATIENCE_MS = 10_000
const PAGE_SIZE = 10
const KEY = 'wallet-entries'

/**
 * The statement, newest first. `older` adds the page before what is shown; `refresh` begins anew at the newest, and
 * leaves what is shown as it was where the shop does not answer.
 */
export const useWalletStatement = () => {
  const api = useApi()
  const position = useWalletPosition()
  const pages = ref<readonly WalletEntries[]>([])
  const isAsking = ref(false)
  const hasOlderFailed = ref(false)

  const ask = async (after?: number) => {
    const query = {
      limit: PAGE_SIZE,
      ...(after === undefined ? {} : { after }),
      ...(position.value === undefined ? {} : { position: position.value }),
    }
    const reply = await api
      .GET('/api/wallet/entries', { params: { query }, signal: AbortSignal.timeout(PATIENCE_MS) })
      .catch(() => undefined)
    if (reply?.response.status === 401) return 'signed-out' as const
    return reply?.data ?? ('failed' as const)
  }

  const { data: known } = useNuxtData<Awaited<ReturnType<typeof ask>>>(KEY)
  const { data, status, refresh } = useAsyncData(KEY, async () => {
    const found = await ask()
    return found === 'failed' ? (known.value ?? found) : found
  })
  const newest = computed(() => (typeof data.value === 'object' ? (data.value ?? undefined) : undefined))
  // Pages that follow an older first page are not those that follow this one.
  watch(newest, () => {
    pages.value = []
  })
  const next = computed(() => (pages.value.at(-1) ?? newest.value)?.next)

  /** Answers how many entries came. */
  const older = async (): Promise<number> => {
    const first = newest.value
    if (isAsking.value || next.value === undefined) return 0
    isAsking.value = true
    hasOlderFailed.value = false
    const found = await ask(next.value)
    isAsking.value = false
    if (first !== newest.value) return 0
    hasOlderFailed.value = typeof found === 'string'
    if (typeof found === 'string') return 0
    pages.value = [...pages.value, found]
    return found.items.length
  }

  return {
    entries: computed(() => [newest.value, ...pages.value].flatMap((page) => page?.items ?? [])),
    state: computed(() =>
      typeof data.value === 'string'
        ? data.value
        : newest.value !== undefined
          ? 'there'
          : status.value === 'error'
            ? 'failed'
            : 'loading',
    ),
    hasOlder: computed(() => next.value !== undefined),
    isAsking: readonly(isAsking),
    hasOlderFailed: readonly(hasOlderFailed),
    older,
    refresh: () => refresh(),
  }
}
