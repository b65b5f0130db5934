import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventStoreUnavailable, type EventStore } from '#platform/eventstore/port.ts'
import { virtualShop, type VirtualShop } from './testing.ts'

const COPIES = 20

const postings = (shop: VirtualShop, orderId: string, id: string) => {
  const times = (stream: string, type: string) => shop.typesOf(stream).filter((each) => each === type).length
  return {
    succeeded: times(`payment-${id}`, 'PaymentSucceeded'),
    paid: times(`order-${orderId}`, 'OrderPaid'),
    surplus: times(`order-${orderId}`, 'SurplusPaymentRecorded'),
    sold: times('stock-cup', 'StockReservationConfirmed'),
    closed: times(`confirmation-${id}`, 'ConfirmationClosed'),
    parked: shop.parked(),
  }
}
const ONCE = { succeeded: 1, paid: 1, surplus: 0, sold: 1, closed: 1, parked: 0 }

/** The first append of a success is written, and its answer lost. */
const losingTheAnswer = (store: EventStore): EventStore => {
  let isLost = false
  return {
    ...store,
    append: async (stream, events, expected) => {
      const result = await store.append(stream, events, expected)
      if (isLost || !events.some(({ type }) => type === 'PaymentSucceeded')) return result
      isLost = true
      throw new EventStoreUnavailable('The answer was lost')
    },
  }
}

describe('failure mode 6: webhook copies, return page and sweeper at once', () => {
  it('book one success, one paid order and one sale, for 20 copies and 20 confirms over two instances', async () => {
    const tripsMs = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 8, maxLength: 8 })
    const startsMs = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: COPIES, maxLength: COPIES })
    await fc.assert(
      fc.asyncProperty(tripsMs, startsMs, async (trips, starts) => {
        let nth = 0
        await using shop = await virtualShop({ network: () => ({ tripMs: trips[(nth += 1) % 8] ?? 0 }) })
        const one = await shop.start()
        const other = await shop.start()
        const { orderId, id } = await shop.shown()
        shop.paypay.pay(id)
        const begun: Promise<unknown>[] = []
        for (const [copy, startMs] of starts.entries()) {
          const confirmations = (copy % 2 === 0 ? one : other).confirmations
          begun.push(shop.notify(id, '{"state":"COMPLETED"}'))
          begun.push(confirmations.ask(id, 'webhook'))
          begun.push(confirmations.ask(id, copy % 3 === 0 ? 'poll' : 'return'))
          if (startMs < 30) await shop.clock.advance(startMs)
        }
        await shop.clock.advance(60_000)
        await Promise.all(begun)
        expect(postings(shop, orderId, id)).toEqual(ONCE)
        // Twenty askers of one kind in one instance are two questions: the one under way, and one after it.
        expect(shop.paypay.asked.filter((question) => question.id === id).length).toBeLessThan(COPIES)
      }),
      { numRuns: 200 },
    )
  }, 300_000)

  it('book it once when the answer to the append is lost', async () => {
    await using shop = await virtualShop({ storeBetween: losingTheAnswer })
    const { confirmations } = await shop.start()
    const { orderId, id } = await shop.shown()
    shop.paypay.pay(id)
    const all = Promise.allSettled(
      Array.from({ length: COPIES }, (_, nth) => confirmations.ask(id, nth % 2 === 0 ? 'webhook' : 'return')),
    )
    await shop.clock.advance(60_000)
    await all
    expect(postings(shop, orderId, id)).toEqual(ONCE)
  })

  it('book it once when the process dies between the posting and its acknowledgement', async () => {
    let die = (): void => {}
    await using shop = await virtualShop({
      storeBetween: (store) => ({
        ...store,
        append: async (stream, events, expected) => {
          const result = await store.append(stream, events, expected)
          if (events.some(({ type }) => type === 'PaymentSucceeded')) die()
          return result
        },
      }),
    })
    const first = await shop.start()
    die = first.kill
    const { orderId, id } = await shop.shown()
    shop.paypay.pay(id)
    void first.confirmations.ask(id, 'webhook')
    await shop.clock.advance(5_000)
    expect(postings(shop, orderId, id)).toMatchObject({ succeeded: 1, paid: 0, sold: 0 })
    die = () => {}
    const second = await shop.start(first.readStore)
    const again = Promise.all(
      Array.from({ length: COPIES }, (_, nth) =>
        second.confirmations.ask(id, nth % 2 === 0 ? 'webhook' : 'poll'),
      ),
    )
    await shop.clock.advance(60_000)
    await again
    expect(postings(shop, orderId, id)).toEqual(ONCE)
  })
})
