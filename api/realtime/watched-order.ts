import { MerchantPaymentId, type OrderId } from '#domain/ids.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Confirmations } from '#processmanagers/payment-confirmation/confirmations.ts'
import type { OrderReader, ReadOrder } from '../orders/order-reader.ts'
import { isEnded } from '../orders/order-view.ts'
import type { OrderChanges } from './order-changes.ts'

/** One follower of an order; told of every newer state, never of an older one. */
type Follower = (state: ReadOrder) => void

export interface WatchedOrders {
  readonly follow: (orderId: OrderId, known: ReadOrder, follower: Follower) => () => void
  /** How many orders are being watched. */
  readonly size: () => number
}

export interface WatchedOrdersOptions {
  readonly reader: OrderReader
  readonly changes: OrderChanges
  readonly confirmations: Confirmations
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** While a buyer looks at the code, PayPay is asked this often (paypay.md §6: every two to three seconds). */
const POLL_EVERY_MS = 2_500
const RETRY_AFTER_MS = 1_000

/**
 * The orders somebody looks at. However many look, each has one reading at a time and one question to the provider at
 * a time, and both end with the last one who looks.
 */
export const watchedOrders = (options: WatchedOrdersOptions): WatchedOrders => {
  const watched = new Map<OrderId, Watched>()
  return {
    size: () => watched.size,
    follow: (orderId, known, follower) => {
      const entry = watched.get(orderId) ?? watchOrder(orderId, known, options)
      watched.set(orderId, entry)
      entry.followers.add(follower)
      // Somebody may know more than this newcomer has read, or less.
      if (known.position > entry.newest().position) entry.refresh()
      else if (known.position < entry.newest().position) follower(entry.newest())
      return () => {
        if (!entry.followers.delete(follower) || entry.followers.size > 0) return
        entry.stop()
        if (watched.get(orderId) === entry) watched.delete(orderId)
      }
    },
  }
}

interface Watched {
  readonly followers: Set<Follower>
  readonly newest: () => ReadOrder
  readonly refresh: () => void
  readonly stop: () => void
}

const watchOrder = (
  orderId: OrderId,
  known: ReadOrder,
  { reader, changes, confirmations, clock, onError }: WatchedOrdersOptions,
): Watched => {
  const followers = new Set<Follower>()
  let newest = known
  let reading = false
  let readAgain = false
  let cancelPoll = (): void => {}
  let cancelRetry = (): void => {}
  const stopping = new AbortController()
  const { signal } = stopping

  const read = async (): Promise<void> => {
    const state = await reader.peek(orderId)
    if (signal.aborted || state === undefined || state.position <= newest.position) return
    newest = state
    for (const follower of followers) follower(state)
  }

  /** Ends in the same breath as it finds nothing more to read, so that no change falls between two readings. */
  const readUntilQuiet = async (): Promise<void> => {
    try {
      do {
        readAgain = false
        await read()
      } while (readAgain && !signal.aborted)
    } finally {
      reading = false
    }
  }

  const refresh = (): void => {
    readAgain = true
    if (reading || signal.aborted) return
    reading = true
    readUntilQuiet().catch((error: unknown) => {
      onError(error)
      cancelRetry()
      cancelRetry = clock.timer(RETRY_AFTER_MS, refresh)
    })
  }

  const openAttempt = (): MerchantPaymentId | undefined => {
    const { order } = newest
    if (isEnded(order) || order.payment?.status !== 'OPEN') return undefined
    return MerchantPaymentId.parse(order.payment.merchantPaymentId)
  }

  const poll = async (): Promise<void> => {
    const attempt = openAttempt()
    if (attempt === undefined) return
    await confirmations.ask(attempt, 'poll')
    // Whatever the answer changed arrives as a change; this is for one that got lost on its way.
    refresh()
  }

  const pollLater = (): void => {
    cancelPoll = clock.timer(POLL_EVERY_MS, () => {
      void poll()
        .catch(onError)
        .finally(() => {
          if (!signal.aborted && !isEnded(newest.order)) pollLater()
        })
    })
  }

  const unwatch = changes.watch(orderId, refresh)
  if (!isEnded(known.order)) pollLater()

  return {
    followers,
    newest: () => newest,
    refresh,
    stop: () => {
      stopping.abort()
      cancelPoll()
      cancelRetry()
      unwatch()
    },
  }
}
