import { describe, expect, it } from 'vitest'
import { fold, given } from '../given.ts'
import { MAX_UNITS, type StockCommand, type StockRefusal } from './commands.ts'
import { REMEMBERED_RESERVATIONS, stockDecider } from './decider.ts'
import type { StockEvent } from './events.ts'
import {
  adjust,
  adjusted,
  confirm,
  confirmed,
  orderId,
  productId,
  receive,
  received,
  release,
  released,
  reserve,
  reserved,
  giveBack,
  returned,
} from './samples.ts'

const stock = (...events: readonly StockEvent[]) => given(stockDecider, ...events)

describe('receiving stock', () => {
  it('takes each receipt once', () => {
    stock().when(receive('r1', 5)).then(received('r1', 5))
    stock(received('r1', 5)).when(receive('r1', 5)).thenUnchanged()
    stock(received('r1', 5)).when(receive('r2', 5)).then(received('r2', 5))
  })

  it('takes whole quantities from one to the bound', () => {
    stock().when(receive('r1', 1)).then(received('r1', 1))
    stock().when(receive('r1', MAX_UNITS)).then(received('r1', MAX_UNITS))
    for (const quantity of [-1, 0, 0.5, 1.5, MAX_UNITS + 1, Number.NaN])
      stock(received('r1', 5)).when(receive('r2', quantity)).thenRefused('quantity-out-of-range')
  })
})

describe('reserving stock', () => {
  it('holds up to what is available', () => {
    stock(received('r1', 5)).when(reserve('a', 5)).then(reserved('a', 5))
    stock(received('r1', 5)).when(reserve('a', 6)).thenRefused('insufficient-stock')
    stock(received('r1', 5), reserved('a', 3)).when(reserve('b', 2)).then(reserved('b', 2))
    stock(received('r1', 5), reserved('a', 3)).when(reserve('b', 3)).thenRefused('insufficient-stock')
  })

  it('can hold again what was released, but not what was sold', () => {
    const held = [received('r1', 5), reserved('a', 5)]
    stock(...held, released('a', 5))
      .when(reserve('b', 5))
      .then(reserved('b', 5))
    stock(...held, confirmed('a', 5))
      .when(reserve('b', 1))
      .thenRefused('insufficient-stock')
  })

  it('is unchanged for the same reservation, while active and after it ended', () => {
    const held = [received('r1', 5), reserved('a', 2)]
    stock(...held)
      .when(reserve('a', 2))
      .thenUnchanged()
    stock(...held, confirmed('a', 2))
      .when(reserve('a', 2))
      .thenUnchanged()
    stock(...held, released('a', 2))
      .when(reserve('a', 2))
      .thenUnchanged()
  })

  it('takes whole quantities only', () => {
    for (const quantity of [-1, 0, 1.5])
      stock(received('r1', 5)).when(reserve('a', quantity)).thenRefused('quantity-out-of-range')
  })
})

describe('ending a reservation', () => {
  const held = [received('r1', 5), reserved('a', 2), reserved('b', 1)]

  it('sells what was held, once', () => {
    stock(...held)
      .when(confirm('a'))
      .then(confirmed('a', 2))
    stock(...held, confirmed('a', 2))
      .when(confirm('a'))
      .thenUnchanged()
  })

  it('frees what was held, once', () => {
    stock(...held)
      .when(release('b'))
      .then(released('b', 1))
    stock(...held, released('b', 1))
      .when(release('b'))
      .thenUnchanged()
  })
})

describe('adjusting stock', () => {
  it('corrects what is available up or down, once', () => {
    stock(received('r1', 5)).when(adjust('j1', 2)).then(adjusted('j1', 2))
    stock(received('r1', 5)).when(adjust('j1', -5)).then(adjusted('j1', -5))
    stock(received('r1', 5), adjusted('j1', -5)).when(adjust('j1', -5)).thenUnchanged()
  })

  it('never takes what is held or not there', () => {
    stock(received('r1', 5)).when(adjust('j1', -6)).thenRefused('insufficient-stock')
    stock(received('r1', 5), reserved('a', 4)).when(adjust('j1', -2)).thenRefused('insufficient-stock')
    stock(received('r1', 5), reserved('a', 4)).when(adjust('j1', -1)).then(adjusted('j1', -1))
  })

  it('is by a whole number other than zero', () => {
    stock(received('r1', 5)).when(adjust('j1', MAX_UNITS)).then(adjusted('j1', MAX_UNITS))
    for (const delta of [0, 0.5, -1.5, MAX_UNITS + 1, -MAX_UNITS - 1])
      stock(received('r1', 5)).when(adjust('j1', delta)).thenRefused('quantity-out-of-range')
  })
})

describe('what is known of a product', () => {
  it('counts received, adjusted, available, reserved and sold units', () => {
    const state = fold(stockDecider, [
      received('r1', 10),
      received('r2', 5),
      adjusted('j1', -3),
      adjusted('j2', 1),
      reserved('a', 4),
      reserved('b', 3),
      reserved('c', 2),
      confirmed('a', 4),
      released('b', 3),
    ])
    expect(state).toMatchObject({
      status: 'known',
      productId,
      received: 15,
      adjusted: -2,
      available: 7,
      reserved: 2,
      sold: 4,
    })
    expect(state.status === 'known' && state.active.toObject()).toStrictEqual({ c: { orderId, quantity: 2 } })
    expect(state.status === 'known' && state.ended.toObject()).toStrictEqual({
      a: { end: 'confirmed', quantity: 4 },
      b: { end: 'released', quantity: 3 },
    })
  })

  it('leaves an older state as it was', () => {
    const before = fold(stockDecider, [received('r1', 5), reserved('a', 2)])
    stockDecider.evolve(before, confirmed('a', 2))
    expect(before).toStrictEqual(fold(stockDecider, [received('r1', 5), reserved('a', 2)]))
  })

  it(`remembers the last ${REMEMBERED_RESERVATIONS} ended reservations and no more`, () => {
    const sale = (n: number): StockEvent[] => [reserved(`s${n}`, 1), confirmed(`s${n}`, 1)]
    const sales = Array.from({ length: REMEMBERED_RESERVATIONS }, (_, n) => sale(n)).flat()
    const full = fold(stockDecider, [received('r1', MAX_UNITS), ...sales])
    expect(stockDecider.decide(full, confirm('s0'))).toStrictEqual({ kind: 'unchanged' })

    const over = sale(REMEMBERED_RESERVATIONS).reduce(stockDecider.evolve, full)
    expect(over).toMatchObject({
      ended: { size: REMEMBERED_RESERVATIONS },
      sold: REMEMBERED_RESERVATIONS + 1,
    })
    expect(stockDecider.decide(over, confirm('s0'))).toStrictEqual({
      kind: 'refused',
      refusal: 'unknown-reservation',
    })
    expect(stockDecider.decide(over, reserve('s0', 1)).kind).toBe('accepted')
    expect(stockDecider.decide(over, confirm('s1'))).toStrictEqual({ kind: 'unchanged' })
  })
})

describe('returned units', () => {
  const sold = [received('r1', 9), reserved('a', 2), confirmed('a', 2), reserved('b', 3), confirmed('b', 3)]

  it('are available again, and no longer sold', () => {
    stock(...sold)
      .when(giveBack('b1', 2, 'a'))
      .then(returned('b1', 2, 'a'))
    expect(fold(stockDecider, [...sold, returned('b1', 2, 'a')])).toMatchObject({ available: 6, sold: 3 })
  })

  it('come back once under one id, in one quantity', () => {
    const back = stock(...sold, returned('b1', 2, 'a'))
    back.when(giveBack('b1', 2, 'a')).thenUnchanged()
    back.when(giveBack('b1', 1, 'a')).thenRefused('return-differs')
    back.when(giveBack('b2', 2)).then(returned('b2', 2))
  })

  it('are never more than are sold, in all and under the reservation that is named', () => {
    stock(...sold)
      .when(giveBack('b1', 6))
      .thenRefused('return-exceeds-sold')
    stock(...sold)
      .when(giveBack('b1', 3, 'a'))
      .thenRefused('return-exceeds-sold')
    stock(...sold, returned('b1', 4))
      .when(giveBack('b2', 2, 'a'))
      .thenRefused('return-exceeds-sold')
  })

  it('are not those that a reservation still holds, or has given up', () => {
    stock(...sold, reserved('c', 1))
      .when(giveBack('b1', 1, 'c'))
      .thenRefused('return-exceeds-sold')
    stock(...sold, reserved('c', 1), released('c', 1))
      .when(giveBack('b1', 1, 'c'))
      .thenRefused('return-exceeds-sold')
  })

  it('are remembered for good, so that a replay of old refunds puts nothing on sale twice', () => {
    const back = Array.from({ length: REMEMBERED_RESERVATIONS + 2 }, (_, n) => [
      reserved(`s${n}`, 1),
      confirmed(`s${n}`, 1),
      returned(`b${n}`, 1, `s${n}`),
    ]).flat()
    stock(received('r1', 9), ...back)
      .when(giveBack('b0', 1, 's0'))
      .thenUnchanged()
  })
})

describe('refusals of stock, in their documented precedence', () => {
  const held = [received('r1', 5), reserved('a', 2)]
  /** Where a command can meet several refusals at once, the row is built so that it does: the first one must win. */
  const table: Record<StockRefusal, readonly [readonly StockEvent[], StockCommand]> = {
    'quantity-out-of-range': [[], reserve('a', MAX_UNITS + 1)],
    'receipt-differs': [held, receive('r1', 6)],
    'reservation-differs': [held, reserve('a', 6)],
    'adjustment-differs': [[...held, adjusted('j1', -1)], adjust('j1', -9)],
    'return-differs': [[...held, confirmed('a', 2), returned('b1', 1)], giveBack('b1', 9)],
    'unknown-product': [[], reserve('a', 1)],
    'insufficient-stock': [held, reserve('b', 4)],
    'unknown-reservation': [held, confirm('b')],
    'reservation-already-confirmed': [[...held, confirmed('a', 2)], release('a')],
    'reservation-already-released': [[...held, released('a', 2)], confirm('a')],
    'return-exceeds-sold': [held, giveBack('b1', 1)],
  }

  it.each(Object.entries(table))('%s', (refusal, [events, command]) => {
    expect(stockDecider.decide(fold(stockDecider, events), command)).toStrictEqual({
      kind: 'refused',
      refusal,
    })
  })

  it('know nothing of a product that never came in', () => {
    for (const command of [reserve('a', 1), confirm('a'), release('a'), adjust('j1', 1), giveBack('b1', 1)])
      stock().when(command).thenRefused('unknown-product')
    for (const command of [reserve('a', 0), adjust('j1', 0), giveBack('b1', 0)])
      stock().when(command).thenRefused('quantity-out-of-range')
  })

  it('know nothing of a reservation that was never made', () => {
    stock(...held)
      .when(release('b'))
      .thenRefused('unknown-reservation')
    stock(...held)
      .when(confirm('b'))
      .thenRefused('unknown-reservation')
  })

  it('find a used reservation id differing after its end too', () => {
    stock(...held, released('a', 2))
      .when(reserve('a', 1))
      .thenRefused('reservation-differs')
    stock(...held, confirmed('a', 2))
      .when(reserve('a', 3))
      .thenRefused('reservation-differs')
  })
})
