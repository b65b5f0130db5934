import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderEvent } from '#domain/order/events.ts'
import * as order from '#domain/order/samples.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { documentsAfter, expectReplayIsHarmless, logOf, recordedAtMs, type Entry } from '../given.ts'
import { PAYMENT_LATENCY } from './collection.ts'
import { EDGES_MS, hourId, hourIdsBetween, PROMISE_MS, type PaymentLatencyHour } from './document.ts'
import { paymentLatency } from './projection.ts'
import { LONGEST_SPAN_HOURS, paymentLatencyQueries } from './queries.ts'

/** The nth event of a log, about an order that became PAID this long after the provider's word. */
const paidAfter = (latencyMs: number, nth: number): Entry => {
  const paid: OrderEvent = order.paid(1)
  if (paid.type !== 'OrderPaid') throw new Error('not paid')
  return {
    stream: `order-${nth}`,
    event: { type: 'OrderPaid', data: { ...paid.data, succeededAtMs: recordedAtMs(nth) - latencyMs } },
  }
}
const entriesOf = (...latenciesMs: readonly number[]): Entry[] => latenciesMs.map(paidAfter)
const hoursOf = (entries: readonly Entry[]) =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the documents were made by this projection alone
  [...documentsAfter(paymentLatency, logOf(entries)).values()].map(({ body }) => body as PaymentLatencyHour)

const answered = async (entries: readonly Entry[], fromMs = recordedAtMs(0), toMs = recordedAtMs(10_000)) => {
  const readStore = openSqliteReadStore(':memory:')
  await readStore.prepare([PAYMENT_LATENCY])
  const documents = documentsAfter(paymentLatency, logOf(entries))
  await readStore.commit({
    writes: [...documents.values()].map(({ id, position, body }) => ({
      kind: 'put',
      collection: PAYMENT_LATENCY.name,
      id,
      position,
      body,
    })),
  })
  const answer = await paymentLatencyQueries(readStore).between(fromMs, toMs)
  await readStore.close()
  return answer
}

describe('the payment latency', () => {
  it('counts per range, what kept the promise to the millisecond, and names the slowest order', () => {
    const [hour, ...others] = hoursOf(entriesOf(0, 100, 101, PROMISE_MS, PROMISE_MS + 1, 5_000_000, 3_000))
    expect(others).toEqual([])
    const counted = Object.fromEntries(
      (hour?.counts ?? []).flatMap((count, range) =>
        count === 0 ? [] : [[EDGES_MS[range] ?? 'more', count]],
      ),
    )
    expect(counted).toEqual({ 100: 2, 250: 1, 3_000: 1, [PROMISE_MS]: 1, 90_000: 1, more: 1 })
    expect(hour).toMatchObject({ withinPromise: 5, slowest: { orderId: '5', latencyMs: 5_000_000 } })
  })

  it('takes a provider whose clock is ahead for an answer at once', () => {
    expect(hoursOf(entriesOf(-900))).toMatchObject([{ withinPromise: 1, slowest: { latencyMs: 0 } }])
  })

  it('has one document per hour of UTC, by when the order became PAID', () => {
    const entries = entriesOf(...Array<number>(3_700).fill(500))
    expect(documentsAfter(paymentLatency, logOf(entries)).size).toBe(2)
    expect(hourId(Date.parse('2026-11-21T08:59:59.999Z'))).toBe('2026-11-21T08')
    expect(hourIdsBetween(Date.parse('2026-11-21T08:59:00Z'), Date.parse('2026-11-21T10:00:00Z'))).toEqual([
      '2026-11-21T08',
      '2026-11-21T09',
    ])
  })

  it('is the same after any replay', () => {
    const entry = fc.tuple(fc.integer({ min: -1_000, max: 4_000_000 }), fc.nat(30))
    expectReplayIsHarmless(
      paymentLatency,
      fc.array(
        entry.map(([latencyMs, nth]) => paidAfter(latencyMs, nth)),
        { maxLength: 30 },
      ),
    )
  })
})

describe('the question about the payment latency', () => {
  it('is answered over several hours, with percentiles that are never told too small', async () => {
    const latencies = Array.from({ length: 4_000 }, (_, nth) => nth * 20)
    const exact = (p: number) => latencies[Math.ceil((p / 100) * latencies.length) - 1] ?? 0
    const answer = await answered(entriesOf(...latencies))
    expect(answer).toMatchObject({ orders: 4_000, withinPromise: 3_001, shareWithinPromise: 3_001 / 4_000 })
    for (const [p, told = 0] of [
      [50, answer.p50Ms],
      [95, answer.p95Ms],
      [99, answer.p99Ms],
    ] as const) {
      expect(told).toBeGreaterThanOrEqual(exact(p))
      expect(told).toBe(Math.min(EDGES_MS.find((edgeMs) => edgeMs >= exact(p)) ?? 0, latencies.at(-1) ?? 0))
    }
    expect(answer.slowest).toEqual({ orderId: '3999', latencyMs: 79_980 })
  })

  it('says of a quiet time that there was nothing, and never a percentile', async () => {
    expect(await answered([])).toEqual({ orders: 0, withinPromise: 0 })
    expect(await answered(entriesOf(500), 0, 3_600_000)).toEqual({ orders: 0, withinPromise: 0 })
  })

  it('is refused for no hour and for more than a month', async () => {
    await expect(answered([], 3_600_000, 3_600_000)).rejects.toThrow(RangeError)
    await expect(answered([], 0, (LONGEST_SPAN_HOURS + 1) * 3_600_000)).rejects.toThrow(RangeError)
  })
})
