import { hasEnded } from '~/payment/order-news'

/** Long enough to read one sentence. */
const READING_MS = 1_800

/**
 * Goes on to the result once the order ends while the reader watches. A page that was opened on an ended order stays:
 * whoever came back to it by the back button came back on purpose.
 */
export const usePaymentMove = ({ order }: LiveOrderView) => {
  const localePath = useLocalePath()
  const router = useRouter()
  const wasEnded = hasEnded(order.value)
  const path = localePath(`/orders/${order.value.orderId}/result`)
  let timer: ReturnType<typeof setTimeout> | undefined
  onMounted(() => {
    // Fetched while there is time, so that a poor connection does not stand between paying and knowing.
    void preloadRouteComponents(path)
  })
  watch(
    () => hasEnded(order.value),
    (isOver) => {
      if (isOver && !wasEnded) timer = setTimeout(() => void router.replace(path), READING_MS)
    },
  )
  onBeforeUnmount(() => {
    clearTimeout(timer)
  })
}
