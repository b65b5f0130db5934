import { impossible } from '#domain/decider.ts'
import type { StockEvent } from '#domain/stock/events.ts'
import type { StockLevels } from './document.ts'

export const NO_STOCK: StockLevels = { received: 0, adjusted: 0, available: 0, reserved: 0, sold: 0 }

/** The levels after one event. Adds up, so it must never see an event twice: the document's revisions see to that. */
export const levelsAfter = (levels: StockLevels, event: StockEvent): StockLevels => {
  const { received, adjusted, available, reserved, sold } = levels
  switch (event.type) {
    case 'StockReceived':
      return {
        ...levels,
        received: received + event.data.quantity,
        available: available + event.data.quantity,
      }
    case 'StockReserved':
      return {
        ...levels,
        available: available - event.data.quantity,
        reserved: reserved + event.data.quantity,
      }
    case 'StockReservationConfirmed':
      return { ...levels, reserved: reserved - event.data.quantity, sold: sold + event.data.quantity }
    case 'StockReservationReleased':
      return {
        ...levels,
        available: available + event.data.quantity,
        reserved: reserved - event.data.quantity,
      }
    case 'StockAdjusted':
      return { ...levels, adjusted: adjusted + event.data.delta, available: available + event.data.delta }
    case 'StockReturned':
      return { ...levels, available: available + event.data.quantity, sold: sold - event.data.quantity }
    default:
      return impossible(event)
  }
}
