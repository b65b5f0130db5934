/** What became of one webhook. */
type DeliveryState =
  /** Waiting for its delay, its turn, or others to be reordered with. */
  | 'waiting'
  | 'delivering'
  | 'delivered'
  /** Every attempt of the profile was used; the event is gone for good. */
  | 'gave-up'
  /** Lost on purpose. */
  | 'dropped'
  /** Nothing was sent: switched off, in maintenance, without a target, or the queue was full. */
  | 'off'
  | 'maintenance'
  | 'no-target'
  | 'overflow'

interface DeliveryAttempt {
  atMs: number
  durationMs: number
  httpStatus?: number
  error?: string
}

export interface Delivery {
  deliveryId: number
  merchantPaymentId: string
  state: string
  body: Buffer
  status: DeliveryState
  attempts: DeliveryAttempt[]
  /** How it came about, when not by a transition: `copy`, `replay`, `forged`, `corrupt:…`. */
  origin?: string
}

export interface DeliveryLog {
  open(of: Omit<Delivery, 'deliveryId' | 'attempts' | 'status'> & { status: DeliveryState }): Delivery
  find(deliveryId: number): Delivery | undefined
  /** Oldest first. */
  list(filter: { merchantPaymentId?: string; limit: number }): Delivery[]
  clear(): void
}

/** Keeps the newest `capacity` deliveries. */
export function createDeliveryLog(capacity = 1_000): DeliveryLog {
  const deliveries = new Map<number, Delivery>()
  let lastId = 0
  return {
    open: (of) => {
      const delivery: Delivery = { deliveryId: ++lastId, attempts: [], ...of }
      deliveries.set(delivery.deliveryId, delivery)
      const oldest = deliveries.keys().next()
      if (deliveries.size > capacity && oldest.done !== true) deliveries.delete(oldest.value)
      return delivery
    },
    find: (deliveryId) => deliveries.get(deliveryId),
    list: ({ merchantPaymentId, limit }) =>
      [...deliveries.values()]
        .filter(
          (delivery) => merchantPaymentId === undefined || delivery.merchantPaymentId === merchantPaymentId,
        )
        .slice(-limit),
    clear: () => deliveries.clear(),
  }
}
