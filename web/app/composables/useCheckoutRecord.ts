import { ORDER_RECORD_KEY, type OrderRecord, validRecord } from '~/checkout/pending-order'

/** How long an order waits for its payment where the shop has not said it. */
const USUAL_WINDOW_MS = 15 * 60_000

/** The browser's record of the order under way, see `checkout/pending-order.ts`; shared by all tabs. */
export const useCheckoutRecord = () => {
  const { data: shop } = useShop()
  const record = ref<OrderRecord>()
  let inMemory: OrderRecord | undefined

  const read = (): OrderRecord | undefined => {
    try {
      const text = window.localStorage.getItem(ORDER_RECORD_KEY)
      record.value = validRecord(text, Date.now(), shop.value?.paymentWindowMs ?? USUAL_WINDOW_MS) ?? inMemory
    } catch {
      record.value = inMemory
    }
    return record.value
  }
  /** Answers what is written there afterwards: another tab may have been there in the same instant. */
  const write = (next: OrderRecord): OrderRecord => {
    try {
      window.localStorage.setItem(ORDER_RECORD_KEY, JSON.stringify(next))
      inMemory = undefined
    } catch {
      inMemory = next
    }
    return read() ?? next
  }
  const clear = (): void => {
    inMemory = undefined
    try {
      window.localStorage.removeItem(ORDER_RECORD_KEY)
    } catch {
      // It was never written.
    }
    record.value = undefined
  }

  const onStorage = ({ key }: StorageEvent): void => {
    if (key === ORDER_RECORD_KEY || key === null) read()
  }
  onMounted(() => {
    read()
    window.addEventListener('storage', onStorage)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('storage', onStorage)
  })
  return { record: readonly(record), read, write, clear }
}
