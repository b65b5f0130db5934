import type { CartLine, CartOperation } from './lines.ts'
import { changed, EMPTY_CART, ownerTag } from './stored-cart.ts'
import { syncCart, type CartServer, type CartShelf, type SyncResult } from './sync.ts'

/** `unsaved`: the account does not have the latest changes yet; they are kept here and sent again. */
export type CartSaving = 'saved' | 'saving' | 'unsaved'

export interface CartKeeper {
  readonly change: (operation: CartOperation) => void
  /** Sends what is pending now; `refresh` also asks what other devices did. */
  readonly sync: (options?: { readonly refresh?: boolean }) => Promise<void>
  /** Shows what another tab has stored this very moment. */
  readonly look: () => void
  /** After signing out: the cart is kept in the account, not in this browser. */
  readonly leave: () => void
}

export interface KeeperParts {
  readonly shelf: CartShelf
  readonly server: CartServer
  /** Whose account is signed in. */
  readonly customerId: () => string | undefined
  readonly onSaving: (saving: CartSaving) => void
  readonly onLeftOut: (lines: readonly CartLine[]) => void
  readonly onSignedOut: () => void
  /** Runs one tab at a time, where the browser can. */
  readonly alone: (work: () => Promise<void>) => Promise<void>
}

/** Fast pressing becomes one request. */
const SETTLE_MS = 400
/** How long to wait before trying again, longer each time; after the last one, until something happens. */
const RETRIES_MS = [2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 60_000, 60_000]

/** Keeps the cart of one tab: changes it at once, and brings the account up to date soon after, one request at a time. */
export const cartKeeper = (parts: KeeperParts): CartKeeper => {
  const { shelf, server, customerId, onSaving, onLeftOut, onSignedOut, alone } = parts
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let running: Promise<void> | undefined

  const schedule = (delayMs: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void sync(), delayMs)
  }

  const sync = async ({ refresh = false }: { readonly refresh?: boolean } = {}): Promise<void> => {
    clearTimeout(timer)
    // Who comes while another is under way wants what happened since to be sent as well.
    const before = running
    const mine = (before ?? Promise.resolve()).then(() => alone(() => once(refresh)))
    running = mine
    await mine
    if (running === mine) running = undefined
  }

  const once = async (refresh: boolean): Promise<void> => {
    const id = customerId()
    if (id === undefined) {
      onSaving('saved')
      return
    }
    if (isBehind(id)) onSaving('saving')
    const result = await syncCart(shelf, server, ownerTag(id), { refresh }).catch((): SyncResult => ({
      outcome: 'later',
      leftOut: [],
    }))
    if (result.leftOut.length > 0) onLeftOut(result.leftOut)
    if (result.outcome === 'later') {
      if (isBehind(id)) onSaving('unsaved')
      const delayMs = RETRIES_MS[failures]
      failures += 1
      if (delayMs !== undefined) schedule(Math.max(delayMs, result.retryAfterMs ?? 0))
      return
    }
    failures = 0
    onSaving('saved')
    if (result.outcome === 'signed-out') onSignedOut()
  }

  const isBehind = (id: string): boolean => {
    const { owner, pending } = shelf.read()
    return owner !== ownerTag(id) || pending.length > 0
  }

  return {
    change: (operation) => {
      shelf.change((cart) => changed(cart, operation, shelf.limits()))
      if (customerId() === undefined) return
      failures = 0
      onSaving('saving')
      schedule(SETTLE_MS)
    },
    sync: async (options) => {
      failures = 0
      await sync(options)
    },
    look: () => {
      shelf.change((cart) => cart)
    },
    leave: () => {
      clearTimeout(timer)
      shelf.change(() => EMPTY_CART)
      onSaving('saved')
    },
  }
}
