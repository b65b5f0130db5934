import { ProductId } from '../ids.ts'
import type { MergeCart, ReplaceCart } from './commands.ts'
import type { CartEvent, CartLine } from './events.ts'

export const line = (product: string, quantity = 1): CartLine => ({
  productId: ProductId.parse(product),
  quantity,
})
export const lines = (count: number, prefix = 'product'): CartLine[] =>
  Array.from({ length: count }, (_, index) => line(`${prefix}-${index}`))

export const replaceBy = (...items: readonly CartLine[]): ReplaceCart => ({ type: 'ReplaceCart', items })
export const merge = (...items: readonly CartLine[]): MergeCart => ({ type: 'MergeCart', items })
export const changedTo = (...items: readonly CartLine[]): CartEvent => ({
  type: 'CartChanged',
  data: { items: [...items] },
})
