import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { impossible } from '../decider.ts'
import { inWords } from '../given.ts'
import {
  expectAnyEventsFold,
  expectEventsSurviveTheLog,
  expectTwiceIsOnce,
  overRandomHistories,
} from '../laws.ts'
import { stockCodec } from './codec.ts'
import type { StockCommand } from './commands.ts'
import { stockDecider, type StockState } from './decider.ts'
import {
  adjust,
  adjusted,
  confirm,
  confirmed,
  giveBack,
  receive,
  received,
  release,
  released,
  reserve,
  reserved,
  returned,
} from './samples.ts'

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const quantity = fc.integer({ min: 0, max: 6 })
const command: fc.Arbitrary<StockCommand> = fc.oneof(
  fc.tuple(id, quantity).map(([id, quantity]) => receive(id, quantity)),
  fc.tuple(id, quantity).map(([id, quantity]) => reserve(id, quantity)),
  id.map(confirm),
  id.map(release),
  fc.tuple(id, fc.integer({ min: -6, max: 6 })).map(([id, delta]) => adjust(id, delta)),
  fc
    .tuple(id, quantity, fc.option(id, { nil: undefined }))
    .map(([id, quantity, under]) => giveBack(id, quantity, under)),
)

const total = (amounts: Iterable<number>) => [...amounts].reduce((sum, amount) => sum + amount, 0)

/** A shelf as a child would count it: every receipt, adjustment and reservation in plain maps, sums taken anew each time. */
const shelf = () => {
  const receipts = new Map<string, number>()
  const adjustments = new Map<string, number>()
  const reservations = new Map<string, { quantity: number; is: 'active' | 'confirmed' | 'released' }>()
  const returns = new Map<string, number>()
  const units = (is: string) =>
    total([...reservations.values()].filter((one) => one.is === is).map(({ quantity }) => quantity))
  const sold = () => units('confirmed') - total(returns.values())
  const available = () => total(receipts.values()) + total(adjustments.values()) - units('active') - sold()

  const end = (id: string, is: 'confirmed' | 'released', event: string): string => {
    if (receipts.size === 0) return 'no: unknown-product'
    const reservation = reservations.get(id)
    if (reservation === undefined) return 'no: unknown-reservation'
    if (reservation.is === is) return 'unchanged'
    if (reservation.is !== 'active') return `no: reservation-already-${reservation.is}`
    reservations.set(id, { ...reservation, is })
    return event
  }
  const apply = (command: StockCommand): string => {
    switch (command.type) {
      case 'ReceiveStock': {
        const before = receipts.get(command.receiptId)
        if (command.quantity === 0) return 'no: quantity-out-of-range'
        if (before !== undefined) return before === command.quantity ? 'unchanged' : 'no: receipt-differs'
        receipts.set(command.receiptId, command.quantity)
        return 'StockReceived'
      }
      case 'ReserveStock': {
        const before = reservations.get(command.reservationId)?.quantity
        if (command.quantity === 0) return 'no: quantity-out-of-range'
        if (before !== undefined) return before === command.quantity ? 'unchanged' : 'no: reservation-differs'
        if (receipts.size === 0) return 'no: unknown-product'
        if (command.quantity > available()) return 'no: insufficient-stock'
        reservations.set(command.reservationId, { quantity: command.quantity, is: 'active' })
        return 'StockReserved'
      }
      case 'ConfirmReservation':
        return end(command.reservationId, 'confirmed', 'StockReservationConfirmed')
      case 'ReleaseReservation':
        return end(command.reservationId, 'released', 'StockReservationReleased')
      case 'AdjustStock': {
        const before = adjustments.get(command.adjustmentId)
        if (command.delta === 0) return 'no: quantity-out-of-range'
        if (before !== undefined) return before === command.delta ? 'unchanged' : 'no: adjustment-differs'
        if (receipts.size === 0) return 'no: unknown-product'
        if (available() + command.delta < 0) return 'no: insufficient-stock'
        adjustments.set(command.adjustmentId, command.delta)
        return 'StockAdjusted'
      }
      case 'ReturnStock': {
        const { returnId, reservationId, quantity } = command
        const before = returns.get(returnId)
        if (quantity === 0) return 'no: quantity-out-of-range'
        if (before !== undefined) return before === quantity ? 'unchanged' : 'no: return-differs'
        if (receipts.size === 0) return 'no: unknown-product'
        const under = reservationId === undefined ? undefined : reservations.get(reservationId)
        const isOfAnother = under !== undefined && (under.is !== 'confirmed' || quantity > under.quantity)
        if (quantity > sold() || isOfAnother) return 'no: return-exceeds-sold'
        returns.set(returnId, quantity)
        return 'StockReturned'
      }
      default:
        return impossible(command)
    }
  }
  const counts = () => ({
    received: total(receipts.values()),
    adjusted: total(adjustments.values()),
    available: available(),
    reserved: units('active'),
    sold: sold(),
  })
  return { apply, counts }
}

const countsOf = (state: StockState) => {
  if (state.status === 'none') return { received: 0, adjusted: 0, available: 0, reserved: 0, sold: 0 }
  const { received, adjusted, available, reserved, sold } = state
  return { received, adjusted, available, reserved, sold }
}

describe('the stock of a product, whatever happens to it', () => {
  it('is conserved, and never negative', () => {
    overRandomHistories(stockDecider, command, ({ after }) => {
      const { received, adjusted, available, reserved, sold } = countsOf(after)
      expect(available + reserved + sold).toBe(received + adjusted)
      expect(Math.min(available, reserved, sold)).toBeGreaterThanOrEqual(0)
    })
  })

  it('agrees with a plain count in every answer and every number', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const model = shelf()
        let state = stockDecider.initial
        for (const command of commands) {
          const decision = stockDecider.decide(state, command)
          expect(inWords(decision)).toBe(model.apply(command))
          if (decision.kind === 'accepted') state = decision.events.reduce(stockDecider.evolve, state)
          expect(countsOf(state)).toStrictEqual(model.counts())
        }
      }),
      { numRuns: 200 },
    )
  })

  it('decides a command that comes twice only once', () => {
    expectTwiceIsOnce(stockDecider, command)
  })

  it('writes only events that can be read back', () => {
    expectEventsSurviveTheLog(stockDecider, stockCodec, command)
  })

  it('folds any events', () => {
    const ends = [confirmed('a', 2), released('a', 2), adjusted('j1', -9), returned('b1', 3)]
    expectAnyEventsFold(stockDecider, [received('r1', 5), reserved('a', 2), ...ends])
  })
})
