import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, RefundId } from '#domain/ids.ts'
import { processBench } from '../testing.ts'

describe('a checkout that lags behind', () => {
  it('mints no code for an order that was paid and given back meanwhile', async () => {
    await using bench = await processBench()
    await bench.receive('cup', 3)
    bench.start()
    const orderId = await bench.place(['cup'])
    const shown = await bench.orderIs(orderId, 'WAITING_PAYMENT')
    expect(shown.status).toBe('WAITING_PAYMENT')
    await bench.halt()

    const id = merchantPaymentIdOf(orderId, 1)
    const atMs = bench.clock.nowMs()
    await bench.tell(orderId, { type: 'RenewPayment', insteadOf: id, requestedAtMs: atMs })
    await bench.pay(orderId)
    await bench.confirmations.ask(id, 'return')
    const paid = await bench.attempt(orderId)
    if (paid.status !== 'succeeded') throw new Error(`The payment is ${paid.status}`)
    const { paymentId, captured: amount, succeededAtMs } = paid
    const payment = { merchantPaymentId: id, paymentId, amount, succeededAtMs, atMs }
    await bench.tell(orderId, { type: 'ConfirmPayment', ...payment })
    const refundId = RefundId.parse(`${id}_s1`)
    const wish = { refundId, reason: 'sent back', returning: [], requestedBy: 'staff-1', atMs }
    await bench.tell(orderId, { type: 'RequestOrderRefund', ...wish })
    await bench.tell(orderId, { type: 'CompleteOrderRefund', refundId, atMs })

    bench.start()
    await bench.until('the units are sold', async () => (await bench.stockOf('cup')).sold === 1)
    expect((await bench.order(orderId)).status).toBe('REFUNDED')
    expect((await bench.providerBooks()).calls['POST /v2/codes']).toBe(1)
    expect(await bench.typesOf(`payment-${merchantPaymentIdOf(orderId, 2)}`)).toEqual([])
  })
})
