import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, type OrderId } from '#domain/ids.ts'
import { processBench, type ProcessBench } from './testing.ts'

const ORDERS = 30
const RECEIVED = 24
const WINDOW_MS = 240_000

/** A small seeded generator (mulberry32), so that a failing run can be had again. */
const seeded = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Fate = 'paid' | 'cancelled' | 'declined' | 'left'

const fateOf = (chance: number): Fate => {
  if (chance < 0.5) return 'paid'
  if (chance < 0.7) return 'cancelled'
  return chance < 0.8 ? 'declined' : 'left'
}

/** What the buyer does with the order, as soon as it can be done. */
const buyer = async (bench: ProcessBench, orderId: OrderId, fate: Fate): Promise<void> => {
  const merchantPaymentId = merchantPaymentIdOf(orderId, 1)
  const state = await bench.until('the order can be paid or has ended', async () => {
    const found = await bench.order(orderId)
    return found.status !== 'PENDING' && found
  })
  if (state.status !== 'WAITING_PAYMENT' || fate === 'left') return
  if (fate === 'cancelled') {
    await bench.tell(orderId, { type: 'CancelOrder', by: 'customer', atMs: bench.clock.nowMs() })
    return
  }
  // The window may have closed meanwhile; then the code is gone and the provider says so.
  const deed = fate === 'paid' ? bench.pay(orderId) : bench.simulate('fail', { merchantPaymentId })
  await deed.catch((error: unknown) => {
    expect(String(error)).toMatch(/code-deleted/)
  })
}

describe('processes that stop anywhere and start again', () => {
  it.each([20_261_120])('bring every order to its end, once (seed %i)', async (seed) => {
    await using bench = await processBench({
      paymentWindowMs: WINDOW_MS,
      simulator: { knobs: { refundSettleMs: 0 } },
      ladder: { firstAskMs: 200, nextAskMs: () => 200, watchMs: 900_000, lapseGraceMs: 1_000 },
    })
    const random = seeded(seed)
    await bench.receive('cup', RECEIVED)
    bench.start()
    const orderIds = await Promise.all(Array.from({ length: ORDERS }, () => bench.place(['cup'])))
    const buyers = Promise.all(orderIds.map((orderId) => buyer(bench, orderId, fateOf(random()))))

    for (let stop = 0; stop < 6; stop += 1) {
      const reads = Math.floor(random() * 25)
      for (let read = 0; read < reads; read += 1) await bench.eventsOf('stock-cup')
      await bench.halt()
      if (random() < 0.5) await bench.forgetCheckpoints()
      bench.start()
    }
    await buyers
    await bench.leap(WINDOW_MS)
    const ends: string[] = []
    for (const orderId of orderIds)
      ends.push(
        await bench.until('the order has ended', async () => {
          const state = await bench.order(orderId)
          return state.status !== 'PENDING' && state.status !== 'WAITING_PAYMENT' && state.status
        }),
      )
    const sold = ends.filter((status) => status === 'PAID').length
    expect(sold).toBeGreaterThan(0)
    await bench.until('stock follows', async () => (await bench.stockOf('cup')).reserved === 0)
    expect(await bench.stockOf('cup')).toEqual({ available: RECEIVED - sold, reserved: 0, sold })

    // Everything is delivered once more from the very start, and changes nothing that matters.
    await bench.halt()
    await bench.forgetCheckpoints()
    bench.start()
    await bench.until('all is taken up again', async () =>
      bench
        .status()
        .every(({ caughtUp, queued, position }) => caughtUp && queued === 0 && position !== undefined),
    )
    expect(bench.status().map(({ parkedKeys, trouble }) => ({ parkedKeys, trouble }))).toEqual(
      Array.from({ length: 4 }, () => ({ parkedKeys: 0, trouble: undefined })),
    )
    expect(await bench.stockOf('cup')).toEqual({ available: RECEIVED - sold, reserved: 0, sold })

    const stock = await bench.typesOf('stock-cup')
    const reserved = stock.filter((type) => type === 'StockReserved').length
    expect(reserved).toBeLessThanOrEqual(ORDERS)
    expect(stock).toHaveLength(1 + 2 * reserved)
    const { totals, calls } = await bench.providerBooks()
    expect(totals.capturedMinor - totals.refundedMinor).toBe(sold * 1_000)
    // No answer was lost, so each reserved order was minted once, and nothing was poisoned.
    expect(calls['POST /v2/codes']).toBe(reserved)
    expect(calls['DELETE /v2/payments/:id']).toBeUndefined()
  })
})
