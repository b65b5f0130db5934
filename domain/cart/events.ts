import { z } from 'zod'
import type { Event } from '../event.ts'
import { ProductId } from '../ids.ts'

/** So many units of one product. Whether it is still offered, and at which price, is not the cart's to say. */
export const CartLine = z.object({ productId: ProductId, quantity: z.int().positive() })
export type CartLine = z.infer<typeof CartLine>

/**
 * A customer's cart now holds exactly this. Written through the shop's API whenever a page changed it. The whole cart
 * every time, so that the newest event alone tells it and the log keeps no more than a few. Reserves and promises nothing.
 */
export const CartChanged = z.object({
  /** In the order they were put in; empty once the cart was emptied. */
  items: z.array(CartLine),
})

export type CartEvent = Event<'CartChanged', typeof CartChanged>
