import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applied, type CartLine, type CartOperation } from './lines.ts'
import { changed, EMPTY_CART, parsedCart, shownLines, type StoredCart } from './stored-cart.ts'

const product = fc.constantFrom('tea', 'cup', 'pot')
const quantity = fc.integer({ min: 1, max: 20 })
const operation: fc.Arbitrary<CartOperation> = fc.oneof(
  fc.record({ type: fc.constantFrom('add' as const, 'set' as const), productId: product, quantity }),
  fc.record({ type: fc.constant('remove' as const), productId: product }),
  fc.record({
    type: fc.constant('take-out' as const),
    items: fc.constant([{ productId: 'tea', quantity: 3 }]),
  }),
)

describe('a stored cart', () => {
  it('holds the same quantities however its pending operations were shortened', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 25 }), fc.nat(3), (operations, sent) => {
        const items = [{ productId: 'tea', quantity: 4 }]
        const cart = operations.reduce<StoredCart>(
          (now, each) => changed({ ...now, sent: Math.min(sent, now.pending.length) }, each),
          { ...EMPTY_CART, items, owner: 'me', version: 0 },
        )
        const plain = operations.reduce<readonly CartLine[]>((lines, each) => applied(lines, each), items)
        const byProduct = (lines: readonly CartLine[]) =>
          Object.fromEntries(lines.map(({ productId, quantity: held }) => [productId, held]))
        expect(byProduct(shownLines(cart))).toStrictEqual(byProduct(plain))
      }),
    )
  })

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 25 }), (operations) => {
        const cart = operations.reduce<StoredCart>((now, each) => changed(now, each), {
          ...EMPTY_CART,
          owner: 'me',
          version: 3,
        })
        expect(parsedCart(JSON.stringify(cart))).toEqual(cart)
      }),
    )
  })

  it.each([
    null,
    '',
    '{',
    '[]',
    '7',
    'null',
    '{"items":7,"pending":{}}',
    '{"items":[{"productId":"<b>","quantity":1},{"productId":"tea","quantity":-1},{"productId":"tea"}],"sent":-3}',
    '{"pending":[{"type":"add"},{"type":"take-out","items":[1]},{"type":"what","productId":"tea"},null]}',
  ])('is empty where %s was stored', (text) => {
    expect(shownLines(parsedCart(text))).toStrictEqual([])
    expect(parsedCart(text).pending).toStrictEqual([])
  })

  it('names each product once, whatever was stored', () => {
    const items = [
      { productId: 'tea', quantity: 2 },
      { productId: 'cup', quantity: 1 },
      { productId: 'tea', quantity: 9 },
    ]
    expect(parsedCart(JSON.stringify({ items })).items).toStrictEqual(items.slice(0, 2))
  })

  it('does not grow without bound while nothing can be sent', () => {
    let cart: StoredCart = { ...EMPTY_CART, owner: 'me', version: 0 }
    for (let index = 0; index < 1_000; index += 1)
      cart = changed(cart, { type: 'add', productId: `p${index % 40}`, quantity: 1 })
    expect(cart.pending.length).toBeLessThanOrEqual(300)
  })
})
