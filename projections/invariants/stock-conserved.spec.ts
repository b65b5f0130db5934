import { describe, it } from 'vitest'
import { orderId } from '#domain/order/samples.ts'
import type { StockEvent } from '#domain/stock/events.ts'
import { adjusted, confirmed, received, released, reserved, returned } from '#domain/stock/samples.ts'
import { expectRule, inStock } from './expect-rule.ts'
import { reservationsEndOnce, unitsConserved } from './stock-conserved.ts'

const stream = 'stock-rice-5kg'
const stock = (...events: readonly StockEvent[]) => events.map((event) => inStock(event))
const found = (message: string, revision: number, facts: Record<string, string | number>) => ({
  rule: 'I4' as const,
  orderId,
  stream,
  message,
  facts: { revision, ...facts },
})

describe('I4, the units of a product', () => {
  const without = (revision: number, facts: Record<string, number>) => ({
    rule: 'I4' as const,
    stream,
    message: 'Units are gone that were never there',
    facts: { revision, ...facts },
  })

  it('are received, adjusted, held, sold and freed', () => {
    expectRule(
      unitsConserved,
      ...stock(received('r1', 5), reserved('a', 2), reserved('b', 3), released('b', 3)),
      ...stock(confirmed('a', 2), adjusted('j1', -3), returned('b1', 2, 'a')),
    ).toBeKept()
  })

  it('are never fewer than none, which is told once', () => {
    expectRule(unitsConserved, ...stock(received('r1', 5), reserved('a', 6), reserved('b', 1))).toFind(
      without(1, { brought: 5, available: -1, reserved: 6, sold: 0 }),
    )
    expectRule(unitsConserved, ...stock(received('r1', 5), adjusted('j1', -6))).toFind(
      without(1, { brought: -1, available: -1, reserved: 0, sold: 0 }),
    )
    expectRule(unitsConserved, ...stock(received('r1', 5), released('a', 1))).toFind(
      without(1, { brought: 5, available: 6, reserved: -1, sold: 0 }),
    )
  })
})

describe('I4, what comes back', () => {
  it('is never more than was sold', () => {
    const sold = stock(received('r1', 5), reserved('a', 2), confirmed('a', 2))
    expectRule(unitsConserved, ...sold, ...stock(returned('b1', 3))).toFind({
      rule: 'I4',
      stream,
      message: 'Units are gone that were never there',
      facts: { revision: 3, brought: 5, available: 6, reserved: 0, sold: -1 },
    })
  })
})

describe('I4, a reservation', () => {
  it('ends once, sold or freed', () => {
    expectRule(reservationsEndOnce, ...stock(reserved('a', 2), confirmed('a', 2))).toBeKept()
    expectRule(reservationsEndOnce, ...stock(reserved('a', 2), released('a', 2))).toBeKept()
  })

  it('does not end twice, or without having been made', () => {
    const notHeld = (revision: number) =>
      found('A reservation ended that was not held', revision, { reservationId: 'a', quantity: 2 })
    for (const end of [confirmed, released])
      for (const again of [confirmed, released])
        expectRule(reservationsEndOnce, ...stock(reserved('a', 2), end('a', 2), again('a', 2))).toFind(
          notHeld(2),
        )
    expectRule(reservationsEndOnce, ...stock(released('a', 2))).toFind(notHeld(0))
  })

  it('is not made twice, not even after its end', () => {
    const again = (revision: number) =>
      found('A reservation was made again', revision, { reservationId: 'a', quantity: 2 })
    expectRule(reservationsEndOnce, ...stock(reserved('a', 2), reserved('a', 2))).toFind(again(1))
    expectRule(reservationsEndOnce, ...stock(reserved('a', 2), released('a', 2), reserved('a', 2))).toFind(
      again(2),
    )
  })

  it('ends with what it held', () => {
    expectRule(reservationsEndOnce, ...stock(reserved('a', 2), confirmed('a', 1))).toFind(
      found('A reservation ended with another quantity than it held', 1, {
        reservationId: 'a',
        held: 2,
        ended: 1,
      }),
    )
  })
})
