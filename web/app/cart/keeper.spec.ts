import { describe, expect, it } from 'vitest'
import { cartKeeper, type CartSaving } from './keeper.ts'
import { USUAL_LIMITS } from './lines.ts'
import { EMPTY_CART, ownerTag, parsedCart, shownLines, type StoredCart } from './stored-cart.ts'
import type { CartReply, CartServer } from './sync.ts'

const CUSTOMER = 'customer-0000-1234'

const bench = (cart: StoredCart, answer: () => Promise<CartReply>, customer: string | null = CUSTOMER) => {
  let text = JSON.stringify(cart)
  const savings: CartSaving[] = []
  const calls: string[] = []
  let signedOut = 0
  const server: CartServer = {
    get: () => {
      calls.push('get')
      return answer()
    },
    put: () => {
      calls.push('put')
      return answer()
    },
  }
  const keeper = cartKeeper({
    shelf: {
      read: () => parsedCart(text),
      change: (to) => {
        text = JSON.stringify(to(parsedCart(text)))
      },
      limits: () => USUAL_LIMITS,
    },
    server,
    customerId: () => customer ?? undefined,
    onSaving: (saving) => {
      savings.push(saving)
    },
    onLeftOut: () => {},
    onSignedOut: () => {
      signedOut += 1
    },
    alone: (work) => work(),
  })
  return { keeper, savings, calls, stored: () => parsedCart(text), signedOut: () => signedOut }
}

const tea = { productId: 'tea', quantity: 1 }
const owned: StoredCart = { ...EMPTY_CART, owner: ownerTag(CUSTOMER), version: 0 }

describe('the keeper of a cart', () => {
  it('changes a visitor’s cart without asking anybody', async () => {
    const { keeper, calls, stored } = bench(EMPTY_CART, async () => ({ kind: 'later' }), null)
    keeper.change({ type: 'add', ...tea })
    expect(shownLines(stored())).toStrictEqual([tea])
    expect(calls).toStrictEqual([])
    keeper.leave()
  })

  it('sends one request at a time, however often it is asked to', async () => {
    let under = 0
    let most = 0
    const { keeper, calls } = bench(owned, async () => {
      under += 1
      most = Math.max(most, under)
      await Promise.resolve()
      under -= 1
      return { kind: 'cart', items: [], version: 0 }
    })
    await Promise.all([
      keeper.sync({ refresh: true }),
      keeper.sync({ refresh: true }),
      keeper.sync({ refresh: true }),
    ])
    expect(most).toBe(1)
    expect(calls).toStrictEqual(['get', 'get', 'get'])
  })

  it('says when a change is not in the account yet, and when it is', async () => {
    let reply: CartReply = { kind: 'later' }
    const { keeper, savings, stored } = bench(owned, async () => reply)
    keeper.change({ type: 'add', ...tea })
    await keeper.sync()
    expect(savings.at(-1)).toBe('unsaved')
    expect(shownLines(stored())).toStrictEqual([tea])
    reply = { kind: 'cart', items: [tea], version: 1 }
    await keeper.sync()
    expect(savings.at(-1)).toBe('saved')
    expect(stored().pending).toStrictEqual([])
  })

  it('does not call a mere question that failed an unsaved change', async () => {
    const { keeper, savings } = bench({ ...owned, items: [tea] }, async () => ({ kind: 'later' }))
    await keeper.sync({ refresh: true })
    expect(savings).not.toContain('unsaved')
    keeper.leave()
  })

  it('tells when the session is over, and keeps what was done', async () => {
    const { keeper, stored, signedOut } = bench(owned, async () => ({ kind: 'signed-out' }))
    keeper.change({ type: 'add', ...tea })
    await keeper.sync()
    expect(signedOut()).toBe(1)
    expect(shownLines(stored())).toStrictEqual([tea])
  })

  it('leaves nothing behind after signing out', () => {
    const { keeper, stored } = bench({ ...owned, items: [tea] }, async () => ({ kind: 'later' }))
    keeper.leave()
    expect(stored()).toStrictEqual(EMPTY_CART)
  })
})
