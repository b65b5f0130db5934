import { defineCodec, type EventCodec } from '../codec.ts'
import { CartChanged, type CartEvent } from './events.ts'

/** How carts stand in the log. */
export const cartCodec: EventCodec<CartEvent> = defineCodec<CartEvent>({
  CartChanged: { version: 1, data: CartChanged },
})
