import type { Aggregate } from '../decider.ts'
import { productCodec } from './codec.ts'
import type { ProductCommand, ProductRefusal } from './commands.ts'
import { productDecider, type ProductState } from './decider.ts'
import type { ProductEvent } from './events.ts'

/** Streams `product-…`. */
export const product: Aggregate<ProductState, ProductCommand, ProductEvent, ProductRefusal> = {
  category: 'product',
  decider: productDecider,
  codec: productCodec,
}
