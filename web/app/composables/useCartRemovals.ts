import type { RemovedLine } from './useCart'

/** What was just taken out of the cart, so that it can be put back. Shared by the drawer and the page. */
export const useCartRemovals = () => {
  const cart = useCart()
  const removed = useState<(RemovedLine & { readonly title: string }) | undefined>(
    'cart-removed',
    () => undefined,
  )

  const remove = (productId: string, title: string): void => {
    removed.value = { ...cart.remove(productId), title }
  }
  /** Answers which line is there again. */
  const undo = (): string | undefined => {
    if (removed.value === undefined) return undefined
    const { productId, quantity, index } = removed.value
    cart.putBack({ productId, quantity, index })
    removed.value = undefined
    return productId
  }
  const forget = (): void => {
    removed.value = undefined
  }
  return { removed: readonly(removed), remove, undo, forget }
}
