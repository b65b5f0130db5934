import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applied, quantityOf, sameLines, USUAL_LIMITS, type CartLine, type CartOperation } from './lines.ts'

const line = (productId: string, quantity = 1): CartLine => ({ productId, quantity })
const tea = line('tea', 2)
const cup = line('cup')

describe('an operation on a cart', () => {
  it.each<[string, CartOperation, CartLine[]]>([
    ['adds units to a line', { type: 'add', ...line('tea', 3) }, [line('tea', 5), cup]],
    ['adds a line at the end', { type: 'add', ...line('pot') }, [tea, cup, line('pot')]],
    ['sets how many', { type: 'set', ...line('tea', 7) }, [line('tea', 7), cup]],
    [
      'sets how many of a line that another device took out',
      { type: 'set', ...line('pot', 2) },
      [tea, cup, line('pot', 2)],
    ],
    ['removes', { type: 'remove', productId: 'tea' }, [cup]],
    ['puts back where it was', { type: 'put-back', ...line('pot'), index: 1 }, [tea, line('pot'), cup]],
    [
      'takes out what was ordered and leaves the rest',
      { type: 'take-out', items: [line('tea'), cup] },
      [line('tea')],
    ],
    ['does nothing with less than one', { type: 'set', ...line('tea', 0) }, [tea, cup]],
    ['keeps to the largest quantity', { type: 'add', ...line('tea', 500) }, [line('tea', 99), cup]],
  ])('%s', (_, operation, after) => {
    expect(applied([tea, cup], operation)).toStrictEqual(after)
  })

  it('finds no room beyond the largest number of lines, but still changes those that are there', () => {
    const limits = { maxLines: 2, maxQuantity: 9 }
    expect(applied([tea, cup], { type: 'add', ...line('pot') }, limits)).toStrictEqual([tea, cup])
    expect(applied([tea, cup], { type: 'add', ...line('tea', 9) }, limits)).toStrictEqual([
      line('tea', 9),
      cup,
    ])
  })

  it('leaves a cart that can be ordered', () => {
    const product = fc.constantFrom('tea', 'cup', 'pot', 'tray')
    const quantity = fc.integer({ min: -2, max: 200 })
    const operation: fc.Arbitrary<CartOperation> = fc.oneof(
      fc.record({ type: fc.constantFrom('add' as const, 'set' as const), productId: product, quantity }),
      fc.record({ type: fc.constant('remove' as const), productId: product }),
      fc.record({ type: fc.constant('put-back' as const), productId: product, quantity, index: fc.nat(5) }),
      fc.record({
        type: fc.constant('take-out' as const),
        items: fc.constant([line('tea', 3), line('cup', 50)]),
      }),
    )
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 20 }), (operations) => {
        const lines = operations.reduce<readonly CartLine[]>((cart, each) => applied(cart, each), [])
        const ids = lines.map(({ productId }) => productId)
        expect(new Set(ids).size).toBe(ids.length)
        for (const { quantity: held } of lines) {
          expect(held).toBeGreaterThanOrEqual(1)
          expect(held).toBeLessThanOrEqual(USUAL_LIMITS.maxQuantity)
        }
      }),
    )
  })

  it('tells carts apart by product, quantity and order', () => {
    expect(sameLines([tea, cup], [{ ...tea }, { ...cup }])).toBe(true)
    expect(sameLines([tea, cup], [cup, tea])).toBe(false)
    expect(sameLines([tea], [line('tea', 3)])).toBe(false)
    expect(quantityOf([tea], 'cup')).toBe(0)
  })
})
