import { accepted, impossible, refused, unchanged, type Decider, type Decision } from '../decider.ts'
import { MAX_LINES, MAX_QUANTITY } from '../order/commands.ts'
import type { CartCommand, CartRefusal, MergeCart, ReplaceCart } from './commands.ts'
import type { CartEvent, CartLine } from './events.ts'

export type CartState =
  | { readonly status: 'none' }
  | { readonly status: 'FILLED'; readonly items: readonly CartLine[] }
  | { readonly status: 'EMPTIED' }

/** What one customer means to buy, until they order it. It holds what one order can. */
export const cartDecider: Decider<CartState, CartCommand, CartEvent, CartRefusal> = {
  initial: { status: 'none' },
  evolve: (_state, { data: { items } }) =>
    items.length === 0 ? { status: 'EMPTIED' } : { status: 'FILLED', items },
  decide: (state, command) => {
    switch (command.type) {
      case 'ReplaceCart':
        return decideReplacement(linesOf(state), command)
      case 'MergeCart':
        return decideMerge(linesOf(state), command)
      default:
        return impossible(command)
    }
  },
}

type CartDecision = Decision<CartEvent, CartRefusal>

const decideReplacement = (before: readonly CartLine[], { items, insteadOf }: ReplaceCart): CartDecision => {
  const objection = objectionTo(items)
  if (objection !== undefined) return refused(objection)
  if (sameLines(before, items)) return unchanged
  if (insteadOf !== undefined && !sameLines(before, insteadOf)) return refused('cart-changed')
  return changedTo(items)
}

const decideMerge = (before: readonly CartLine[], { items }: MergeCart): CartDecision => {
  const objection = objectionTo(items)
  if (objection !== undefined) return refused(objection)
  const merged = mergedLines(before, items)
  return sameLines(before, merged) ? unchanged : changedTo(merged)
}

export const linesOf = (state: CartState): readonly CartLine[] =>
  state.status === 'FILLED' ? state.items : []

/** Which of these lines have no place in the cart, although they were to be merged into it. */
export const leftOut = (state: CartState, items: readonly CartLine[]): readonly CartLine[] => {
  const held = new Set(linesOf(state).map(({ productId }) => productId))
  return items.filter(({ productId }) => !held.has(productId))
}

export const sameLines = (a: readonly CartLine[], b: readonly CartLine[]): boolean =>
  a.length === b.length &&
  a.every(({ productId, quantity }, index) => {
    const other = b[index]
    return other?.productId === productId && other.quantity === quantity
  })

const changedTo = (items: readonly CartLine[]): Decision<CartEvent, never> =>
  accepted({
    type: 'CartChanged',
    data: { items: items.map(({ productId, quantity }) => ({ productId, quantity })) },
  })

const mergedLines = (before: readonly CartLine[], added: readonly CartLine[]): readonly CartLine[] => {
  const quantities = new Map(added.map(({ productId, quantity }) => [productId, quantity]))
  const known = new Set(before.map(({ productId }) => productId))
  return [
    ...before.map(({ productId, quantity }) => ({
      productId,
      quantity: Math.max(quantity, quantities.get(productId) ?? 0),
    })),
    ...added.filter(({ productId }) => !known.has(productId)),
  ].slice(0, MAX_LINES)
}

const objectionTo = (items: readonly CartLine[]): Exclude<CartRefusal, 'cart-changed'> | undefined => {
  if (items.length > MAX_LINES) return 'too-many-lines'
  if (new Set(items.map(({ productId }) => productId)).size < items.length) return 'duplicate-product'
  if (!items.every(({ quantity }) => isOrderable(quantity))) return 'quantity-out-of-range'
  return undefined
}

const isOrderable = (quantity: number): boolean =>
  Number.isInteger(quantity) && quantity >= 1 && quantity <= MAX_QUANTITY
