import { sameLines, type CartLimits, type CartLine } from './lines.ts'
import {
  acknowledged,
  adopted,
  linesToSend,
  rebased,
  refreshed,
  type ShopsCart,
  type StoredCart,
  unjoined,
} from './stored-cart.ts'

/** What the shop answered about a customer's cart. */
export type CartReply =
  | ({ readonly kind: 'cart'; readonly leftOut?: readonly CartLine[] | undefined } & ShopsCart)
  /** Another device changed it; this is what it holds now. */
  | ({ readonly kind: 'conflict' } & ShopsCart)
  | { readonly kind: 'signed-out' }
  /** The shop will never take this. */
  | { readonly kind: 'refused' }
  /** No answer, or none yet: whether the change was made is not known. */
  | { readonly kind: 'later'; readonly retryAfterMs?: number | undefined }

export interface CartServer {
  readonly get: () => Promise<CartReply>
  readonly put: (body: {
    readonly items: readonly CartLine[]
    readonly merge?: boolean
    readonly expectedVersion?: number | undefined
  }) => Promise<CartReply>
}

/** Where the cart lies, shared by all tabs of the browser: `change` reads and writes in one step. */
export interface CartShelf {
  readonly read: () => StoredCart
  readonly change: (to: (cart: StoredCart) => StoredCart) => void
  readonly limits: () => CartLimits
}

export interface SyncResult {
  readonly outcome: 'saved' | 'later' | 'signed-out'
  readonly retryAfterMs?: number | undefined
  /** Lines of the visitor's cart that found no room in the account's. */
  readonly leftOut: readonly CartLine[]
}

const MOST_CONFLICTS = 3
/** Each round sends what is pending; more than this is left for the next time. */
const MOST_ROUNDS = 10

/**
 * Brings this browser's cart and the shop's together: joins a visitor's cart to the account, sends what is pending, and
 * with `refresh` hears what other devices did. A request whose answer was lost is first repeated exactly as it was, which
 * the shop takes for the same change; only then newer operations follow. Safe to stop at any line and to run again.
 */
export const syncCart = async (
  shelf: CartShelf,
  server: CartServer,
  owner: string,
  { refresh = false }: { readonly refresh?: boolean } = {},
): Promise<SyncResult> => {
  let leftOut: readonly CartLine[] = []
  let conflicts = 0
  let mustHear = refresh
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const cart = shelf.read()
    if (cart.owner !== owner) {
      const reply = await join(shelf, server)
      if (reply.kind !== 'cart') return stopped(shelf, reply, leftOut)
      leftOut = reply.leftOut ?? []
      shelf.change((now) => adopted(now, owner, reply))
      mustHear = false
      continue
    }
    if (cart.version === undefined || (cart.pending.length === 0 && mustHear)) {
      const reply = await server.get()
      if (reply.kind !== 'cart') return stopped(shelf, reply, leftOut)
      // Without a version nothing can have been sent over it.
      shelf.change((now) => (now.version === undefined ? rebased(now, reply) : refreshed(now, reply)))
      mustHear = false
      continue
    }
    if (cart.pending.length === 0) return { outcome: 'saved', leftOut }
    const reply = await send(shelf, server, cart)
    if (reply.kind === 'conflict') {
      shelf.change((now) => rebased(now, reply))
      conflicts += 1
      if (conflicts >= MOST_CONFLICTS) return { outcome: 'later', leftOut }
    } else if (reply.kind === 'refused') {
      // What can never be sent must not stand in the way of everything after it.
      shelf.change((now) => ({ ...now, pending: now.pending.slice(now.sent), sent: 0, version: undefined }))
    } else if (reply.kind !== 'cart') return stopped(shelf, reply, leftOut)
  }
  return { outcome: 'later', leftOut }
}

/** A visitor's lines are added to the account's; what another customer left here is not. */
const join = async (shelf: CartShelf, server: CartServer): Promise<CartReply> => {
  shelf.change((now) => (now.owner === undefined ? { ...now, joining: true } : now))
  const { owner, items } = shelf.read()
  if (owner !== undefined || items.length === 0) return server.get()
  const { maxLines, maxQuantity } = shelf.limits()
  const orderable = items
    .slice(0, maxLines)
    .map(({ productId, quantity }) => ({ productId, quantity: Math.min(quantity, maxQuantity) }))
  return server.put({ items: orderable, merge: true })
}

const send = async (shelf: CartShelf, server: CartServer, cart: StoredCart): Promise<CartReply> => {
  const count = cart.sent > 0 ? cart.sent : cart.pending.length
  const items = linesToSend(cart, count, shelf.limits())
  const { version } = cart
  shelf.change((now) => (now.version === version ? { ...now, sent: count } : now))
  const isNothing = cart.sent === 0 && sameLines(items, cart.items)
  const reply: CartReply =
    isNothing && version !== undefined
      ? { kind: 'cart', items, version }
      : await server.put({ items, expectedVersion: version })
  if (reply.kind === 'cart') shelf.change((now) => acknowledged(now, reply, count, version))
  return reply
}

const stopped = (
  shelf: CartShelf,
  reply: Exclude<CartReply, { kind: 'cart' }>,
  leftOut: readonly CartLine[],
): SyncResult => {
  if (reply.kind === 'signed-out') {
    shelf.change((now) => unjoined(now, shelf.limits()))
    return { outcome: 'signed-out', leftOut }
  }
  return {
    outcome: 'later',
    leftOut,
    ...(reply.kind === 'later' ? { retryAfterMs: reply.retryAfterMs } : {}),
  }
}
