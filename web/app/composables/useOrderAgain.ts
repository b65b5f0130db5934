import type { Order } from '~/api/types'

/** Puts an order's lines into the cart and goes there; prices and stock are the cart's to tell. */
export const useOrderAgain = () => {
  const cart = useCart()
  const localePath = useLocalePath()
  const isUnderWay = ref(false)
  const again = async ({ lines }: Pick<Order, 'lines'>): Promise<void> => {
    if (isUnderWay.value) return
    isUnderWay.value = true
    for (const { productId, quantity } of lines) cart.add(productId, quantity)
    await navigateTo(localePath('/cart'))
    isUnderWay.value = false
  }
  return { again, isUnderWay: readonly(isUnderWay) }
}
