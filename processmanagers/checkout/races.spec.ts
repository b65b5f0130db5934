import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, type OrderId } from '#domain/ids.ts'
import { processBench, type ProcessBench } from '../testing.ts'

const openShop = async (received: number) => {
  const bench = await processBench({ simulator: { knobs: { refundSettleMs: 0 } } })
  await bench.receive('cup', received)
  bench.start()
  return bench
}

const cancel = (bench: ProcessBench, orderId: OrderId) =>
  bench.tell(orderId, { type: 'CancelOrder', by: 'customer', atMs: bench.clock.nowMs() })

/** Pays and has it noticed; a code that was deleted first cannot be paid any more, except by who is on the page. */
const payAndTell = async (bench: ProcessBench, orderId: OrderId, late: boolean) => {
  await bench.pay(orderId, 1, { late }).catch((error: unknown) => {
    expect(String(error)).toMatch(/code-deleted/)
  })
  await bench.confirmations.ask(merchantPaymentIdOf(orderId, 1), 'return')
}

describe('races', () => {
  it('between a cancel and a payment have exactly one winner, and the books agree with the provider', async () => {
    await using bench = await openShop(20)
    const orderIds = await Promise.all(Array.from({ length: 20 }, () => bench.place(['cup'])))
    for (const orderId of orderIds) await bench.orderIs(orderId, 'WAITING_PAYMENT')
    await Promise.all(
      orderIds.map((orderId, nth) => {
        const late = nth % 4 < 2
        switch (nth % 3) {
          case 0:
            return payAndTell(bench, orderId, late).then(() => cancel(bench, orderId))
          case 1:
            return cancel(bench, orderId).then(() => payAndTell(bench, orderId, late))
          default:
            return Promise.all([payAndTell(bench, orderId, late), cancel(bench, orderId)])
        }
      }),
    )
    let sold = 0
    for (const orderId of orderIds) {
      const id = merchantPaymentIdOf(orderId, 1)
      const state = await bench.order(orderId)
      const types = await bench.typesOf(`order-${orderId}`)
      const ends = types.filter((type) => type === 'OrderPaid' || type === 'OrderCancelled')
      expect(ends).toHaveLength(1)
      if (state.status === 'PAID') {
        sold += 1
        expect((await bench.atProvider(id)).status).toBe('COMPLETED')
        expect(types).not.toContain('SurplusPaymentRecorded')
        continue
      }
      await bench.until('the provider holds no money of it', async () =>
        ['CREATED', 'REFUNDED'].includes((await bench.atProvider(id)).status),
      )
    }
    expect(sold).toBeGreaterThan(0)
    expect(sold).toBeLessThan(orderIds.length)
    await bench.until('stock follows', async () => (await bench.stockOf('cup')).sold === sold)
    const { totals } = await bench.providerBooks()
    expect(totals.capturedMinor - totals.refundedMinor).toBe(sold * 1_000)
  })

  it('of a hundred buyers for ten units reserve exactly ten', async () => {
    await using bench = await openShop(10)
    const orderIds = await Promise.all(Array.from({ length: 100 }, () => bench.place(['cup'])))
    const ends: string[] = []
    for (const orderId of orderIds)
      ends.push(
        await bench.until('the order is decided', async () => {
          const state = await bench.order(orderId)
          if (state.status === 'FAILED') return state.reason
          return state.status === 'WAITING_PAYMENT' && state.status
        }),
      )
    expect(ends.filter((end) => end === 'WAITING_PAYMENT')).toHaveLength(10)
    expect(ends.filter((end) => end === 'INVENTORY_SHORTAGE')).toHaveLength(90)
    expect(await bench.stockOf('cup')).toEqual({ available: 0, reserved: 10, sold: 0 })
    expect((await bench.providerBooks()).calls['POST /v2/codes']).toBe(10)
  })
})
