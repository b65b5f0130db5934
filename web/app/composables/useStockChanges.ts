import type { Product } from '~/api/types'
import { stockChange } from '~/catalogue/stock'
import type { StockChange } from '~/catalogue/stock'

/** What changed about a product since its page was opened: how the stock went, and the price of then where it is another. */
export const useStockChanges = (product: () => Product | null | undefined) => {
  const opened = shallowRef<Product>()
  const stock = ref<StockChange>()
  watch(
    product,
    (now, before) => {
      if (now === null || now === undefined) return
      opened.value ??= now
      if (before === null || before === undefined) return
      // Unchanged stock leaves what was said standing; more of it takes a warning back.
      if (now.available !== before.available) stock.value = stockChange(before, now)
    },
    { immediate: true },
  )
  const oldPrice = computed(() => {
    const now = product()
    const then = opened.value
    return now === null || now === undefined || then === undefined || then.priceMinor === now.priceMinor
      ? undefined
      : { amountMinor: then.priceMinor, currency: then.currency }
  })
  return { stock: readonly(stock), oldPrice }
}
