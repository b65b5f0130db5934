import type { ReadStore } from '#platform/readstore/port.ts'
import { PAYMENT_LATENCY } from './collection.ts'
import { EDGES_MS, hourIdsBetween, type PaymentLatencyHour, type SlowestOrder } from './document.ts'

/** A month of hours, and one more for a month that begins in the middle of one. */
export const LONGEST_SPAN_HOURS = 31 * 24 + 1

/** What a span of whole hours came to. A percentile is the upper edge of its range, so it is never told too small. */
export interface PaymentLatency {
  readonly orders: number
  readonly withinPromise: number
  /** 0 to 1; absent when no order became PAID. */
  readonly shareWithinPromise?: number
  readonly p50Ms?: number
  readonly p95Ms?: number
  readonly p99Ms?: number
  readonly slowest?: SlowestOrder
}

export interface PaymentLatencyQueries {
  /**
   * All hours of UTC from the one `fromMs` lies in up to, not including, `toMs`.
   * @throws RangeError when these are none or more than `LONGEST_SPAN_HOURS`; the API refuses such requests before.
   */
  readonly between: (fromMs: number, toMs: number) => Promise<PaymentLatency>
}

export const paymentLatencyQueries = (readStore: ReadStore): PaymentLatencyQueries => ({
  between: async (fromMs, toMs) => {
    const ids = hourIdsBetween(fromMs, toMs)
    if (ids.length === 0 || ids.length > LONGEST_SPAN_HOURS)
      throw new RangeError(`A span is 1 to ${LONGEST_SPAN_HOURS} hours, not ${ids.length}`)
    const hours = await readStore.load<PaymentLatencyHour>(PAYMENT_LATENCY.name, ids)
    return summed([...hours.values()].map(({ body }) => body))
  },
})

const summed = (hours: readonly PaymentLatencyHour[]): PaymentLatency => {
  const counts = Array.from({ length: EDGES_MS.length + 1 }, (_, range) =>
    hours.reduce((sum, hour) => sum + (hour.counts[range] ?? 0), 0),
  )
  const orders = counts.reduce((sum, count) => sum + count, 0)
  const withinPromise = hours.reduce((sum, hour) => sum + hour.withinPromise, 0)
  const slowest = hours
    .map((hour) => hour.slowest)
    .reduce<SlowestOrder | undefined>(
      (worst, next) => (worst === undefined || next.latencyMs > worst.latencyMs ? next : worst),
      undefined,
    )
  if (slowest === undefined) return { orders, withinPromise }
  const percentile = (p: number): number => {
    const rank = Math.ceil((p / 100) * orders)
    let seen = 0
    const range = counts.findIndex((count) => (seen += count) >= rank)
    return Math.min(EDGES_MS[range] ?? slowest.latencyMs, slowest.latencyMs)
  }
  return {
    orders,
    withinPromise,
    shareWithinPromise: withinPromise / orders,
    p50Ms: percentile(50),
    p95Ms: percentile(95),
    p99Ms: percentile(99),
    slowest,
  }
}
