import type { CartLine } from './events.ts'

/** Puts these lines in place of whatever is in the cart. The same lines in the same order again are unchanged. */
export interface ReplaceCart {
  readonly type: 'ReplaceCart'
  readonly items: readonly CartLine[]
  /** The lines the customer saw; when others are there by now, theirs are not overwritten. Absent: whatever is there. */
  readonly insteadOf?: readonly CartLine[]
}

/**
 * Adds a cart that was filled elsewhere: per product the larger quantity, known lines first, so that merging twice is
 * merging once. Lines that find no room are left out, see `leftOut`; the known ones always stay.
 */
export interface MergeCart {
  readonly type: 'MergeCart'
  readonly items: readonly CartLine[]
}

export type CartCommand = ReplaceCart | MergeCart

/**
 * Why a cart command is refused, in order of precedence.
 * - `too-many-lines`, `duplicate-product`, `quantity-out-of-range`: these lines could never be ordered.
 * - `cart-changed`: the cart no longer holds what the customer saw.
 */
export type CartRefusal = 'too-many-lines' | 'duplicate-product' | 'quantity-out-of-range' | 'cart-changed'
