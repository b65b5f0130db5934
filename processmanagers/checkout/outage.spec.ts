import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf } from '#domain/ids.ts'
import { processBench, type BenchOptions } from '../testing.ts'

const openShop = async (options: BenchOptions = {}) => {
  const bench = await processBench({ providerTimeoutMs: 300, ...options })
  await bench.receive('cup', 10)
  bench.start()
  return bench
}

describe.concurrent('a provider that does not answer while a code is made', () => {
  it.each(['html503', 'reset', 'hang'])('leaves the order as it is and is tried again (%s)', async (kind) => {
    await using bench = await openShop()
    await bench.simulate('outage', { on: true, kind })
    const orderId = await bench.place(['cup'])
    await bench.until(
      'a second try',
      async () => ((await bench.providerBooks()).calls['POST /v2/codes'] ?? 0) >= 2,
    )
    expect(await bench.typesOf(`order-${orderId}`)).toEqual(['OrderPlaced'])
    expect(await bench.typesOf(`payment-${merchantPaymentIdOf(orderId, 1)}`)).toEqual(['PaymentRequested'])
    expect(await bench.stockOf('cup')).toEqual({ available: 9, reserved: 1, sold: 0 })

    await bench.simulate('outage', { on: false })
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    expect(await bench.typesOf(`payment-${merchantPaymentIdOf(orderId, 1)}`)).toEqual([
      'PaymentRequested',
      'PaymentCodeIssued',
    ])
  })

  it('does not offer the buyer a code whose answer was lost, and poisons it before the next one', async () => {
    await using bench = await openShop()
    await bench.simulate('faults', { method: 'POST', path: '/v2/codes', phase: 'after', kind: 'reset' })
    const orderId = await bench.place(['cup'])
    const orphan = merchantPaymentIdOf(orderId, 1)
    const second = merchantPaymentIdOf(orderId, 2)
    const waiting = await bench.orderIs(orderId, 'WAITING_PAYMENT')
    expect(waiting).toMatchObject({ shown: { merchantPaymentId: second, attempt: 2 } })
    expect(await bench.typesOf(`payment-${orphan}`)).toEqual([
      'PaymentRequested',
      'PaymentObserved',
      'PaymentOrphaned',
    ])

    // Somebody pays the code we never saw: the cancel lies in wait for that, and the money goes back.
    await bench.pay(orderId, 1)
    expect((await bench.atProvider(orphan)).status).toBe('FAILED')
    expect(await bench.confirmations.ask(orphan, 'webhook')).toBe('failed')
    expect((await bench.order(orderId)).status).toBe('WAITING_PAYMENT')

    await bench.pay(orderId, 2)
    await bench.confirmations.ask(second, 'return')
    expect(await bench.orderIs(orderId, 'PAID')).toMatchObject({ recorded: [second] })
    expect((await bench.providerBooks()).totals).toMatchObject({ capturedMinor: 1_000, refundedMinor: 0 })
  })

  it('does not take an orphan for paid in the moment before the provider gives its money back', async () => {
    await using bench = await openShop({ simulator: { knobs: { cancelSettleMs: 1_500 } } })
    await bench.simulate('faults', { method: 'POST', path: '/v2/codes', phase: 'after', kind: 'reset' })
    const orderId = await bench.place(['cup'])
    const orphan = merchantPaymentIdOf(orderId, 1)
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    await bench.pay(orderId, 1)
    expect((await bench.atProvider(orphan)).status).toBe('COMPLETED')
    expect(await bench.confirmations.ask(orphan, 'webhook')).toBe('in-flight')
    expect((await bench.order(orderId)).status).toBe('WAITING_PAYMENT')
    await bench.until('it is reversed', async () => (await bench.atProvider(orphan)).status === 'FAILED')
    expect(await bench.confirmations.ask(orphan, 'webhook')).toBe('failed')
    expect(await bench.typesOf(`payment-${orphan}`)).not.toContain('PaymentSucceeded')
  })

  it('keeps on closing the code of a cancelled order until the provider answers', async () => {
    await using bench = await openShop()
    const orderId = await bench.place(['cup'])
    const id = merchantPaymentIdOf(orderId, 1)
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    await bench.simulate('outage', { on: true })
    await bench.tell(orderId, { type: 'CancelOrder', by: 'customer', atMs: Date.now() })
    await bench.until('stock is back', async () => (await bench.stockOf('cup')).available === 10)
    expect((await bench.atProvider(id)).deleted).toBe(false)
    await bench.simulate('outage', { on: false })
    await bench.until('the code is deleted', async () => (await bench.atProvider(id)).deleted)
    await bench.until(
      'that is in the books',
      async () => (await bench.typesOf(`payment-${id}`)).at(-1) === 'PaymentCodeDeleted',
    )
  })

  it('poisons a code that nobody was shown once its order has failed', async () => {
    await using bench = await openShop({ paymentWindowMs: 700 })
    await bench.simulate('outage', { on: true, kind: 'reset' })
    const orderId = await bench.place(['cup'])
    expect(await bench.orderIs(orderId, 'FAILED')).toMatchObject({ reason: 'PROVIDER_ERROR' })
    await bench.until('stock is back', async () => (await bench.stockOf('cup')).available === 10)
    await bench.simulate('outage', { on: false })
    await bench.until(
      'the attempt is orphaned',
      async () =>
        (await bench.typesOf(`payment-${merchantPaymentIdOf(orderId, 1)}`)).at(-1) === 'PaymentOrphaned',
    )
  })
})
