/**
 * One step of an order's story. Codes only: no sentences, no personal data, no codes or addresses that could be paid.
 * What only staff may read stands apart, under `staff`.
 */
export interface TimelineEntry {
  /** When the log recorded it, epoch milliseconds. */
  readonly at: number
  /** The event's type: `OrderPlaced`, `PaymentLapsed`, `StockReserved` … */
  readonly type: string
  /** A code saying why, where there is a why: `PAYMENT_EXPIRED`, `LATE`, the provider's error code … */
  readonly reason?: string
  /** Who did it, without saying which person: `customer`, `staff`, `process:checkout`, `system:seed`. */
  readonly actor: string
  readonly eventId: string
  readonly position: number
  /** A code saying which one: a product id, an attempt (`attempt-2`), a refund id, the source of an observation. */
  readonly detail?: string
  /** Which member of staff it was, and the note they left. Never for the buyer. */
  readonly staff?: { readonly by: string; readonly note?: string }
}

/** The whole story of one order, oldest first, in the order of the log. */
export interface OrderTimeline {
  readonly orderId: string
  readonly entries: readonly TimelineEntry[]
}
