import { defineCodec, type EventCodec } from '../codec.ts'
import * as events from './events.ts'
import type { ProductEvent } from './events.ts'

/** How catalogue events stand in the log. */
export const productCodec: EventCodec<ProductEvent> = defineCodec<ProductEvent>({
  ProductListed: { version: 1, data: events.ProductListed },
  ProductRepriced: { version: 1, data: events.ProductRepriced },
  ProductDescribed: { version: 1, data: events.ProductDescribed },
  ProductDelisted: { version: 1, data: events.ProductDelisted },
  ProductImageAttached: { version: 1, data: events.ProductImageAttached },
})
