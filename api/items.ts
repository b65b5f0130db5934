import { z } from 'zod'
import { ProductId } from '#domain/ids.ts'
import { MAX_LINES, MAX_QUANTITY } from '#domain/order/commands.ts'

/** What a buyer may ask for, in an order or a cart: products and quantities, each product once. May be empty. */
export const Items = z
  .array(
    z.object({
      productId: ProductId,
      quantity: z.int().min(1).max(MAX_QUANTITY),
    }),
  )
  .max(MAX_LINES)
  .superRefine((items, context) => {
    const seen = new Set<string>()
    items.forEach(({ productId }, index) => {
      if (seen.has(productId))
        context.addIssue({ code: 'custom', path: [index, 'productId'], message: 'appears twice' })
      seen.add(productId)
    })
  })
