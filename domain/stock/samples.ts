import { OrderId, ProductId } from '../ids.ts'
import type { StockCommand } from './commands.ts'
import type { StockEvent } from './events.ts'

export const orderId = OrderId.parse('6f2a1d7c-3b54-4c1e-9a0d-5e8b7c6d4f10')
export const productId = ProductId.parse('rice-5kg')
const atMs = 1_795_200_000_000

export const receive = (receiptId: string, quantity: number): StockCommand => ({
  type: 'ReceiveStock',
  productId,
  receiptId,
  quantity,
  atMs,
})
export const reserve = (reservationId: string, quantity: number): StockCommand => ({
  type: 'ReserveStock',
  reservationId,
  orderId,
  quantity,
  atMs,
})
export const confirm = (reservationId: string): StockCommand => ({
  type: 'ConfirmReservation',
  reservationId,
  atMs,
})
export const release = (reservationId: string): StockCommand => ({
  type: 'ReleaseReservation',
  reservationId,
  atMs,
})
export const adjust = (adjustmentId: string, delta: number): StockCommand => ({
  type: 'AdjustStock',
  adjustmentId,
  delta,
  reason: 'count',
  atMs,
})
export const giveBack = (returnId: string, quantity: number, reservationId?: string): StockCommand => ({
  type: 'ReturnStock',
  returnId,
  ...(reservationId === undefined ? {} : { reservationId }),
  orderId,
  quantity,
  atMs,
})

export const received = (receiptId: string, quantity: number): StockEvent => ({
  type: 'StockReceived',
  data: { productId, receiptId, quantity, atMs },
})
export const reserved = (reservationId: string, quantity: number): StockEvent => ({
  type: 'StockReserved',
  data: { reservationId, orderId, quantity, atMs },
})
export const confirmed = (reservationId: string, quantity: number): StockEvent => ({
  type: 'StockReservationConfirmed',
  data: { reservationId, quantity, atMs },
})
export const released = (reservationId: string, quantity: number): StockEvent => ({
  type: 'StockReservationReleased',
  data: { reservationId, quantity, atMs },
})
export const adjusted = (adjustmentId: string, delta: number): StockEvent => ({
  type: 'StockAdjusted',
  data: { adjustmentId, delta, reason: 'count', atMs },
})
export const returned = (returnId: string, quantity: number, reservationId?: string): StockEvent => ({
  type: 'StockReturned',
  data: { returnId, ...(reservationId === undefined ? {} : { reservationId }), orderId, quantity, atMs },
})
