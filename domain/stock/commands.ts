import type { OrderId, ProductId } from '../ids.ts'

/** Takes goods in; the same receipt id again is unchanged. */
export interface ReceiveStock {
  readonly type: 'ReceiveStock'
  readonly productId: ProductId
  readonly receiptId: string
  readonly quantity: number
  readonly atMs: number
}

/** Holds units for an order; the same reservation id again is unchanged, also after it has ended. */
export interface ReserveStock {
  readonly type: 'ReserveStock'
  readonly reservationId: string
  readonly orderId: OrderId
  readonly quantity: number
  readonly atMs: number
}

export interface ConfirmReservation {
  readonly type: 'ConfirmReservation'
  readonly reservationId: string
  readonly atMs: number
}

export interface ReleaseReservation {
  readonly type: 'ReleaseReservation'
  readonly reservationId: string
  readonly atMs: number
}

/** Corrects what is available; the same adjustment id again is unchanged. */
export interface AdjustStock {
  readonly type: 'AdjustStock'
  readonly adjustmentId: string
  readonly delta: number
  readonly reason: string
  readonly atMs: number
}

/** Puts sold units back on sale; the same return id again is unchanged, however late it comes. */
export interface ReturnStock {
  readonly type: 'ReturnStock'
  readonly returnId: string
  /** The reservation they were sold under: while that still holds them, they are not sold and cannot come back. */
  readonly reservationId?: string
  readonly orderId: OrderId
  readonly quantity: number
  readonly atMs: number
}

export type StockCommand =
  ReceiveStock | ReserveStock | ConfirmReservation | ReleaseReservation | AdjustStock | ReturnStock

/**
 * Why a stock command is refused, in order of precedence.
 * - `quantity-out-of-range`: not a whole number from one to `MAX_UNITS` (for an adjustment, up or down).
 * - `receipt-differs`, `reservation-differs`, `adjustment-differs`, `return-differs`: the id was used before with
 *   another quantity.
 * - `unknown-product`: nothing was ever received, so there is nothing to reserve, confirm, release, adjust or return.
 * - `insufficient-stock`: fewer units are available than asked for.
 * - `unknown-reservation`: there is no such reservation.
 * - `reservation-already-confirmed`, `reservation-already-released`: the reservation has ended the other way.
 * - `return-exceeds-sold`: fewer units are sold, of all or under the named reservation, than would come back.
 */
export type StockRefusal =
  | 'quantity-out-of-range'
  | 'receipt-differs'
  | 'reservation-differs'
  | 'adjustment-differs'
  | 'return-differs'
  | 'unknown-product'
  | 'insufficient-stock'
  | 'unknown-reservation'
  | 'reservation-already-confirmed'
  | 'reservation-already-released'
  | 'return-exceeds-sold'

/** More units than any one delivery brings: keeps every sum of a product far inside the safe integers. */
export const MAX_UNITS = 1_000_000_000
