import type { Aggregate } from '../decider.ts'
import { cartCodec } from './codec.ts'
import type { CartCommand, CartRefusal } from './commands.ts'
import { cartDecider, type CartState } from './decider.ts'
import type { CartEvent } from './events.ts'

/** Streams `cart-{customerId}`. */
export const cart: Aggregate<CartState, CartCommand, CartEvent, CartRefusal> = {
  category: 'cart',
  decider: cartDecider,
  codec: cartCodec,
}

/** How many events a cart's stream keeps: the newest is the cart, the others only show how it came about. */
export const KEPT_CARTS = 5
