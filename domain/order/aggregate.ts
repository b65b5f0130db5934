import type { Aggregate } from '../decider.ts'
import { orderCodec } from './codec.ts'
import type { OrderCommand, OrderRefusal } from './commands.ts'
import { orderDecider, type OrderState } from './decider.ts'
import type { OrderEvent } from './events.ts'

/** Streams `order-…`. */
export const order: Aggregate<OrderState, OrderCommand, OrderEvent, OrderRefusal> = {
  category: 'order',
  decider: orderDecider,
  codec: orderCodec,
}
