/** So many units of one product. What it is and what it costs is looked up when it is shown. */
export interface CartLine {
  readonly productId: string
  readonly quantity: number
}

export interface CartLimits {
  readonly maxLines: number
  readonly maxQuantity: number
}

/** What holds until the shop has said its own. */
export const USUAL_LIMITS: CartLimits = { maxLines: 50, maxQuantity: 99 }

/** What a buyer does to a cart; kept as what was meant, so that it can be done again to a cart that changed meanwhile. */
export type CartOperation =
  | { readonly type: 'add'; readonly productId: string; readonly quantity: number }
  | { readonly type: 'set'; readonly productId: string; readonly quantity: number }
  | { readonly type: 'remove'; readonly productId: string }
  /** Undoes a removal, at the place where the line was. */
  | {
      readonly type: 'put-back'
      readonly productId: string
      readonly quantity: number
      readonly index: number
    }
  /** These were ordered: whatever was added beyond them stays. */
  | { readonly type: 'take-out'; readonly items: readonly CartLine[] }

/** The cart after one operation. What the limits do not allow is cut down to them, or has no effect. */
export const applied = (
  lines: readonly CartLine[],
  operation: CartOperation,
  limits: CartLimits = USUAL_LIMITS,
): readonly CartLine[] => {
  switch (operation.type) {
    case 'add': {
      const held = quantityOf(lines, operation.productId)
      return withQuantity(lines, operation.productId, held + operation.quantity, limits)
    }
    case 'set':
      return withQuantity(lines, operation.productId, operation.quantity, limits)
    case 'remove':
      return lines.filter(({ productId }) => productId !== operation.productId)
    case 'put-back':
      return withQuantity(lines, operation.productId, operation.quantity, limits, operation.index)
    case 'take-out':
      return lines.flatMap(({ productId, quantity }) => {
        const left = quantity - quantityOf(operation.items, productId)
        return left > 0 ? [{ productId, quantity: left }] : []
      })
    default:
      return operation
  }
}

export const quantityOf = (lines: readonly CartLine[], productId: string): number =>
  lines.find((line) => line.productId === productId)?.quantity ?? 0

export const sameLines = (a: readonly CartLine[], b: readonly CartLine[]): boolean =>
  a.length === b.length &&
  a.every(({ productId, quantity }, index) => {
    const other = b[index]
    return other?.productId === productId && other.quantity === quantity
  })

const withQuantity = (
  lines: readonly CartLine[],
  productId: string,
  wanted: number,
  { maxLines, maxQuantity }: CartLimits,
  index = lines.length,
): readonly CartLine[] => {
  if (!Number.isInteger(wanted) || wanted < 1) return lines
  const line = { productId, quantity: Math.min(wanted, maxQuantity) }
  if (lines.some((held) => held.productId === productId))
    return lines.map((held) => (held.productId === productId ? line : held))
  return lines.length >= maxLines ? lines : lines.toSpliced(index, 0, line)
}
