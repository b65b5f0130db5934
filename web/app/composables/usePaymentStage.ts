import { hasEnded } from '~/payment/order-news'
import { paymentStage } from '~/payment/payment-stage'

/** Longer than a fresh code takes while PayPay answers at all. */
const RENEWAL_PATIENCE_MS = 30_000
const SLOW_AFTER_MS = 10_000
const ASK_AGAIN_MS = 15_000
/** With the pace above five minutes; the shop's own asking goes on longer. */
const MOST_REPEATS = 20

/** Which stage the payment is in, and what time alone does to it. */
export const usePaymentStage = (live: LiveOrderView, deeds: PaymentDeeds) => {
  const asked = computed(() =>
    deeds.verdict.value?.position === live.order.value.position ? deeds.verdict.value.asked : undefined,
  )
  const stage = computed(() =>
    paymentStage({
      order: live.order.value,
      serverNowMs: live.nowMs.value,
      asked: asked.value,
      renewing: deeds.renewing.value,
    }),
  )

  /** Things take longer than they should: say so. */
  const isSlow = ref(false)
  const isRenewalLate = ref(false)
  let repeats = 0
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const later = (delayMs: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      work()
    }, delayMs)
    timers.add(timer)
  }
  const clear = (): void => {
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
  }
  const repeat = (): void => {
    if (stage.value !== 'unknown' || repeats >= MOST_REPEATS) return
    repeats += 1
    if (document.visibilityState === 'visible') void deeds.confirm()
    later(ASK_AGAIN_MS, repeat)
  }
  const begin = (): void => {
    clear()
    isSlow.value = false
    if (stage.value === 'preparing' || stage.value === 'taking')
      later(SLOW_AFTER_MS, () => (isSlow.value = true))
    if (stage.value === 'unknown') later(ASK_AGAIN_MS, repeat)
    else repeats = 0
    if (deeds.renewing.value !== undefined)
      later(RENEWAL_PATIENCE_MS, () => {
        deeds.renewing.value = undefined
        isRenewalLate.value = true
      })
  }
  onMounted(begin)
  onBeforeUnmount(clear)
  watch([stage, deeds.renewing], begin)
  watch(
    () => live.order.value.payment?.merchantPaymentId,
    () => {
      isRenewalLate.value = false
    },
  )

  const isEnded = computed(() => hasEnded(live.order.value))
  return { stage, asked, isSlow: readonly(isSlow), isRenewalLate: readonly(isRenewalLate), isEnded }
}
