import { accepted, impossible, refused, unchanged, type Decider, type Decision } from '../decider.ts'
import {
  MAX_UNITS,
  type AdjustStock,
  type ConfirmReservation,
  type ReceiveStock,
  type ReleaseReservation,
  type ReserveStock,
  type ReturnStock,
  type StockCommand,
  type StockRefusal,
} from './commands.ts'
import type { StockEvent } from './events.ts'
import { evolve, type StockState } from './state.ts'

export { REMEMBERED_RESERVATIONS, type StockState } from './state.ts'

type StockDecision = Decision<StockEvent, StockRefusal>

/** The stock of one product, stream `stock-{productId}`: available + reserved + sold = received + adjusted, always. */
export const stockDecider: Decider<StockState, StockCommand, StockEvent, StockRefusal> = {
  initial: { status: 'none' },
  evolve,
  decide: (state, command) => {
    switch (command.type) {
      case 'ReceiveStock':
        return decideReceipt(state, command)
      case 'ReserveStock':
        return decideReservation(state, command)
      case 'ConfirmReservation':
        return decideConfirmation(state, command)
      case 'ReleaseReservation':
        return decideRelease(state, command)
      case 'AdjustStock':
        return decideAdjustment(state, command)
      case 'ReturnStock':
        return decideReturn(state, command)
      default:
        return impossible(command)
    }
  },
}

const decideReceipt = (state: StockState, command: ReceiveStock): StockDecision => {
  const { productId, receiptId, quantity, atMs } = command
  if (!isQuantity(quantity)) return refused('quantity-out-of-range')
  const before = state.status === 'none' ? undefined : state.receipts.get(receiptId)
  if (before !== undefined) return before === quantity ? unchanged : refused('receipt-differs')
  return accepted({ type: 'StockReceived', data: { productId, receiptId, quantity, atMs } })
}

const decideReservation = (state: StockState, command: ReserveStock): StockDecision => {
  const { reservationId, orderId, quantity, atMs } = command
  if (!isQuantity(quantity)) return refused('quantity-out-of-range')
  if (state.status === 'none') return refused('unknown-product')
  // An ended reservation answers as well: a late repeat must not hold units that nobody will ever end again.
  const before = state.active.get(reservationId) ?? state.ended.get(reservationId)
  if (before !== undefined) return before.quantity === quantity ? unchanged : refused('reservation-differs')
  if (quantity > state.available) return refused('insufficient-stock')
  return accepted({ type: 'StockReserved', data: { reservationId, orderId, quantity, atMs } })
}

const decideConfirmation = (state: StockState, command: ConfirmReservation): StockDecision => {
  const { reservationId, atMs } = command
  if (state.status === 'none') return refused('unknown-product')
  const active = state.active.get(reservationId)
  if (active !== undefined) {
    const { quantity } = active
    return accepted({ type: 'StockReservationConfirmed', data: { reservationId, quantity, atMs } })
  }
  switch (state.ended.get(reservationId)?.end) {
    case 'confirmed':
      return unchanged
    case 'released':
      return refused('reservation-already-released')
    default:
      return refused('unknown-reservation')
  }
}

const decideRelease = (state: StockState, command: ReleaseReservation): StockDecision => {
  const { reservationId, atMs } = command
  if (state.status === 'none') return refused('unknown-product')
  const active = state.active.get(reservationId)
  if (active !== undefined) {
    const { quantity } = active
    return accepted({ type: 'StockReservationReleased', data: { reservationId, quantity, atMs } })
  }
  switch (state.ended.get(reservationId)?.end) {
    case 'released':
      return unchanged
    case 'confirmed':
      return refused('reservation-already-confirmed')
    default:
      return refused('unknown-reservation')
  }
}

const decideAdjustment = (state: StockState, command: AdjustStock): StockDecision => {
  const { adjustmentId, delta, reason, atMs } = command
  if (!isQuantity(Math.abs(delta))) return refused('quantity-out-of-range')
  if (state.status === 'none') return refused('unknown-product')
  const before = state.adjustments.get(adjustmentId)
  if (before !== undefined) return before === delta ? unchanged : refused('adjustment-differs')
  if (state.available + delta < 0) return refused('insufficient-stock')
  return accepted({ type: 'StockAdjusted', data: { adjustmentId, delta, reason, atMs } })
}

const decideReturn = (state: StockState, command: ReturnStock): StockDecision => {
  const { returnId, reservationId, orderId, quantity, atMs } = command
  if (!isQuantity(quantity)) return refused('quantity-out-of-range')
  if (state.status === 'none') return refused('unknown-product')
  const before = state.returns.get(returnId)
  if (before !== undefined) return before === quantity ? unchanged : refused('return-differs')
  if (quantity > state.sold || !wasSold(state, reservationId, quantity)) return refused('return-exceeds-sold')
  const under = reservationId === undefined ? {} : { reservationId }
  return accepted({ type: 'StockReturned', data: { returnId, ...under, orderId, quantity, atMs } })
}

/** Of a reservation that ended so long ago that it is forgotten, the order alone knows, and it has judged already. */
const wasSold = (
  { active, ended }: Extract<StockState, { status: 'known' }>,
  reservationId: string | undefined,
  quantity: number,
): boolean => {
  if (reservationId === undefined) return true
  if (active.has(reservationId)) return false
  const reservation = ended.get(reservationId)
  return reservation === undefined || (reservation.end === 'confirmed' && quantity <= reservation.quantity)
}

const isQuantity = (units: number): boolean => Number.isInteger(units) && units >= 1 && units <= MAX_UNITS
