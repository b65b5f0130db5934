import type { useCartDetails } from './useCartDetails'

export interface PriceChange {
  readonly productId: string
  readonly title: string
  readonly beforeMinor: number
  readonly nowMinor: number
}

/** The prices the buyer was first shown on this page, against those of now: a difference must be agreed to. */
export const useCheckoutPrices = ({ rows, state }: ReturnType<typeof useCartDetails>) => {
  const agreed = ref<Readonly<Record<string, number>>>({})

  const changes = computed<readonly PriceChange[]>(() =>
    rows.value.flatMap(({ productId, product }) => {
      const beforeMinor = agreed.value[productId]
      if (product === undefined || beforeMinor === undefined || beforeMinor === product.priceMinor) return []
      return [{ productId, title: product.title, beforeMinor, nowMinor: product.priceMinor }]
    }),
  )
  /** What the same lines cost at the agreed prices. */
  const agreedTotalMinor = computed(() =>
    rows.value.reduce(
      (sum, { productId, quantity, product }) =>
        sum + quantity * (agreed.value[productId] ?? product?.priceMinor ?? 0),
      0,
    ),
  )
  /** The buyer pressed with the changes in sight. */
  const agree = (): void => {
    agreed.value = Object.fromEntries(
      rows.value.flatMap(({ productId, product }) =>
        product === undefined ? [] : [[productId, product.priceMinor]],
      ),
    )
  }
  watch(
    [rows, state],
    () => {
      if (state.value !== 'ready') return
      const fresh = rows.value.flatMap(({ productId, product }) =>
        product === undefined || agreed.value[productId] !== undefined
          ? []
          : [[productId, product.priceMinor] as const],
      )
      if (fresh.length > 0) agreed.value = { ...agreed.value, ...Object.fromEntries(fresh) }
    },
    { immediate: true },
  )
  return { changes, agreedTotalMinor, agree }
}
