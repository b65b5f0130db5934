import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { account } from '#domain/account/aggregate.ts'
import { merchantPaymentIdOf, RefundId, type OrderId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { isPaid } from '#domain/order/state.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { processBench, type ProcessBench } from '../testing.ts'

const PRICE = 1_000

const openShop = async ({ cups = 10, heldMinor = 0 }: { cups?: number; heldMinor?: number } = {}) => {
  const bench = await processBench()
  await bench.receive('cup', cups)
  if (heldMinor > 0) await bench.deposit(heldMinor)
  return bench
}

const placed = (bench: ProcessBench, quantity = 1) => bench.place(['cup'], quantity, 'WALLET')
const cancel = (bench: ProcessBench, orderId: OrderId) =>
  bench.tell(orderId, { type: 'CancelOrder', by: 'customer', atMs: bench.clock.nowMs() })
const providerCalls = async (bench: ProcessBench) => (await bench.providerBooks()).calls
const stockIs = (bench: ProcessBench, levels: Partial<Awaited<ReturnType<ProcessBench['stockOf']>>>) =>
  bench.until('stock follows', async () => {
    const now = await bench.stockOf('cup')
    return isDeepStrictEqual({ ...now, ...levels }, now)
  })

describe('an order that its buyer’s wallet pays', () => {
  it('is PAID and its stock sold, and the provider never hears of it', async () => {
    await using bench = await openShop({ heldMinor: 5 * PRICE })
    bench.start()
    const orderId = await placed(bench, 2)
    await bench.orderIs(orderId, 'PAID')
    await stockIs(bench, { available: 8, reserved: 0, sold: 2 })
    expect(await bench.balance()).toBe(3 * PRICE)
    const id = merchantPaymentIdOf(orderId, 1)
    // A forged notification and a buyer who presses the button lead to no question either.
    await bench.notify(id, '{}', 'a'.repeat(64))
    expect(await bench.confirmations.ask(id, 'return')).toBe('succeeded')
    expect(await bench.confirmations.ask(id, 'webhook')).toBe('succeeded')
    expect(await providerCalls(bench)).toEqual({})
    expect(await bench.typesOf(`confirmation-${id}`)).toEqual([])
  })

  it('fails for want of funds with its stock back on the shelf and the balance as it was', async () => {
    await using bench = await openShop({ heldMinor: PRICE - 1 })
    bench.start()
    const orderId = await placed(bench)
    expect(await bench.orderIs(orderId, 'FAILED')).toMatchObject({ reason: 'INSUFFICIENT_FUNDS' })
    await stockIs(bench, { available: 10, reserved: 0, sold: 0 })
    expect(await bench.balance()).toBe(PRICE - 1)
  })

  it('is not charged when there is not enough stock', async () => {
    await using bench = await openShop({ cups: 1, heldMinor: 5 * PRICE })
    bench.start()
    const orderId = await placed(bench, 2)
    expect(await bench.orderIs(orderId, 'FAILED')).toMatchObject({ reason: 'INVENTORY_SHORTAGE' })
    expect(await bench.balance()).toBe(5 * PRICE)
  })

  it('is not charged when nobody took it up in its window', async () => {
    await using bench = await openShop({ heldMinor: 5 * PRICE })
    const orderId = await placed(bench)
    await bench.leapPastWindow(orderId)
    bench.start()
    expect(await bench.orderIs(orderId, 'FAILED')).toMatchObject({ reason: 'PAYMENT_EXPIRED' })
    expect(await bench.balance()).toBe(5 * PRICE)
  })

  it('is charged once however often its events are handed over', async () => {
    await using bench = await openShop({ heldMinor: 5 * PRICE })
    bench.start()
    const orderId = await placed(bench)
    await bench.orderIs(orderId, 'PAID')
    await stockIs(bench, { sold: 1 })
    await bench.halt()
    await bench.forgetCheckpoints()
    bench.start()
    const second = await placed(bench)
    await bench.orderIs(second, 'PAID')
    await stockIs(bench, { sold: 2 })
    expect(await bench.balance()).toBe(3 * PRICE)
    expect(await bench.typesOf('account-c1')).toEqual([
      'AccountOpened',
      'FundsDeposited',
      'FundsDebited',
      'FundsDebited',
    ])
  })

  it('never overdraws with forty at once, here and in another process', async () => {
    await using bench = await openShop({ cups: 100, heldMinor: 10 * PRICE + 1 })
    bench.start()
    bench.start()
    const orderIds = await Promise.all(Array.from({ length: 40 }, () => placed(bench)))
    let paid = 0
    for (const orderId of orderIds) {
      const state = await bench.until(`${orderId} has ended`, async () => {
        const now = await bench.order(orderId)
        return now.status !== 'PENDING' && now
      })
      if (state.status === 'PAID') paid += 1
      else expect(state).toMatchObject({ status: 'FAILED', reason: 'INSUFFICIENT_FUNDS' })
    }
    expect([paid, await bench.balance()]).toEqual([10, 1])
  })

  it('that is called off as it is paid has one end, and the money is where that says', async () => {
    await using bench = await openShop({ cups: 100, heldMinor: 30 * PRICE })
    bench.start()
    const orderIds = await Promise.all(
      Array.from({ length: 30 }, async (_, nth) => {
        const orderId = await placed(bench)
        // Some are cancelled on the spot, some a few events later, some when the money may have moved.
        for (let turn = 0; turn < nth % 5; turn += 1) await bench.order(orderId)
        await cancel(bench, orderId)
        return orderId
      }),
    )
    let paid = 0
    for (const orderId of orderIds) {
      const types = await bench.typesOf(`order-${orderId}`)
      expect(types.filter((type) => type === 'OrderPaid' || type === 'OrderCancelled')).toHaveLength(1)
      if (isPaid(await bench.order(orderId))) paid += 1
    }
    await stockIs(bench, { sold: paid, reserved: 0 })
    await bench.until(
      'the wallet has its own again',
      async () => (await bench.balance()) === (30 - paid) * PRICE,
    )
  })

  it('gives its money back in parts and in whole, each part once and none of them by turns', async () => {
    await using bench = await openShop({ heldMinor: 3 * PRICE })
    bench.start()
    const orderId = await placed(bench, 3)
    await bench.orderIs(orderId, 'PAID')
    const refund = (name: string, amountMinor: number) =>
      bench.tell(orderId, {
        type: 'RequestOrderRefund',
        refundId: RefundId.parse(`${merchantPaymentIdOf(orderId, 1)}_s${name}`),
        amount: money(amountMinor, 'JPY'),
        reason: 'sent back',
        returning: [],
        requestedBy: 'staff-1',
        atMs: bench.clock.nowMs(),
      })
    await refund('a', 500)
    await refund('b', 2_500)
    await bench.orderIs(orderId, 'REFUNDED')
    expect(await bench.balance()).toBe(3 * PRICE)
    await bench.halt()
    await bench.forgetCheckpoints()
    bench.start()
    const again = await placed(bench)
    await bench.orderIs(again, 'PAID')
    expect(await bench.balance()).toBe(2 * PRICE)
    expect(await providerCalls(bench)).toEqual({})
  })

  it('that another life paid although it was over gets its money back as surplus', async () => {
    await using bench = await openShop({ heldMinor: PRICE })
    const orderId = await placed(bench)
    await cancel(bench, orderId)
    const id = merchantPaymentIdOf(orderId, 1)
    const amount = money(PRICE, 'JPY')
    const { clock, commands } = bench
    await commands.run(
      payment,
      id,
      {
        type: 'RequestPayment',
        merchantPaymentId: id,
        orderId,
        attempt: 1,
        account: bench.customerId,
        amount,
        windowEndsAtMs: clock.nowMs(),
        requestedAtMs: clock.nowMs(),
      },
      bench.contextFor(orderId),
    )
    await commands.run(
      account,
      bench.customerId,
      { type: 'DebitFunds', customerId: bench.customerId, debitId: id, orderId, amount, atMs: clock.nowMs() },
      bench.contextFor(orderId),
    )
    expect(await bench.balance()).toBe(0)
    bench.start()
    await bench.until('it is back', async () => (await bench.balance()) === PRICE)
    expect(await bench.typesOf(`order-${orderId}`)).toEqual([
      'OrderPlaced',
      'OrderCancelled',
      'SurplusPaymentRecorded',
    ])
    expect((await bench.eventsOf(`order-${orderId}`)).at(-1)?.data).toMatchObject({ kind: 'LATE' })
  })
})
