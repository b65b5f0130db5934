import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, type OrderId } from '#domain/ids.ts'
import { processBench, type BenchOptions, type ProcessBench } from '../testing.ts'

const MINUTE_MS = 60_000

/** A shop whose first create answer is lost, so that its first code is cancelled before anybody pays it. */
const openShop = async (options: BenchOptions = {}) => {
  const bench = await processBench(options)
  await bench.receive('cup', 10)
  bench.start()
  await bench.simulate('faults', { method: 'POST', path: '/v2/codes', phase: 'after', kind: 'reset' })
  const orderId = await bench.place(['cup'])
  await bench.orderIs(orderId, 'WAITING_PAYMENT')
  return { bench, orderId, cancelled: merchantPaymentIdOf(orderId, 1) }
}

/** What PayPay sends although it is about to give the money back. */
const announceSuccess = (bench: ProcessBench, merchantPaymentId: string, paidAt: string) => {
  const body = JSON.stringify({
    notification_type: 'Transaction',
    merchant_order_id: merchantPaymentId,
    order_id: '04137808670405270001',
    order_amount: '1000',
    paid_at: paidAt,
    state: 'COMPLETED',
  })
  return bench.notify(merchantPaymentId, body, createHash('sha256').update(body).digest('hex'))
}

const expectUnfulfilled = async (bench: ProcessBench, orderId: OrderId, cancelled: string) => {
  expect((await bench.order(orderId)).status).toBe('WAITING_PAYMENT')
  expect(await bench.stockOf('cup')).toStrictEqual({ available: 9, reserved: 1, sold: 0 })
  expect(await bench.typesOf(`payment-${cancelled}`)).not.toContain('PaymentSucceeded')
}

describe.concurrent('failure mode 11: a cancel is accepted before the buyer pays', () => {
  it('the COMPLETED in the gap fulfils nothing, told by a webhook or asked for, and FAILED ends it', async () => {
    const {
      bench: opened,
      orderId,
      cancelled,
    } = await openShop({
      paymentWindowMs: 10 * MINUTE_MS,
      simulator: { knobs: { cancelSettleMs: 3 * MINUTE_MS } },
    })
    await using bench = opened
    await bench.pay(orderId, 1)
    expect((await bench.atProvider(cancelled)).status).toBe('COMPLETED')
    const before = (await bench.providerBooks()).calls['GET /v2/codes/payments/:id'] ?? 0
    await announceSuccess(bench, cancelled, '2026-11-21T12:00:00+09:00')
    await bench.until('the webhook led to a question', async () => {
      const { calls } = await bench.providerBooks()
      return (calls['GET /v2/codes/payments/:id'] ?? 0) > before
    })
    for (const source of ['webhook', 'return', 'poll', 'operator'] as const)
      expect(await bench.confirmations.ask(cancelled, source)).toBe('in-flight')
    expect((await bench.atProvider(cancelled)).status).toBe('COMPLETED')
    await expectUnfulfilled(bench, orderId, cancelled)

    await bench.leap(3 * MINUTE_MS)
    await bench.until('it is reversed', async () => (await bench.atProvider(cancelled)).status === 'FAILED')
    await announceSuccess(bench, cancelled, '2026-11-21T12:00:01+09:00')
    await bench.until('that is in the books', async () =>
      (await bench.typesOf(`payment-${cancelled}`)).includes('PaymentFailed'),
    )
    await expectUnfulfilled(bench, orderId, cancelled)
    expect((await bench.providerBooks()).totals.capturedMinor).toBe(0)

    await bench.pay(orderId, 2)
    await bench.confirmations.ask(merchantPaymentIdOf(orderId, 2), 'return')
    expect(await bench.orderIs(orderId, 'PAID')).toMatchObject({
      recorded: [merchantPaymentIdOf(orderId, 2)],
    })
  })

  it('the attempt is on record as given up before the cancel goes out', async () => {
    const lastBefore: string[] = []
    let opened: ProcessBench | undefined
    const shop = await processBench({
      between: (provider) => ({
        ...provider,
        cancelPayment: async (id) => {
          lastBefore.push((await opened?.typesOf(`payment-${id}`))?.at(-1) ?? 'nothing')
          return provider.cancelPayment(id)
        },
      }),
    })
    await using bench = shop
    opened = bench
    await bench.receive('cup', 10)
    bench.start()
    await bench.simulate('faults', { method: 'POST', path: '/v2/codes', phase: 'after', kind: 'reset' })
    const orderId = await bench.place(['cup'])
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    expect(new Set(lastBefore)).toStrictEqual(new Set(['PaymentOrphaned']))
  })
})
