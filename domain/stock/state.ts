import { List, Map } from 'immutable'
import { impossible } from '../decider.ts'
import type { OrderId, ProductId } from '../ids.ts'
import type { StockEvent } from './events.ts'

/**
 * How many ended reservations a product remembers, so that the state of a product that sells for years stays small.
 * Consequence: once this many others have ended after it, a reservation is forgotten. Reserving under its id would
 * then hold units anew, and confirming or releasing it is `unknown-reservation`. Checkout repeats a step within its
 * payment window and the retries after it, so only a replay of commands from long ago could come that late.
 */
export const REMEMBERED_RESERVATIONS = 4096

interface ActiveReservation {
  readonly orderId: OrderId
  readonly quantity: number
}

interface EndedReservation {
  readonly end: 'confirmed' | 'released'
  readonly quantity: number
}

/** Persistent collections: a step costs O(log n) and never changes an older state, which the runner may have cached. */
export type StockState =
  | { readonly status: 'none' }
  | {
      readonly status: 'known'
      readonly productId: ProductId
      readonly received: number
      /** The sum of all adjustments; negative when more was lost than found. */
      readonly adjusted: number
      readonly available: number
      readonly reserved: number
      readonly sold: number
      readonly active: Map<string, ActiveReservation>
      readonly ended: Map<string, EndedReservation>
      /** The keys of `ended`, longest ended first. */
      readonly endedInOrder: List<string>
      /** Quantity by receipt id. Grows with deliveries, not with buyers, and is therefore kept whole. */
      readonly receipts: Map<string, number>
      /** Delta by adjustment id, kept whole for the same reason. */
      readonly adjustments: Map<string, number>
      /**
       * Quantity by return id. Kept whole although it grows with returns: a forgotten one would be put on sale twice by
       * whoever replays an old refund.
       */
      readonly returns: Map<string, number>
    }

type KnownStock = Extract<StockState, { status: 'known' }>

const empty = (productId: ProductId): KnownStock => ({
  status: 'known',
  productId,
  received: 0,
  adjusted: 0,
  available: 0,
  reserved: 0,
  sold: 0,
  active: Map(),
  ended: Map(),
  endedInOrder: List(),
  receipts: Map(),
  adjustments: Map(),
  returns: Map(),
})

/** Only assigns. Stock is known from its first receipt on, so earlier events leave `none` as it is. */
export const evolve = (state: StockState, event: StockEvent): StockState => {
  if (event.type === 'StockReceived') {
    const { productId, receiptId, quantity } = event.data
    const stock = state.status === 'none' ? empty(productId) : state
    return {
      ...stock,
      received: stock.received + quantity,
      available: stock.available + quantity,
      receipts: stock.receipts.set(receiptId, quantity),
    }
  }
  if (state.status === 'none') return state
  switch (event.type) {
    case 'StockReserved': {
      const { reservationId, orderId, quantity } = event.data
      return {
        ...state,
        available: state.available - quantity,
        reserved: state.reserved + quantity,
        active: state.active.set(reservationId, { orderId, quantity }),
      }
    }
    case 'StockReservationConfirmed': {
      const { reservationId, quantity } = event.data
      return { ...end(state, reservationId, 'confirmed', quantity), sold: state.sold + quantity }
    }
    case 'StockReservationReleased': {
      const { reservationId, quantity } = event.data
      return { ...end(state, reservationId, 'released', quantity), available: state.available + quantity }
    }
    case 'StockAdjusted': {
      const { adjustmentId, delta } = event.data
      return {
        ...state,
        adjusted: state.adjusted + delta,
        available: state.available + delta,
        adjustments: state.adjustments.set(adjustmentId, delta),
      }
    }
    case 'StockReturned': {
      const { returnId, quantity } = event.data
      return {
        ...state,
        available: state.available + quantity,
        sold: state.sold - quantity,
        returns: state.returns.set(returnId, quantity),
      }
    }
    default:
      return impossible(event)
  }
}

/** Moves a reservation from `active` to `ended` and forgets the one that ended longest ago when there are too many. */
const end = (
  stock: KnownStock,
  reservationId: string,
  how: EndedReservation['end'],
  quantity: number,
): KnownStock => {
  const oldest = stock.endedInOrder.first()
  const isFull = oldest !== undefined && stock.endedInOrder.size >= REMEMBERED_RESERVATIONS
  return {
    ...stock,
    reserved: stock.reserved - quantity,
    active: stock.active.delete(reservationId),
    ended: (isFull ? stock.ended.delete(oldest) : stock.ended).set(reservationId, { end: how, quantity }),
    endedInOrder: (isFull ? stock.endedInOrder.shift() : stock.endedInOrder).push(reservationId),
  }
}
