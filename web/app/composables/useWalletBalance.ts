import type { Money } from './useMoney'

const PATIENCE_MS = 10_000
const KEY = 'wallet-balance'

/** Where the reader's own last top-up stands in the log: whatever is asked for after it is at least as new. */
export const useWalletPosition = () => useState<number | undefined>('wallet-position', () => undefined)

/**
 * What the reader's wallet holds. `balance` is undefined until it is known; `state` is `failed` when the shop never
 * said, and `signed-out` when it does not know the reader any more. What was known stays until more is known.
 */
export const useWalletBalance = () => {
  const api = useApi()
  const position = useWalletPosition()
  const { data: known } = useNuxtData<Money | 'signed-out' | 'failed'>(KEY)
  const { data, status, refresh } = useAsyncData(KEY, async () => {
    const query = position.value === undefined ? {} : { position: position.value }
    const reply = await api
      .GET('/api/wallet', { params: { query }, signal: AbortSignal.timeout(PATIENCE_MS) })
      .catch(() => undefined)
    if (reply?.response.status === 401) return 'signed-out' as const
    return reply?.data?.balance ?? known.value ?? ('failed' as const)
  })
  return {
    balance: computed(() => (typeof data.value === 'object' ? (data.value ?? undefined) : undefined)),
    state: computed(() =>
      typeof data.value === 'string'
        ? data.value
        : data.value !== undefined && data.value !== null
          ? 'there'
          : status.value === 'error'
            ? 'failed'
            : 'loading',
    ),
    refresh: () => refresh(),
  }
}
