import { defineCodec, type EventCodec } from '../codec.ts'
import * as events from './events.ts'
import type { StockEvent } from './events.ts'

/** How stock events stand in the log. */
export const stockCodec: EventCodec<StockEvent> = defineCodec<StockEvent>({
  StockReceived: { version: 1, data: events.StockReceived },
  StockReserved: { version: 1, data: events.StockReserved },
  StockReservationConfirmed: { version: 1, data: events.StockReservationConfirmed },
  StockReservationReleased: { version: 1, data: events.StockReservationReleased },
  StockAdjusted: { version: 1, data: events.StockAdjusted },
  StockReturned: { version: 1, data: events.StockReturned },
})
