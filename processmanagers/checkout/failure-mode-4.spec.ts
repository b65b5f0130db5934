import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, type OrderId } from '#domain/ids.ts'
import { processBench, type ProcessBench } from '../testing.ts'

const openShop = async () => {
  const bench = await processBench({ simulator: { knobs: { refundSettleMs: 0 } } })
  await bench.receive('cup', 10)
  bench.start()
  return bench
}

const isShown = (bench: ProcessBench, orderId: OrderId, attempt: number) =>
  bench.until(`attempt ${attempt} is shown`, async () => {
    const state = await bench.order(orderId)
    return state.status === 'WAITING_PAYMENT' && state.shown.attempt === attempt
  })

/** Two attempts of one order: the first is open in another tab, where its buyer has got as far as paying. */
const twoAttempts = async (bench: ProcessBench) => {
  const orderId = await bench.place(['cup'])
  await isShown(bench, orderId, 1)
  await bench.tell(orderId, {
    type: 'RenewPayment',
    insteadOf: merchantPaymentIdOf(orderId, 1),
    requestedAtMs: bench.clock.nowMs(),
  })
  await isShown(bench, orderId, 2)
  return orderId
}

/** Whoever is on the provider's page already gets through although the code is gone. */
const pay = async (bench: ProcessBench, orderId: OrderId, attempt: number) => {
  await bench.pay(orderId, attempt, { late: true })
  await bench.confirmations.ask(merchantPaymentIdOf(orderId, attempt), 'return')
}

/** By attempt, the refunds that the provider has of it. */
const refundsAt = async (bench: ProcessBench, orderId: OrderId) =>
  Promise.all(
    [1, 2].map(async (attempt) => (await bench.atProvider(merchantPaymentIdOf(orderId, attempt))).refunds),
  )

/** One capture stands, and the other is given back once, under the id that follows from its attempt. */
const expectOneCapture = async (bench: ProcessBench, orderId: OrderId, paidBy?: number) => {
  const state = await bench.orderIs(orderId, 'PAID')
  await bench.until('the second is judged', async () =>
    (await bench.typesOf(`order-${orderId}`)).includes('SurplusPaymentRecorded'),
  )
  const taken = state.status === 'PAID' ? state.payment.merchantPaymentId : ''
  const [booked = 0, other = 0] = [1, 2].sort(
    (a, b) =>
      Number(merchantPaymentIdOf(orderId, b) === taken) - Number(merchantPaymentIdOf(orderId, a) === taken),
  )
  if (paidBy !== undefined) expect(booked).toBe(paidBy)
  const surplusId = merchantPaymentIdOf(orderId, other)
  await bench.until(
    'the money is back',
    async () => (await bench.typesOf(`payment-${surplusId}`)).at(-1) === 'RefundCompleted',
  )
  const types = await bench.typesOf(`order-${orderId}`)
  expect(types.filter((type) => type === 'OrderPaid')).toHaveLength(1)
  expect((await bench.eventsOf(`order-${orderId}`)).at(-1)).toMatchObject({
    type: 'SurplusPaymentRecorded',
    data: { kind: 'DOUBLE', merchantPaymentId: surplusId },
  })
  const refunds = await refundsAt(bench, orderId)
  expect(refunds[booked - 1]).toStrictEqual([])
  expect(refunds[other - 1]).toMatchObject([{ merchantRefundId: `${surplusId}_r1`, amountMinor: 1_000 }])
  expect((await bench.providerBooks()).totals).toMatchObject({ capturedMinor: 2_000, refundedMinor: 1_000 })
  await bench.until('stock is sold', async () => (await bench.stockOf('cup')).sold === 1)
}

describe.concurrent('failure mode 4: two attempts of one order are both paid', () => {
  it.each([
    [1, 2],
    [2, 1],
  ])('the first is taken and the second given back: attempt %i before attempt %i', async (first, second) => {
    await using bench = await openShop()
    const orderId = await twoAttempts(bench)
    await pay(bench, orderId, first)
    await bench.orderIs(orderId, 'PAID')
    await pay(bench, orderId, second)
    await expectOneCapture(bench, orderId, first)
  })

  it('one of them is taken when both are paid at once', async () => {
    await using bench = await openShop()
    const orderId = await twoAttempts(bench)
    await Promise.all([1, 2, 1, 2].map((attempt) => pay(bench, orderId, attempt).catch(() => {})))
    await expectOneCapture(bench, orderId)
  })

  it('is given back once, however often the processes go through the log from its start', async () => {
    await using bench = await openShop()
    const orderId = await twoAttempts(bench)
    await pay(bench, orderId, 1)
    await pay(bench, orderId, 2)
    await expectOneCapture(bench, orderId)
    const written = await bench.typesOf(`payment-${merchantPaymentIdOf(orderId, 1)}`)
    for (let nth = 0; nth < 2; nth += 1) {
      await bench.halt()
      await bench.forgetCheckpoints()
      bench.start()
      await bench.until('all is read again', () =>
        Promise.resolve(bench.status().every(({ caughtUp, queued }) => caughtUp && queued === 0)),
      )
    }
    expect((await refundsAt(bench, orderId)).flat()).toHaveLength(1)
    expect((await bench.providerBooks()).totals).toMatchObject({ capturedMinor: 2_000, refundedMinor: 1_000 })
    expect(await bench.typesOf(`payment-${merchantPaymentIdOf(orderId, 1)}`)).toStrictEqual(written)
  })
})
