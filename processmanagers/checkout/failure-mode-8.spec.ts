import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, type OrderId } from '#domain/ids.ts'
import { processBench, type BenchOptions, type ProcessBench } from '../testing.ts'

const openShop = async (options: BenchOptions = {}) => {
  const bench = await processBench({ simulator: { knobs: { refundSettleMs: 0 } }, ...options })
  await bench.receive('cup', 10)
  bench.start()
  return bench
}

const isShown = (bench: ProcessBench, orderId: OrderId, attempt: number) =>
  bench.until(`attempt ${attempt} is shown`, async () => {
    const state = await bench.order(orderId)
    return state.status === 'WAITING_PAYMENT' && state.shown.attempt === attempt
  })

const renew = (bench: ProcessBench, orderId: OrderId, attempt: number) =>
  bench.tell(orderId, {
    type: 'RenewPayment',
    insteadOf: merchantPaymentIdOf(orderId, attempt),
    requestedAtMs: bench.clock.nowMs(),
  })

const refunded = (bench: ProcessBench, orderId: OrderId, attempt: number) =>
  bench.until('the money is back', async () => {
    const types = await bench.typesOf(`payment-${merchantPaymentIdOf(orderId, attempt)}`)
    return types.at(-1) === 'RefundCompleted'
  })

describe.concurrent('failure mode 8: money that is not what the order asked for', () => {
  it('does not pay the order, is given back, and a renewal goes on', async () => {
    let shortBy = 1
    await using bench = await openShop({
      between: (provider) => ({
        ...provider,
        createCode: (request) =>
          provider.createCode({ ...request, amountMinor: request.amountMinor - shortBy }),
      }),
    })
    const orderId = await bench.place(['cup'])
    await isShown(bench, orderId, 1)
    await bench.pay(orderId, 1)
    await bench.confirmations.ask(merchantPaymentIdOf(orderId, 1), 'return')
    await refunded(bench, orderId, 1)
    expect((await bench.eventsOf(`order-${orderId}`)).at(-1)).toMatchObject({
      type: 'SurplusPaymentRecorded',
      data: { kind: 'MISMATCHED', amount: { amountMinor: 999 } },
    })

    shortBy = 0
    await renew(bench, orderId, 1)
    await isShown(bench, orderId, 2)
    await bench.pay(orderId, 2)
    await bench.confirmations.ask(merchantPaymentIdOf(orderId, 2), 'return')
    await bench.orderIs(orderId, 'PAID')
    expect((await bench.providerBooks()).totals).toMatchObject({ capturedMinor: 1_999, refundedMinor: 999 })
  })

  it('is left to a person when the provider claims more than it can give back', async () => {
    await using bench = await openShop()
    const orderId = await bench.place(['cup'])
    await isShown(bench, orderId, 1)
    await bench.pay(orderId, 1)
    await bench.simulate('faults', { method: 'GET', path: '/v2/codes/payments/', kind: 'wrong-amount' })
    await bench.confirmations.ask(merchantPaymentIdOf(orderId, 1), 'return')
    await bench.until('the refund is rejected', async () => {
      const types = await bench.typesOf(`payment-${merchantPaymentIdOf(orderId, 1)}`)
      return types.at(-1) === 'RefundRejected'
    })
    expect((await bench.eventsOf(`order-${orderId}`)).at(-1)).toMatchObject({
      type: 'SurplusPaymentRecorded',
      data: { kind: 'MISMATCHED' },
    })
    expect((await bench.order(orderId)).status).toBe('WAITING_PAYMENT')
  })

  it("is judged by the provider's answer, whatever a webhook says of the amount", async () => {
    await using bench = await openShop()
    const orderId = await bench.place(['cup'])
    await isShown(bench, orderId, 1)
    const id = merchantPaymentIdOf(orderId, 1)
    const body = JSON.stringify({
      notification_type: 'Transaction',
      merchant_order_id: id,
      order_id: '04137808670405270001',
      order_amount: '1',
      state: 'COMPLETED',
    })
    const hash = createHash('sha256').update(body).digest('hex')
    await bench.pay(orderId, 1)
    await bench.notify(id, body, hash)
    await bench.orderIs(orderId, 'PAID')
    expect((await bench.eventsOf(`order-${orderId}`)).at(-1)).toMatchObject({
      type: 'OrderPaid',
      data: { amount: { amountMinor: 1_000, currency: 'JPY' } },
    })
  })
})
