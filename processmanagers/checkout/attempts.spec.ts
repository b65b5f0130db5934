import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, type OrderId } from '#domain/ids.ts'
import { processBench, type BenchOptions, type ProcessBench } from '../testing.ts'

const openShop = async (options: BenchOptions = {}) => {
  const bench = await processBench({ simulator: { knobs: { refundSettleMs: 0 } }, ...options })
  await bench.receive('cup', 10)
  bench.start()
  return bench
}

const renew = (bench: ProcessBench, orderId: OrderId, attempt: number) =>
  bench.tell(orderId, {
    type: 'RenewPayment',
    insteadOf: merchantPaymentIdOf(orderId, attempt),
    requestedAtMs: Date.now(),
  })

const isShown = (bench: ProcessBench, orderId: OrderId, attempt: number) =>
  bench.until(`attempt ${attempt} is shown`, async () => {
    const state = await bench.order(orderId)
    return state.status === 'WAITING_PAYMENT' && state.shown.attempt === attempt
  })

const refunded = (bench: ProcessBench, orderId: OrderId, attempt: number) =>
  bench.until('the money is back', async () => {
    const types = await bench.typesOf(`payment-${merchantPaymentIdOf(orderId, attempt)}`)
    return types.at(-1) === 'RefundCompleted'
  })

describe.concurrent('the attempts of one order', () => {
  it('are renewed one after another, and never two codes are payable', async () => {
    let payable = new Set<string>()
    let most = 0
    await using bench = await openShop({
      between: (provider) => ({
        ...provider,
        createCode: async (request) => {
          const created = await provider.createCode(request)
          if (created.kind === 'ok') payable.add(created.value.codeId)
          most = Math.max(most, payable.size)
          return created
        },
        deleteCode: async (codeId) => {
          const deleted = await provider.deleteCode(codeId)
          if (deleted.kind === 'ok') payable = new Set([...payable].filter((id) => id !== codeId))
          return deleted
        },
      }),
    })
    const orderId = await bench.place(['cup'])
    await isShown(bench, orderId, 1)
    for (const attempt of [1, 2, 3]) {
      await Promise.all([renew(bench, orderId, attempt), renew(bench, orderId, attempt)])
      await isShown(bench, orderId, attempt + 1)
      expect((await bench.atProvider(merchantPaymentIdOf(orderId, attempt))).deleted).toBe(true)
    }
    expect(most).toBe(1)
    expect((await bench.providerBooks()).calls['POST /v2/codes']).toBe(4)

    await bench.pay(orderId, 4)
    await bench.confirmations.ask(merchantPaymentIdOf(orderId, 4), 'return')
    await bench.orderIs(orderId, 'PAID')
  })

  it('end with the first payment, also when it was made just before a renewal', async () => {
    await using bench = await openShop()
    const orderId = await bench.place(['cup'])
    await isShown(bench, orderId, 1)
    await bench.pay(orderId, 1)
    await renew(bench, orderId, 1)
    await bench.orderIs(orderId, 'PAID')
    expect(await bench.typesOf(`payment-${merchantPaymentIdOf(orderId, 2)}`)).toEqual([])
  })

  it('wait for a buyer who is in the middle of paying before another code is made', async () => {
    await using bench = await openShop()
    const orderId = await bench.place(['cup'])
    const id = merchantPaymentIdOf(orderId, 1)
    await isShown(bench, orderId, 1)
    await bench.simulate('in-flight', { merchantPaymentId: id })
    await renew(bench, orderId, 1)
    await bench.until('the provider was asked twice', async () => {
      const { calls } = await bench.providerBooks()
      return (calls['GET /v2/codes/payments/:id'] ?? 0) >= 2
    })
    expect((await bench.providerBooks()).calls['POST /v2/codes']).toBe(1)

    await bench.simulate('fail', { merchantPaymentId: id })
    await isShown(bench, orderId, 2)
    expect(await bench.typesOf(`payment-${id}`)).toContain('PaymentFailed')
  })

  it('are paid once: the second payment is refunded', async () => {
    await using bench = await openShop()
    const orderId = await bench.place(['cup'])
    await isShown(bench, orderId, 1)
    await renew(bench, orderId, 1)
    await isShown(bench, orderId, 2)
    await bench.pay(orderId, 2)
    await bench.pay(orderId, 1, { late: true })
    await Promise.all(
      [1, 2].map((attempt) => bench.confirmations.ask(merchantPaymentIdOf(orderId, attempt), 'return')),
    )
    const state = await bench.orderIs(orderId, 'PAID')
    const types = await bench.until('both are judged', async () => {
      const found = await bench.typesOf(`order-${orderId}`)
      return found.includes('SurplusPaymentRecorded') && found
    })
    expect(types.filter((type) => type === 'OrderPaid')).toHaveLength(1)
    const surplus = (await bench.eventsOf(`order-${orderId}`)).at(-1)
    expect(surplus).toMatchObject({ type: 'SurplusPaymentRecorded', data: { kind: 'DOUBLE' } })
    const paidBy = state.status === 'PAID' ? state.recorded[0] : undefined
    const [other = 0] = [1, 2].filter((attempt) => merchantPaymentIdOf(orderId, attempt) !== paidBy)
    await refunded(bench, orderId, other)
    expect((await bench.providerBooks()).totals).toMatchObject({ capturedMinor: 2_000, refundedMinor: 1_000 })
    await bench.until('stock is sold', async () => (await bench.stockOf('cup')).sold === 1)
  })

  it('do not pay the order with a wrong amount, which is refunded, and a renewal goes on', async () => {
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

  it('leave it to a person when the provider claims more than it can give back', async () => {
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
})
