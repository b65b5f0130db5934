import type { CartLimits } from './lines.ts'
import { parsedCart, type StoredCart } from './stored-cart.ts'
import type { CartShelf } from './sync.ts'

export const CART_KEY = 'kessai.cart'

/**
 * The cart in the browser's storage. Every change reads what is there first, so that tabs do not overwrite each other;
 * where the browser forbids storage the cart lives as long as the page.
 */
export const browserShelf = (
  storage: () => Pick<Storage, 'getItem' | 'setItem'>,
  limits: () => CartLimits,
  show: (cart: StoredCart) => void,
): CartShelf => {
  let inMemory: StoredCart | undefined
  const read = (): StoredCart => {
    if (inMemory !== undefined) return inMemory
    try {
      return parsedCart(storage().getItem(CART_KEY))
    } catch {
      return parsedCart(null)
    }
  }
  return {
    read,
    limits,
    change: (to) => {
      const before = read()
      const cart = to(before)
      if (cart !== before) {
        try {
          storage().setItem(CART_KEY, JSON.stringify(cart))
          inMemory = undefined
        } catch {
          inMemory = cart
        }
      }
      show(cart)
    },
  }
}
