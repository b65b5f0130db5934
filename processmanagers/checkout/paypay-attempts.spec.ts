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
    requestedAtMs: bench.clock.nowMs(),
  })

const isShown = (bench: ProcessBench, orderId: OrderId, attempt: number) =>
  bench.until(`attempt ${attempt} is shown`, async () => {
    const state = await bench.order(orderId)
    return state.status === 'WAITING_PAYMENT' && state.shown.attempt === attempt
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
})
