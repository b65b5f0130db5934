import { type CartProduct, rowsOf, totalsOfRows } from '~/cart/rows'

/** How old prices and stock may be when the buyer comes back to the page. */
const FRESH_MS = 20_000

/**
 * The cart's lines with today's titles, prices and stock. `state` is `loading` until every line has been asked for once,
 * `failed` when the shop could not be reached; then `load` asks again.
 */
export const useCartDetails = () => {
  const api = useApi()
  const { locale } = useI18n()
  const { lines, isReady, sync } = useCart()
  const products = useState<Readonly<Record<string, CartProduct | null>>>('cart-products', () => ({}))
  const loadedAtMs = useState('cart-products-at', () => 0)
  const language = useState('cart-products-language', () => '')
  const hasFailed = ref(false)
  const isLoading = ref(false)
  let newest = 0

  /** Null stands for a product that is not sold (any more). */
  const load = async (): Promise<void> => {
    const ids = lines.value.map(({ productId }) => productId)
    newest += 1
    const mine = newest
    if (ids.length === 0) return
    isLoading.value = true
    const lang = locale.value
    const { data } = await api
      .GET('/api/products', { params: { query: { ids: ids.join(','), lang } } })
      .catch(() => ({ data: undefined }))
    if (mine !== newest) return
    isLoading.value = false
    hasFailed.value = data === undefined
    if (data === undefined) return
    const missing = Object.fromEntries(ids.map((id) => [id, null]))
    products.value = {
      ...missing,
      ...Object.fromEntries(data.items.map((product) => [product.productId, product])),
    }
    loadedAtMs.value = Date.now()
    language.value = lang
  }

  const isComplete = computed(() =>
    lines.value.every(({ productId }) => products.value[productId] !== undefined),
  )
  const state = computed<'loading' | 'failed' | 'empty' | 'ready'>(() => {
    if (!isReady.value) return 'loading'
    if (lines.value.length === 0) return 'empty'
    if (isComplete.value) return 'ready'
    return hasFailed.value ? 'failed' : 'loading'
  })
  const rows = computed(() => {
    const known = Object.values(products.value).filter((product) => product !== null)
    return rowsOf(lines.value, new Map(known.map((product) => [product.productId, product])))
  })
  const totals = computed(() => totalsOfRows(rows.value))
  const currency = computed(
    () => rows.value.find(({ product }) => product !== undefined)?.product?.currency ?? 'JPY',
  )

  const loadWhenStale = (): void => {
    const isStale = Date.now() - loadedAtMs.value > FRESH_MS || language.value !== locale.value
    if (isReady.value && (isStale || !isComplete.value)) void load()
  }
  const lookAgain = (): void => {
    if (document.visibilityState !== 'visible') return
    void sync({ refresh: true })
    loadWhenStale()
  }
  onMounted(() => {
    loadWhenStale()
    if (isReady.value) void sync({ refresh: true })
    document.addEventListener('visibilitychange', lookAgain)
    window.addEventListener('online', loadWhenStale)
  })
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', lookAgain)
    window.removeEventListener('online', loadWhenStale)
  })
  watch([isReady, isComplete, locale], loadWhenStale)

  return { state, rows, totals, currency, isLoading, hasFailed, load }
}
