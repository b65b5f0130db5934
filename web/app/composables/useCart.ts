import type { CartSaving } from '~/cart/keeper'
import { type CartLimits, type CartLine, type CartOperation, quantityOf, USUAL_LIMITS } from '~/cart/lines'

export type { CartLine }

/** `quantity-limit`: there are as many of it as one order may have. `line-limit`: no room for another product. */
export type CartAddition = 'added' | 'quantity-limit' | 'line-limit'

export interface RemovedLine extends CartLine {
  /** Where in the cart it was. */
  readonly index: number
}

/** What the parts of the shop's pages share of the cart. It is empty until the page has been taken over by the browser. */
export const useCartState = () => ({
  lines: useState<CartLine[]>('cart', () => []),
  /** Whether the cart has been restored; before that nobody knows what is in it. */
  isReady: useState('cart-ready', () => false),
  saving: useState<CartSaving>('cart-saving', () => 'saved'),
  /** How many lines found no room in the account's cart when both were joined. */
  leftOut: useState('cart-left-out', () => 0),
  limits: useState<CartLimits>('cart-limits', () => USUAL_LIMITS),
  owner: useState<string | undefined>('cart-owner', () => undefined),
})

/**
 * What the visitor means to buy. Changes show at once and survive a reload; for a customer they are sent to the account
 * soon after, where `saving` says how that goes. To be changed in the browser only.
 */
export const useCart = () => {
  const { lines, isReady, saving, leftOut, limits } = useCartState()
  const nuxtApp = useNuxtApp()
  const count = computed(() => lines.value.reduce((sum, { quantity }) => sum + quantity, 0))

  const change = (operation: CartOperation): void => {
    if (import.meta.client) nuxtApp.$cartKeeper.change(operation)
  }

  const add = (productId: string, quantity: number): CartAddition => {
    const before = quantityOf(lines.value, productId)
    change({ type: 'add', productId, quantity })
    const after = quantityOf(lines.value, productId)
    if (after === 0) return 'line-limit'
    return after < before + quantity ? 'quantity-limit' : 'added'
  }
  const setQuantity = (productId: string, quantity: number): void => {
    change({ type: 'set', productId, quantity })
  }
  /** Answers what `putBack` needs to undo it. */
  const remove = (productId: string): RemovedLine => {
    const index = lines.value.findIndex((line) => line.productId === productId)
    const quantity = quantityOf(lines.value, productId)
    change({ type: 'remove', productId })
    return { productId, quantity, index: Math.max(0, index) }
  }
  const putBack = (line: RemovedLine): void => {
    change({ type: 'put-back', ...line })
  }
  /** These were ordered; what was added beyond them meanwhile stays. */
  const takeOut = (items: readonly CartLine[]): void => {
    change({ type: 'take-out', items })
  }
  const sync = async (options?: { readonly refresh?: boolean }): Promise<void> => {
    if (import.meta.client) await nuxtApp.$cartKeeper.sync(options)
  }
  /** The lines as they are stored this very moment, by whichever tab. */
  const look = (): readonly CartLine[] => {
    if (import.meta.client) nuxtApp.$cartKeeper.look()
    return lines.value
  }
  /** After signing out. */
  const leave = (): void => {
    if (import.meta.client) nuxtApp.$cartKeeper.leave()
  }

  return {
    lines: readonly(lines),
    count,
    isReady: readonly(isReady),
    saving: readonly(saving),
    leftOut,
    limits: readonly(limits),
    add,
    setQuantity,
    remove,
    putBack,
    takeOut,
    sync,
    look,
    leave,
  }
}
