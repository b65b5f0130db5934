/** One step of an order's story. Codes only: no sentences, no personal data, no codes or addresses that could be paid. */
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
  /** A code saying which one: a product id, an attempt (`attempt-2`), the source of an observation. */
  readonly detail?: string
}

/** The whole story of one order, oldest first, in the order of the log. */
export interface OrderTimeline {
  readonly orderId: string
  readonly entries: readonly TimelineEntry[]
}
