import { describe, expect, it } from 'vitest'
import { virtualShop } from './testing.ts'

const stage = async () => {
  const told: [source: string, latencyMs: number][] = []
  const shop = await virtualShop({
    onPaid: (source, completedAtMs) => {
      told.push([source, shop.clock.nowMs() - completedAtMs])
    },
  })
  return { shop, told }
}

describe('the time from completion to PAID', () => {
  it('is told once, by the instance that did it, with who noticed, and never again by a replay of the log', async () => {
    const { shop, told } = await stage()
    await using _ = shop
    const one = await shop.start()
    await shop.start()
    const { orderId, id } = await shop.shown()
    await shop.clock.advance(1_000)
    shop.paypay.pay(id)
    const asked = one.confirmations.ask(id, 'return')
    await shop.clock.advance(30_000)
    await asked
    expect((await shop.stateOf(orderId)).status).toBe('PAID')
    expect(told).toEqual([['return', expect.any(Number)]])
    // The provider's second has begun up to a second before the payment: the time is never too short.
    expect(told[0]?.[1]).toBeGreaterThanOrEqual(50)
    expect(told[0]?.[1]).toBeLessThan(1_050)

    await shop.start()
    await shop.clock.advance(60_000)
    expect(told).toHaveLength(1)
  })

  it('is not told of money that the order did not take', async () => {
    const { shop, told } = await stage()
    await using _ = shop
    await shop.start()
    const { orderId, id } = await shop.shown()
    await shop.cancel(orderId)
    shop.paypay.pay(id, { late: true })
    await shop.clock.advance(10 * 60_000)
    expect(shop.typesOf(`order-${orderId}`)).toContain('SurplusPaymentRecorded')
    expect(told).toEqual([])
  })
})
