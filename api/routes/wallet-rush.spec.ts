import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FundsDebited } from '#domain/account/events.ts'
import { OrderFailed } from '#domain/order/events.ts'
import { apiBench, until, type ApiBench } from '../testing.ts'

const PRICE = 1_200

describe('a wallet that a hundred orders want of at once', () => {
  let bench: ApiBench
  beforeAll(async () => {
    bench = await apiBench({ withProcesses: true })
    await bench.offer('sencha', PRICE, 1_000)
  })
  afterAll(() => bench.close())

  it('pays as many as it can, and no more than it holds', async () => {
    const buyer = await bench.signIn('rush@example.com')
    expect((await buyer.deposit({ amountMinor: 10 * PRICE + 500 })).statusCode).toBe(201)
    const order = { items: [{ productId: 'sencha', quantity: 1 }], paymentMethod: 'WALLET' }
    const replies = await Promise.all(Array.from({ length: 100 }, () => buyer.order(order)))
    const orderIds = replies.map((reply) => reply.json<{ orderId: string }>().orderId)
    expect(new Set(orderIds).size).toBe(100)

    // Asked of the log: the read models have other things to do meanwhile.
    const ends = await Promise.all(
      orderIds.map((orderId) =>
        until(
          `${orderId} has ended`,
          async () => {
            await bench.deps.clock.sleep(100)
            const last = (await bench.eventsOf(`order-${orderId}`)).at(-1)
            return last?.type !== 'OrderPlaced' && last
          },
          240_000,
        ),
      ),
    )
    expect(ends.filter(({ type }) => type === 'OrderPaid')).toHaveLength(10)
    const failed = ends.filter(({ type }) => type === 'OrderFailed')
    expect(failed).toHaveLength(90)
    expect(new Set(failed.map(({ data }) => OrderFailed.parse(data).reason))).toEqual(
      new Set(['INSUFFICIENT_FUNDS']),
    )
    const debits = (await bench.eventsOf(`account-${buyer.customerId}`)).filter(
      ({ type }) => type === 'FundsDebited',
    )
    expect(debits).toHaveLength(10)
    expect(FundsDebited.parse(debits.at(-1)?.data).balance).toEqual({ amountMinor: 500, currency: 'JPY' })
  }, 300_000)
})
