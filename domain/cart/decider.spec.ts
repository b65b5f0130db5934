import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, given } from '../given.ts'
import {
  expectAnyEventsFold,
  expectEventsSurviveTheLog,
  expectTwiceIsOnce,
  overRandomHistories,
} from '../laws.ts'
import { MAX_LINES, MAX_QUANTITY } from '../order/commands.ts'
import { cartCodec } from './codec.ts'
import type { CartCommand, CartRefusal } from './commands.ts'
import { cartDecider, leftOut, linesOf } from './decider.ts'
import type { CartEvent, CartLine } from './events.ts'
import { changedTo, line, lines, merge, replaceBy } from './samples.ts'

const tea = line('tea', 2)
const kettle = line('kettle')
const cart = (...events: readonly CartEvent[]) => given(cartDecider, ...events)

describe('replacing a cart', () => {
  it('holds what it is given, whatever was in it', () => {
    cart().when(replaceBy(tea, kettle)).then(changedTo(tea, kettle))
    cart(changedTo(tea)).when(replaceBy(kettle)).then(changedTo(kettle))
    cart(changedTo(tea)).when(replaceBy()).then(changedTo())
  })

  it('is unchanged by the same lines, and an empty one by none', () => {
    cart(changedTo(tea, kettle)).when(replaceBy(tea, kettle)).thenUnchanged()
    cart().when(replaceBy()).thenUnchanged()
    cart(changedTo(tea), changedTo()).when(replaceBy()).thenUnchanged()
  })

  it('keeps the order of the lines', () => {
    cart(changedTo(tea, kettle)).when(replaceBy(kettle, tea)).then(changedTo(kettle, tea))
  })

  it('takes the place of the lines the customer saw, and of no others', () => {
    const instead = (insteadOf: readonly CartLine[], ...items: readonly CartLine[]): CartCommand => ({
      ...replaceBy(...items),
      insteadOf,
    })
    cart(changedTo(tea))
      .when(instead([tea], tea, kettle))
      .then(changedTo(tea, kettle))
    cart().when(instead([], kettle)).then(changedTo(kettle))
    cart(changedTo(tea))
      .when(instead([kettle], kettle, tea))
      .thenRefused('cart-changed')
    cart(changedTo(tea)).when(instead([], kettle)).thenRefused('cart-changed')
    // A repeat of a change that was made, whose answer was lost.
    cart(changedTo(tea), changedTo(kettle))
      .when(instead([tea], kettle))
      .thenUnchanged()
  })
})

describe('merging into a cart', () => {
  it('takes the larger quantity of each product, known lines first', () => {
    cart(changedTo(tea, kettle))
      .when(merge(line('cup', 4), line('kettle', 3), line('tea', 1)))
      .then(changedTo(tea, line('kettle', 3), line('cup', 4)))
    cart().when(merge(kettle)).then(changedTo(kettle))
  })

  it('is unchanged by what is already there', () => {
    cart(changedTo(tea, kettle))
      .when(merge(kettle, line('tea', 1)))
      .thenUnchanged()
    cart().when(merge()).thenUnchanged()
  })

  it('keeps every known line when there is no room for all, and says what was left out', () => {
    const known = lines(MAX_LINES - 1)
    const added = [line('cup'), line('plate'), line('product-0', 9)]
    const full = changedTo(line('product-0', 9), ...known.slice(1), line('cup'))
    cart(changedTo(...known))
      .when(merge(...added))
      .then(full)
    expect(leftOut(fold(cartDecider, [full]), added)).toStrictEqual([line('plate')])
  })
})

describe.each([
  ['replacing', replaceBy],
  ['merging', merge],
])('%s, where it is refused', (_, command) => {
  /** In precedence order; each also breaks the rules below it. */
  const table: Record<Exclude<CartRefusal, 'cart-changed'>, readonly CartLine[]> = {
    'too-many-lines': [...lines(MAX_LINES), line('product-0', MAX_QUANTITY + 1)],
    'duplicate-product': [tea, line('tea', MAX_QUANTITY + 1)],
    'quantity-out-of-range': [line('tea', 0)],
  }
  it.each(Object.entries(table))('says %s', (refusal, items) => {
    expect(cartDecider.decide(cartDecider.initial, command(...items))).toStrictEqual({
      kind: 'refused',
      refusal,
    })
  })

  it('judges the lines before it looks at what the customer saw', () => {
    const stale: CartCommand = { ...replaceBy(line('tea', 0)), insteadOf: [kettle] }
    cart(changedTo(tea)).when(stale).thenRefused('quantity-out-of-range')
  })

  it(`takes ${MAX_LINES} lines and quantities from 1 to ${MAX_QUANTITY}`, () => {
    cart()
      .when(command(...lines(MAX_LINES)))
      .then(changedTo(...lines(MAX_LINES)))
    for (const quantity of [1, MAX_QUANTITY])
      cart()
        .when(command(line('tea', quantity)))
        .then(changedTo(line('tea', quantity)))
    for (const quantity of [-1, 1.5, MAX_QUANTITY + 1, Number.NaN])
      cart()
        .when(command(line('tea', quantity)))
        .thenRefused('quantity-out-of-range')
  })
})

describe('a cart, whatever happens to it', () => {
  const someLines = fc.uniqueArray(
    fc
      .tuple(fc.constantFrom('tea', 'cup', 'kettle', 'tray'), fc.integer({ min: 0, max: 4 }))
      .map(([product, quantity]) => line(product, quantity)),
    { selector: ({ productId }) => productId, maxLength: 4 },
  )
  const command: fc.Arbitrary<CartCommand> = fc.oneof(
    someLines.map((items) => replaceBy(...items)),
    someLines.map((items) => merge(...items)),
    fc.tuple(someLines, someLines).map(([items, insteadOf]) => ({ ...replaceBy(...items), insteadOf })),
  )

  it('decides a command that comes twice only once', () => {
    expectTwiceIsOnce(cartDecider, command)
  })

  it('writes only events that can be read back', () => {
    expectEventsSurviveTheLog(cartDecider, cartCodec, command)
  })

  it('folds any events, and the newest alone tells the cart', () => {
    expectAnyEventsFold(cartDecider, [changedTo(tea), changedTo(), changedTo(kettle, tea)])
    overRandomHistories(cartDecider, command, ({ after, events }) => {
      if (events.length > 0) expect(fold(cartDecider, events)).toStrictEqual(after)
    })
  })

  it('loses no line and no unit by merging', () => {
    overRandomHistories(cartDecider, command, ({ before, after, command: { type, items }, events }) => {
      if (type !== 'MergeCart' || events.length === 0) return
      const held = new Map(linesOf(after).map(({ productId, quantity }) => [productId, quantity]))
      for (const { productId, quantity } of [...linesOf(before), ...items])
        expect(held.get(productId)).toBeGreaterThanOrEqual(quantity)
    })
  })
})
