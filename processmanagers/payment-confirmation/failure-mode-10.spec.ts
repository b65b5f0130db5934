import { describe, expect, it } from 'vitest'
import type { MerchantPaymentId, OrderId } from '#domain/ids.ts'
import type { PaymentDetails, PaymentProvider } from '#platform/paypay/port.ts'
import { virtualShop, type VirtualShop } from './testing.ts'

const MINUTE_MS = 60_000

type Found = Extract<PaymentDetails, { kind: 'found' }>
const PAYMENT_ID = '04137808670405270001'
const found = (status: string, more: Partial<Found> = {}): PaymentDetails => ({
  kind: 'found',
  status,
  refunds: [],
  ...more,
})
const money = { paymentId: PAYMENT_ID, amountMinor: 1_000, currency: 'JPY' }

/** Everything the provider was ever seen to say of a payment. */
const WORDS: Record<string, PaymentDetails> = {
  CREATED: found('CREATED'),
  'CREATED with a payment id': found('CREATED', { paymentId: PAYMENT_ID }),
  AUTHORIZED: found('AUTHORIZED', money),
  REAUTHORIZING: found('REAUTHORIZING', money),
  COMPLETED: found('COMPLETED', { ...money, acceptedAtMs: Date.parse('2026-11-21T03:00:30Z') }),
  'COMPLETED under another id': found('COMPLETED', { ...money, paymentId: '04137808670405279999' }),
  'COMPLETED with other money': found('COMPLETED', { ...money, amountMinor: 999 }),
  REFUNDED: found('REFUNDED', {
    ...money,
    refunds: [{ merchantRefundId: 'r1', amountMinor: 1_000, status: 'REFUNDED' }],
  }),
  FAILED: found('FAILED', money),
  CANCELED: found('CANCELED', money),
  EXPIRED: found('EXPIRED', money),
  'not found': { kind: 'not-found' },
  'a new word': found('SUSPENDED', money),
}

interface Reached {
  readonly orderId: OrderId
  readonly id: MerchantPaymentId
}

const settled = async (shop: VirtualShop, reached: Reached, status: string): Promise<Reached> => {
  await shop.moveUntil(status, async () => (await shop.stateOf(reached.orderId)).status === status, 120_000)
  await shop.clock.advance(5 * MINUTE_MS)
  return reached
}

/** Every state after which nothing that is told may undo anything. */
const STATES: Record<string, (shop: VirtualShop) => Promise<Reached>> = {
  paid: async (shop) => {
    const reached = await shop.shown()
    shop.paypay.pay(reached.id)
    return settled(shop, reached, 'PAID')
  },
  'failed at the provider': async (shop) => {
    const reached = await shop.shown()
    shop.paypay.fail(reached.id)
    return settled(shop, reached, 'FAILED')
  },
  'expired unpaid': async (shop) => settled(shop, await shop.shown(), 'FAILED'),
  'cancelled unpaid': async (shop) => {
    const reached = await shop.shown()
    await shop.cancel(reached.orderId)
    return settled(shop, reached, 'CANCELLED')
  },
  'expired, then paid and refunded': async (shop) => {
    const reached = await settled(shop, await shop.shown(), 'FAILED')
    shop.paypay.pay(reached.id, { late: true })
    return settled(shop, reached, 'FAILED')
  },
  'cancelled, then paid and refunded': async (shop) => {
    const reached = await shop.shown()
    await shop.cancel(reached.orderId)
    await settled(shop, reached, 'CANCELLED')
    shop.paypay.pay(reached.id, { late: true })
    return settled(shop, reached, 'CANCELLED')
  },
}

describe('failure mode 10: an answer comes out of order, or is stale', () => {
  const matrix = Object.keys(STATES).flatMap((state) => Object.keys(WORDS).map((word) => [state, word]))

  it.each(matrix)(
    '%s, and then told %s: nothing is undone and no stock moves',
    async (state = '', word = '') => {
      let forced: PaymentDetails | undefined
      const saying = (provider: PaymentProvider): PaymentProvider => ({
        ...provider,
        paymentDetails: async (...about) =>
          forced === undefined ? provider.paymentDetails(...about) : { kind: 'ok', value: forced },
      })
      await using shop = await virtualShop({ providerBetween: saying })
      const { confirmations } = await shop.start()
      const reach = STATES[state]
      if (reach === undefined) throw new Error(state)
      const { orderId, id } = await reach(shop)
      const facts = async () => ({
        order: (await shop.stateOf(orderId)).status,
        stock: await shop.stockLeft(),
        stockEvents: shop.typesOf('stock-cup'),
      })
      const before = await facts()
      const attemptBefore = await shop.attemptOf(id)
      const succeededBefore = attemptBefore.status === 'succeeded'

      forced = WORDS[word]
      const asked = confirmations.ask(id, 'operator')
      await shop.clock.advance(100)
      await asked
      forced = undefined
      await shop.clock.advance(10 * MINUTE_MS)

      expect(await facts()).toEqual(before)
      const attempt = await shop.attemptOf(id)
      if (attempt.status === 'none') throw new Error('The attempt is gone')
      const isMoney = word.startsWith('COMPLETED')
      // An attempt that nobody paid may still be told to have failed; that is news, and changes nothing else.
      const isFirstNo = attemptBefore.status === 'open' && ['FAILED', 'CANCELED', 'EXPIRED'].includes(word)
      expect(attempt.status).toBe(isMoney ? 'succeeded' : isFirstNo ? 'failed' : attemptBefore.status)
      if (attemptBefore.status === 'succeeded' && attempt.status === 'succeeded')
        expect([attempt.paymentId, attempt.captured]).toEqual([
          attemptBefore.paymentId,
          attemptBefore.captured,
        ])
      const times = (stream: string, type: string) =>
        shop.typesOf(stream).filter((each) => each === type).length
      // Money that is told of for the first time is booked once and noted as not the order's; told of again it is neither.
      expect(times(`payment-${id}`, 'PaymentSucceeded')).toBe(succeededBefore || isMoney ? 1 : 0)
      expect(times(`order-${orderId}`, 'SurplusPaymentRecorded')).toBe(
        before.order === 'PAID' ? 0 : succeededBefore || isMoney ? 1 : 0,
      )
      expect(times(`order-${orderId}`, 'OrderPaid')).toBe(before.order === 'PAID' ? 1 : 0)
    },
  )
})
