import { applied, type CartLimits, type CartLine, type CartOperation } from './lines.ts'

/**
 * The cart as this browser keeps it: ids and quantities, nothing about a person. What is shown is always `items` with
 * the `pending` operations done to them, so a page that is closed at any moment has lost nothing.
 */
export interface StoredCart {
  /** A visitor's cart; or for a customer, what the shop last said the cart holds. */
  readonly items: readonly CartLine[]
  /** Whose it is: a piece of an opaque id that is enough to tell two customers of one browser apart. */
  readonly owner?: string | undefined
  /** Of the shop's copy. */
  readonly version?: number | undefined
  /** Operations the shop has not confirmed, oldest first. */
  readonly pending: readonly CartOperation[]
  /** How many of them are in a request whose answer has not come, or was lost: that request is repeated as it was. */
  readonly sent: number
  /** A visitor's cart that is being added to an account: what happens meanwhile is done after it. */
  readonly joining?: boolean | undefined
}

export const EMPTY_CART: StoredCart = { items: [], pending: [], sent: 0 }

/** Beyond it further operations have no effect until some were confirmed. */
const MOST_PENDING = 300

export const ownerTag = (customerId: string): string => customerId.slice(-8)

/** What the buyer sees. */
export const shownLines = ({ items, pending }: StoredCart, limits?: CartLimits): readonly CartLine[] =>
  pending.reduce<readonly CartLine[]>((lines, operation) => applied(lines, operation, limits), items)

/** The cart after the buyer did something. */
export const changed = (cart: StoredCart, operation: CartOperation, limits?: CartLimits): StoredCart => {
  if (cart.owner === undefined && cart.joining !== true)
    return { ...cart, items: applied(cart.items, operation, limits) }
  const pending = withOperation(cart, operation)
  return pending.length > MOST_PENDING ? cart : { ...cart, pending }
}

/** The lines of the request that carries the first `count` operations. */
export const linesToSend = (
  { items, pending }: StoredCart,
  count: number,
  limits?: CartLimits,
): readonly CartLine[] => shownLines({ items, pending: pending.slice(0, count), sent: 0 }, limits)

export interface ShopsCart {
  readonly items: readonly CartLine[]
  readonly version: number
}

/** The shop holds the first `count` operations now, which were sent over `base`. A second answer changes nothing. */
export const acknowledged = (
  cart: StoredCart,
  reply: ShopsCart,
  count: number,
  base: number | undefined,
): StoredCart =>
  cart.sent !== count || cart.version !== base
    ? cart
    : { ...cart, ...heard(reply), pending: cart.pending.slice(count), sent: 0 }

/** Another device was faster: the same operations are to be done to what the cart holds now. */
export const rebased = (cart: StoredCart, reply: ShopsCart): StoredCart => ({
  ...cart,
  ...heard(reply),
  sent: 0,
})

/** The shop's copy without a change of ours. An unanswered request keeps its base, so that its repeat is the same. */
export const refreshed = (cart: StoredCart, reply: ShopsCart): StoredCart =>
  cart.sent > 0 || reply.version < (cart.version ?? -1) ? cart : { ...cart, ...heard(reply) }

/** The cart of this account from now on; what was done meanwhile is still to be sent. */
export const adopted = (cart: StoredCart, owner: string, reply: ShopsCart): StoredCart =>
  cart.owner === owner ? refreshed(cart, reply) : { ...heard(reply), owner, pending: cart.pending, sent: 0 }

/** An account's cart that is not joined after all stays a visitor's. */
export const unjoined = (cart: StoredCart, limits?: CartLimits): StoredCart =>
  cart.joining === true ? { ...EMPTY_CART, items: shownLines(cart, limits) } : cart

const heard = ({ items, version }: ShopsCart): ShopsCart => ({ items, version })

/** Appends; a newer wish about the same product takes the place of the older ones that were never sent. */
const withOperation = ({ pending, sent }: StoredCart, operation: CartOperation): readonly CartOperation[] => {
  if (operation.type === 'take-out') return [...pending, operation]
  const { productId } = operation
  const last = pending.at(-1)
  if (operation.type === 'add') {
    if (pending.length > sent && last !== undefined && last.type !== 'take-out' && last.type !== 'remove')
      if (last.productId === productId)
        return [...pending.slice(0, -1), { ...last, quantity: last.quantity + operation.quantity }]
    return [...pending, operation]
  }
  return [
    ...pending.filter(
      (earlier, index) => index < sent || earlier.type === 'take-out' || earlier.productId !== productId,
    ),
    operation,
  ]
}

/** Reads what was stored, by whatever version of the shop or whoever's hand; what makes no sense is no cart. */
export const parsedCart = (text: string | null): StoredCart => {
  if (text === null) return EMPTY_CART
  try {
    const value: unknown = JSON.parse(text)
    if (!isRecord(value)) return EMPTY_CART
    const pending = asList(value['pending']).filter(isOperation)
    const { owner, version, sent, joining } = value
    return {
      items: linesIn(value['items']),
      pending,
      sent:
        typeof sent === 'number' && Number.isInteger(sent) && sent >= 0 ? Math.min(sent, pending.length) : 0,
      ...(typeof owner === 'string' ? { owner } : {}),
      ...(typeof version === 'number' && Number.isInteger(version) ? { version } : {}),
      ...(joining === true ? { joining } : {}),
    }
  } catch {
    return EMPTY_CART
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const PRODUCT_ID = /^[a-z0-9][a-z0-9-]{0,63}$/
const isProductId = (value: unknown): value is string => typeof value === 'string' && PRODUCT_ID.test(value)
const isLine = (value: unknown): value is CartLine =>
  isRecord(value) && isProductId(value['productId']) && isQuantity(value['quantity'])
const isQuantity = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 1

const linesIn = (value: unknown): readonly CartLine[] => {
  const held = new Map<string, CartLine>()
  for (const { productId, quantity } of asList(value).filter(isLine))
    if (!held.has(productId)) held.set(productId, { productId, quantity })
  return [...held.values()].slice(0, MOST_LINES)
}
const MOST_LINES = 100

const isOperation = (value: unknown): value is CartOperation => {
  if (!isRecord(value)) return false
  switch (value['type']) {
    case 'add':
    case 'set':
      return isLine(value)
    case 'put-back':
      return isLine(value) && 'index' in value && Number.isInteger(value.index)
    case 'remove':
      return isProductId(value['productId'])
    case 'take-out':
      return asList(value['items']).every(isLine)
    default:
      return false
  }
}
