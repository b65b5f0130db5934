import { describe, expect, it } from 'vitest'
import { virtualShop, type VirtualShop } from './testing.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS

const expectPaidOnce = async (shop: VirtualShop, orderId: string, id: string): Promise<void> => {
  await shop.clock.advance(MINUTE_MS)
  const times = (stream: string, type: string) => shop.typesOf(stream).filter((each) => each === type).length
  expect(times(`order-${orderId}`, 'OrderPaid')).toBe(1)
  expect(times(`payment-${id}`, 'PaymentSucceeded')).toBe(1)
  expect(times('stock-cup', 'StockReservationConfirmed')).toBe(1)
  expect(shop.parked()).toBe(0)
}

describe('failure mode 1: the webhook never arrives and the buyer has closed the tab', () => {
  it.each([0, 1, 9.9, 10, 61, 150, 299])(
    'books a payment made %d s after its code was shown within a minute',
    async (afterSeconds) => {
      await using shop = await virtualShop({ windowMs: 15 * MINUTE_MS })
      await shop.start()
      const { orderId, id } = await shop.shown()
      await shop.clock.advance(afterSeconds * SECOND_MS)
      expect(shop.paypay.pay(id)).toBe(true)
      await shop.moveUntil('PAID', async () => (await shop.stateOf(orderId)).status === 'PAID', MINUTE_MS)
      await expectPaidOnce(shop, orderId, id)
      expect(shop.log.events.find(({ type }) => type === 'PaymentSucceeded')?.data).toMatchObject({
        source: 'poll',
      })
    },
  )

  it('books within a minute also what began in the last second of the window and was completed after it', async () => {
    await using shop = await virtualShop({ windowMs: MINUTE_MS })
    await shop.start()
    const { orderId, id } = await shop.shown()
    const state = await shop.stateOf(orderId)
    if (state.status === 'none') throw new Error('no order')
    await shop.clock.advance(state.placed.paymentWindowEndsAtMs - shop.clock.nowMs() - SECOND_MS)
    shop.paypay.inFlight(id)
    await shop.clock.advance(2 * MINUTE_MS)
    expect((await shop.stateOf(orderId)).status).toBe('WAITING_PAYMENT')
    shop.paypay.pay(id)
    await shop.moveUntil('PAID', async () => (await shop.stateOf(orderId)).status === 'PAID', MINUTE_MS)
    await expectPaidOnce(shop, orderId, id)
  })

  it('goes on where it was when the application is killed in the delivery, in whichever millisecond', async () => {
    for (let killedAfterMs = 0; killedAfterMs <= 160; killedAfterMs += 5) {
      await using shop = await virtualShop()
      const first = await shop.start()
      const { orderId, id } = await shop.shown()
      shop.paypay.pay(id)
      // The delivery: stored at 20 ms, then asked about; before that it is lost for good.
      const storedAtMs = 20
      await shop.clock.advance(Math.min(killedAfterMs, storedAtMs))
      if (killedAfterMs >= storedAtMs) {
        await shop.notify(id, '{"state":"COMPLETED"}')
        void first.confirmations.ask(id, 'webhook')
        await shop.clock.advance(killedAfterMs - storedAtMs)
      }
      first.kill()
      await shop.clock.advance(5 * SECOND_MS)
      await shop.start(first.readStore)
      await shop.moveUntil('PAID', async () => (await shop.stateOf(orderId)).status === 'PAID', MINUTE_MS)
      await expectPaidOnce(shop, orderId, id)
    }
  })

  it('asks at once after the restart when the delivery had been stored, not at the next rung', async () => {
    await using shop = await virtualShop()
    const first = await shop.start()
    const { orderId, id } = await shop.shown()
    shop.paypay.pay(id)
    first.kill()
    await shop.notify(id, '{"state":"COMPLETED"}')
    await shop.start(first.readStore)
    await shop.clock.advance(SECOND_MS)
    expect((await shop.stateOf(orderId)).status).toBe('PAID')
    expect(shop.log.events.find(({ type }) => type === 'PaymentSucceeded')?.data).toMatchObject({
      source: 'webhook',
    })
  })
})
