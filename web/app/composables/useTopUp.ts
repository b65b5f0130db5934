import { newOrderKey } from '~/checkout/pending-order'
import { pendingIn, type PendingTopUp, type ToppingUp, toppingUpOf } from '~/wallet/top-up'

/** What the last press came to, with the amount it was about. */
export type TopUpNews = Exclude<ToppingUp, { kind: 'signed-out' | 'stale-token' }> & {
  readonly amountMinor: number
}

const PENDING_KEY = 'kessai.top-up'
/** Longer than the shop takes for anything; after it the outcome is unknown, not failed. */
const PATIENCE_MS = 15_000

/** Paying money into one's own wallet. Nothing about it is optimistic: it is booked when the shop says so. */
export const useTopUp = () => {
  const api = useApi()
  const position = useWalletPosition()
  const signIn = useOrderSignIn()
  const { refresh } = useSession()
  const news = ref<TopUpNews>()
  const isBusy = ref(false)
  let inMemory: PendingTopUp | undefined

  const pending = (): PendingTopUp | undefined => {
    try {
      return pendingIn(window.sessionStorage.getItem(PENDING_KEY), Date.now()) ?? inMemory
    } catch {
      return inMemory
    }
  }
  /** Written down before the request leaves: its answer may never come. */
  const keep = (record: PendingTopUp | undefined): void => {
    inMemory = record
    try {
      if (record === undefined) window.sessionStorage.removeItem(PENDING_KEY)
      else window.sessionStorage.setItem(PENDING_KEY, JSON.stringify(record))
    } catch {
      // Then this page alone remembers.
    }
  }

  const send = async (key: string, amountMinor: number): Promise<ToppingUp> => {
    try {
      return toppingUpOf(
        await api.POST('/api/wallet/deposits', {
          headers: { 'idempotency-key': key },
          body: { amountMinor },
          signal: AbortSignal.timeout(PATIENCE_MS),
        }),
      )
    } catch {
      return { kind: 'unsure' }
    }
  }

  /** Resolves when the page has something to show, or has been left. */
  const book = async (amountMinor: number): Promise<void> => {
    if (isBusy.value) return
    isBusy.value = true
    news.value = undefined
    try {
      const before = pending()
      const key = before?.key ?? newOrderKey()
      keep({ key, amountMinor, atMs: Date.now() })
      let came = await send(key, amountMinor)
      if (came.kind === 'stale-token' && (await refresh()).authenticated) came = await send(key, amountMinor)
      // A refusal says nothing of an earlier request with this key whose answer was lost.
      const isOpen = came.kind === 'unsure' || (before !== undefined && !SETTLING.has(came.kind))
      if (!isOpen) keep(undefined)
      if (came.kind === 'booked') position.value = came.position
      if (came.kind === 'signed-out') await signIn()
      else news.value = { ...(came.kind === 'stale-token' ? { kind: 'refused' } : came), amountMinor }
    } finally {
      isBusy.value = false
    }
  }

  /** The amount of a top-up that this tab lost sight of, which is told as such. */
  const recall = (): number | undefined => {
    const record = pending()
    if (record !== undefined) news.value = { kind: 'unsure', amountMinor: record.amountMinor }
    return record?.amountMinor
  }

  return { book, recall, news: readonly(news), isBusy: readonly(isBusy) }
}

/** After these it is known what became of every request with the key. */
const SETTLING: ReadonlySet<ToppingUp['kind']> = new Set(['booked', 'booked-before'])
