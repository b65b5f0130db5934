import { z } from 'zod'
import type { Event } from '../event.ts'
import { OrderId, ProductId } from '../ids.ts'

/** Goods came into the shop. Written through staff or the seed, once per receipt id. */
export const StockReceived = z.object({
  productId: ProductId,
  receiptId: z.string().min(1),
  quantity: z.int().positive(),
  atMs: z.int(),
})

/** Units are held for an order, taken out of what is available. Written by checkout. Not a sale yet. */
export const StockReserved = z.object({
  reservationId: z.string().min(1),
  orderId: OrderId,
  quantity: z.int().positive(),
  atMs: z.int(),
})

/** The held units are sold. Written by checkout, only after the order said it is paid. Ends the reservation. */
export const StockReservationConfirmed = z.object({
  reservationId: z.string().min(1),
  quantity: z.int().positive(),
  atMs: z.int(),
})

/** The held units are available again. Written by checkout, only after the order failed or was cancelled. Ends the reservation. */
export const StockReservationReleased = z.object({
  reservationId: z.string().min(1),
  quantity: z.int().positive(),
  atMs: z.int(),
})

/** A count or a breakage corrected what is available, up or down. Written through staff, once per adjustment id. */
export const StockAdjusted = z.object({
  adjustmentId: z.string().min(1),
  /** Added to what is available; negative for a loss. */
  delta: z.int(),
  reason: z.string().min(1),
  atMs: z.int(),
})

/**
 * Sold units came back and are available again. Written by refunding once the refund they belong to has completed, once
 * per return id. Says nothing about the money.
 */
export const StockReturned = z.object({
  returnId: z.string().min(1),
  /** The reservation under which the units were sold, where it is known. */
  reservationId: z.string().min(1).optional(),
  orderId: OrderId,
  quantity: z.int().positive(),
  atMs: z.int(),
})

export type StockEvent =
  | Event<'StockReceived', typeof StockReceived>
  | Event<'StockReserved', typeof StockReserved>
  | Event<'StockReservationConfirmed', typeof StockReservationConfirmed>
  | Event<'StockReservationReleased', typeof StockReservationReleased>
  | Event<'StockAdjusted', typeof StockAdjusted>
  | Event<'StockReturned', typeof StockReturned>
