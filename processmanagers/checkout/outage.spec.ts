import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf } from '#domain/ids.ts'
import { processBench } from '../testing.ts'

const openShop = async () => {
  const bench = await processBench()
  await bench.receive('cup', 10)
  bench.start()
  return bench
}

describe.concurrent('a provider that does not answer while a code is made', () => {
  it.each(['html503', 'reset', 'hang'])('leaves the order as it is and is tried again (%s)', async (kind) => {
    await using bench = await openShop()
    await bench.simulate('outage', { on: true, kind })
    const orderId = await bench.place(['cup'])
    const tried = (times: number) =>
      bench.until(
        `try ${times}`,
        async () => ((await bench.providerBooks()).calls['POST /v2/codes'] ?? 0) >= times,
      )
    await tried(1)
    if (kind === 'hang') bench.timeOutCalls()
    await tried(2)
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

  it('keeps on closing the code of a cancelled order until the provider answers', async () => {
    await using bench = await openShop()
    const orderId = await bench.place(['cup'])
    const id = merchantPaymentIdOf(orderId, 1)
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    await bench.simulate('outage', { on: true })
    await bench.tell(orderId, { type: 'CancelOrder', by: 'customer', atMs: bench.clock.nowMs() })
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
    await using bench = await openShop()
    await bench.simulate('outage', { on: true, kind: 'reset' })
    const orderId = await bench.place(['cup'])
    await bench.until(
      'a code was asked for',
      async () => ((await bench.providerBooks()).calls['POST /v2/codes'] ?? 0) > 0,
    )
    await bench.leapPastWindow(orderId)
    expect(await bench.orderIs(orderId, 'FAILED')).toMatchObject({ reason: 'PROVIDER_ERROR' })
    await bench.until('stock is back', async () => (await bench.stockOf('cup')).available === 10)
    await bench.simulate('outage', { on: false })
    const types = () => bench.typesOf(`payment-${merchantPaymentIdOf(orderId, 1)}`)
    await bench.until('its code is poisoned', async () => {
      // To when closing its code is tried again.
      await bench.leap(10_000)
      return (await types()).includes('PaymentCancelAnswered')
    })
    expect((await types()).slice(-2)).toStrictEqual(['PaymentOrphaned', 'PaymentCancelAnswered'])
  })
})
