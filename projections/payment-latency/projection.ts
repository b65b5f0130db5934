import type { Logged } from '../events.ts'
import { idIn } from '../events.ts'
import { defineProjection } from '../projection.ts'
import { PAYMENT_LATENCY } from './collection.ts'
import { EDGES_MS, hourId, hourOf, PROMISE_MS, type PaymentLatencyHour } from './document.ts'

/**
 * How long did it take from the provider's acceptance of the money to PAID? From the log alone: the provider's
 * `acceptedAt` in OrderPaid, and when the log recorded OrderPaid.
 *
 * PayPay tells `acceptedAt` in whole seconds, cut off, so a time here is up to one second too long and never too short.
 * Where PayPay's clock is ahead of the log's the difference may be negative; it counts as zero.
 */
export const paymentLatency = defineProjection<PaymentLatencyHour, Logged<'OrderPaid'>>({
  name: 'payment-latency',
  version: 1,
  collection: PAYMENT_LATENCY,
  handles: ['OrderPaid'],
  key: ({ createdAtMs }) => hourId(createdAtMs),
  evolve: (document, { createdAtMs, stream, data }) => {
    const latencyMs = Math.max(0, createdAtMs - data.succeededAtMs)
    const before = document ?? EMPTY
    const range = rangeOf(latencyMs)
    return {
      hourStartsAtMs: hourOf(createdAtMs),
      counts: before.counts.map((count, index) => (index === range ? count + 1 : count)),
      withinPromise: before.withinPromise + (latencyMs <= PROMISE_MS ? 1 : 0),
      slowest:
        before.slowest === undefined || latencyMs > before.slowest.latencyMs
          ? { orderId: idIn(stream), latencyMs }
          : before.slowest,
    }
  },
})

const EMPTY: Omit<PaymentLatencyHour, 'slowest' | 'hourStartsAtMs'> & {
  readonly slowest?: PaymentLatencyHour['slowest']
} = { counts: Array<number>(EDGES_MS.length + 1).fill(0), withinPromise: 0 }

const rangeOf = (latencyMs: number): number => {
  const range = EDGES_MS.findIndex((edgeMs) => latencyMs <= edgeMs)
  return range < 0 ? EDGES_MS.length : range
}
