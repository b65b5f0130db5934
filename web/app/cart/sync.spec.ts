import { describe, expect, it } from 'vitest'
import { applied, sameLines, USUAL_LIMITS, type CartLine, type CartOperation } from './lines.ts'
import { changed, EMPTY_CART, parsedCart, shownLines, type StoredCart } from './stored-cart.ts'
import { syncCart, type CartReply, type CartServer, type CartShelf } from './sync.ts'

const line = (productId: string, quantity = 1): CartLine => ({ productId, quantity })
const add = (productId: string, quantity = 1): CartOperation => ({ type: 'add', productId, quantity })
const set = (productId: string, quantity: number): CartOperation => ({ type: 'set', productId, quantity })

/** A browser whose cart is written out and read back at every step, as a reload would. */
const shelfWith = (cart: StoredCart): CartShelf & { readonly does: (operation: CartOperation) => void } => {
  let text = JSON.stringify(cart)
  const change: CartShelf['change'] = (to) => {
    text = JSON.stringify(to(parsedCart(text)))
  }
  return {
    read: () => parsedCart(text),
    limits: () => USUAL_LIMITS,
    change,
    does: (operation) => {
      change((now) => changed(now, operation))
    },
  }
}

/** The shop's side: `lose` drops the answer of the next call after it took effect, `fail` before. */
const shopWith = (first: readonly CartLine[] = [], version = first.length === 0 ? -1 : 0) => {
  const shop = { items: first, version }
  const calls: string[] = []
  let spoil: 'lose' | 'fail' | undefined
  let meanwhile = (): void => {}
  const write = (items: readonly CartLine[]): void => {
    if (sameLines(items, shop.items)) return
    shop.items = items
    shop.version += 1
  }
  const answer = async (call: string, work: () => CartReply): Promise<CartReply> => {
    calls.push(call)
    const spoilt = spoil
    spoil = undefined
    if (spoilt === 'fail') return { kind: 'later' }
    const reply = work()
    const happen = meanwhile
    meanwhile = () => {}
    happen()
    return spoilt === 'lose' ? { kind: 'later' } : reply
  }
  const cart = (): CartReply => ({ kind: 'cart', ...shop })
  const server: CartServer = {
    get: () => answer('get', cart),
    put: ({ items, merge, expectedVersion }) =>
      answer(merge === true ? 'merge' : 'put', () => {
        if (merge === true) {
          write(
            items.reduce((held, { productId, quantity }) => {
              const most = Math.max(quantity, held.find((one) => one.productId === productId)?.quantity ?? 0)
              return applied(held, set(productId, most))
            }, shop.items),
          )
          return cart()
        }
        if (expectedVersion !== shop.version && !sameLines(items, shop.items))
          return { kind: 'conflict', ...shop }
        write(items)
        return cart()
      }),
  }
  return {
    server,
    shop,
    calls,
    write,
    next: (what: 'lose' | 'fail') => {
      spoil = what
    },
    during: (work: () => void) => {
      meanwhile = work
    },
  }
}

const guest = (...items: CartLine[]): StoredCart => ({ ...EMPTY_CART, items })
const owned = (version: number, ...items: CartLine[]): StoredCart => ({
  ...EMPTY_CART,
  owner: 'me',
  version,
  items,
})

describe('signing in', () => {
  it('joins the visitor’s cart to the account’s', async () => {
    const shelf = shelfWith(guest(line('tea', 3), line('pot')))
    const { server, shop, calls } = shopWith([line('cup'), line('tea')])
    expect(await syncCart(shelf, server, 'me')).toMatchObject({ outcome: 'saved' })
    expect(shop.items).toStrictEqual([line('cup'), line('tea', 3), line('pot')])
    expect(shownLines(shelf.read())).toStrictEqual(shop.items)
    expect(calls).toStrictEqual(['merge'])
  })

  it('only asks when there was nothing in it', async () => {
    const shelf = shelfWith(EMPTY_CART)
    const { server, calls } = shopWith([line('cup')])
    await syncCart(shelf, server, 'me')
    expect(calls).toStrictEqual(['get'])
    expect(shownLines(shelf.read())).toStrictEqual([line('cup')])
  })

  it('does after the joining what was done during it', async () => {
    const shelf = shelfWith(guest(line('tea')))
    const { server, shop, during } = shopWith([line('cup')])
    during(() => {
      shelf.does({ type: 'remove', productId: 'tea' })
      shelf.does(add('pot'))
    })
    await syncCart(shelf, server, 'me')
    expect(shop.items).toStrictEqual([line('cup'), line('pot')])
  })

  it('loses nothing and adds nothing twice when the answer is lost', async () => {
    const shelf = shelfWith(guest(line('tea', 2)))
    const { server, shop, next } = shopWith([line('cup')])
    next('lose')
    expect(await syncCart(shelf, server, 'me')).toMatchObject({ outcome: 'later' })
    shelf.does(add('tea'))
    await syncCart(shelf, server, 'me')
    expect(shop.items).toStrictEqual([line('cup'), line('tea', 3)])
  })

  it('leaves the cart a visitor’s when the session is over', async () => {
    const shelf = shelfWith(guest(line('tea')))
    const { server } = shopWith()
    const reply = await syncCart(shelf, { ...server, put: async () => ({ kind: 'signed-out' }) }, 'me')
    expect(reply.outcome).toBe('signed-out')
    shelf.does(add('cup'))
    expect(shelf.read()).toStrictEqual(guest(line('tea'), line('cup')))
  })

  it('does not bring another customer’s cart along', async () => {
    const shelf = shelfWith({ ...owned(7, line('ring')), owner: 'somebody' })
    const { server, shop } = shopWith([line('cup')])
    await syncCart(shelf, server, 'me')
    expect(shop.items).toStrictEqual([line('cup')])
    expect(shownLines(shelf.read())).toStrictEqual([line('cup')])
  })
})

describe('a customer’s cart', () => {
  it('sends what was done in one request', async () => {
    const shelf = shelfWith(owned(0, line('tea')))
    const { server, shop, calls } = shopWith([line('tea')])
    shelf.does(add('tea'))
    shelf.does(add('tea'))
    shelf.does(add('cup'))
    await syncCart(shelf, server, 'me')
    expect(calls).toStrictEqual(['put'])
    expect(shop.items).toStrictEqual([line('tea', 3), line('cup')])
    expect(shelf.read()).toStrictEqual(owned(1, line('tea', 3), line('cup')))
  })

  it('sends nothing when it comes to the same', async () => {
    const shelf = shelfWith(owned(0, line('tea', 2)))
    const { server, calls } = shopWith([line('tea', 2)])
    shelf.does(set('tea', 5))
    shelf.does(set('tea', 2))
    await syncCart(shelf, server, 'me')
    expect(calls).toStrictEqual([])
    expect(shelf.read().pending).toStrictEqual([])
  })

  it('does the same to what another device made of it', async () => {
    const shelf = shelfWith(owned(0, line('tea')))
    const { server, shop, write } = shopWith([line('tea')])
    write([line('tea', 4), line('pot')])
    shelf.does(add('tea'))
    expect(await syncCart(shelf, server, 'me')).toMatchObject({ outcome: 'saved' })
    expect(shop.items).toStrictEqual([line('tea', 5), line('pot')])
  })

  it('gives way for now when others are always faster, and keeps what was done', async () => {
    const shelf = shelfWith(owned(0, line('tea')))
    const { server, shop, calls } = shopWith([line('tea')])
    shelf.does(add('tea'))
    const busy: CartServer = {
      ...server,
      put: async () => {
        calls.push('put')
        return { kind: 'conflict', items: shop.items, version: shop.version + calls.length }
      },
    }
    expect(await syncCart(shelf, busy, 'me')).toMatchObject({ outcome: 'later' })
    expect(calls).toStrictEqual(['put', 'put', 'put'])
    expect(shownLines(shelf.read())).toStrictEqual([line('tea', 2)])
  })

  it('repeats a request whose answer was lost before it sends anything newer', async () => {
    const shelf = shelfWith(owned(0, line('tea')))
    const { server, shop, next, calls } = shopWith([line('tea')])
    shelf.does(add('tea'))
    next('lose')
    await syncCart(shelf, server, 'me')
    shelf.does(add('tea'))
    await syncCart(shelf, server, 'me')
    expect(calls).toStrictEqual(['put', 'put', 'put'])
    expect(shop.items).toStrictEqual([line('tea', 3)])
  })

  it('keeps what was done while the shop does not answer', async () => {
    const shelf = shelfWith(owned(0))
    const { server, shop, next } = shopWith([], 0)
    shelf.does(add('tea', 2))
    next('fail')
    expect(await syncCart(shelf, server, 'me')).toMatchObject({ outcome: 'later' })
    expect(shownLines(shelf.read())).toStrictEqual([line('tea', 2)])
    await syncCart(shelf, server, 'me')
    expect(shop.items).toStrictEqual([line('tea', 2)])
  })

  it('hears what other devices did when it asks', async () => {
    const shelf = shelfWith(owned(0, line('tea')))
    const { server, write } = shopWith([line('tea')])
    write([line('cup')])
    await syncCart(shelf, server, 'me', { refresh: true })
    expect(shownLines(shelf.read())).toStrictEqual([line('cup')])
  })

  it('is not stopped for ever by something the shop will not take', async () => {
    const shelf = shelfWith(owned(0, line('tea')))
    const { server } = shopWith([line('tea')])
    shelf.does(add('cup'))
    const refusing: CartServer = { ...server, put: async () => ({ kind: 'refused' }) }
    expect(await syncCart(shelf, refusing, 'me')).toMatchObject({ outcome: 'saved' })
    expect(shownLines(shelf.read())).toStrictEqual([line('tea')])
  })

  it('takes in two answers to the same request once', async () => {
    const shelf = shelfWith(owned(0, line('tea')))
    const { server, shop } = shopWith([line('tea')])
    shelf.does(add('tea'))
    await Promise.all([syncCart(shelf, server, 'me'), syncCart(shelf, server, 'me')])
    shelf.does(add('tea'))
    await syncCart(shelf, server, 'me')
    expect(shop.items).toStrictEqual([line('tea', 3)])
    expect(shownLines(shelf.read())).toStrictEqual([line('tea', 3)])
  })
})
