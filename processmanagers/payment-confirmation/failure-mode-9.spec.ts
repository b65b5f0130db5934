import { describe, expect, it } from 'vitest'
import type { OrderId } from '#domain/ids.ts'
import { ConfigurationError } from '#platform/config/config.ts'
import { productionLadder, USUAL_CODE_LIFE_MS } from './ladder.ts'
import { paymentConfirmation } from './payment-confirmation.ts'
import { answered, type Fate } from './spec-rig.ts'
import { virtualShop, type VirtualShop } from './testing.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const WINDOW_MS = 15 * MINUTE_MS

/** One moment behind each kind of rung: while the code lives, after it, after the window, hourly, six-hourly, past the day. */
const RUNGS_MS = [MINUTE_MS, 8 * MINUTE_MS, 20 * MINUTE_MS, 4 * HOUR_MS, 14 * HOUR_MS, 30 * HOUR_MS]

const said = (httpStatus: number, code: string, data: object | null = null): Fate => ({
  instead: answered({ httpStatus, code, data }),
})

const NOTHING_KNOWN: Record<string, Fate> = {
  silence: { instead: 'silence' },
  'a reset': { instead: { kind: 'failed', reason: 'connection-lost' } },
  'no connection': { instead: { kind: 'failed', reason: 'unreachable' } },
  'a 500': said(500, 'INTERNAL_SERVER_ERROR'),
  'a 503 page': { instead: { kind: 'answered', httpStatus: 503, body: '<h1>Maintenance</h1>' } },
  'a 429': said(429, 'RATE_LIMIT'),
  'a 401': said(401, 'UNAUTHORIZED'),
  'no JSON': { instead: { kind: 'answered', httpStatus: 200, body: 'OK' } },
  'half an answer': { instead: { kind: 'answered', httpStatus: 200, body: '{"resultInfo":{"code":"SUC' } },
  'another payment': said(200, 'SUCCESS', { status: 'FAILED', merchantPaymentId: 'kessai_other_a1' }),
  'a word nobody knows': said(200, 'SUCCESS', { status: 'RETIRED', acceptedAt: 0, requestedAt: 0 }),
}

/** Everything on record about the order and its attempt. */
const onRecord = (shop: VirtualShop, orderId: OrderId, id: string): readonly string[] =>
  ['order', 'payment', 'confirmation', 'checkout', 'stock'].flatMap((category) =>
    shop.typesOf(
      `${category}-${category === 'stock' ? 'cup' : category.startsWith('o') || category === 'checkout' ? orderId : id}`,
    ),
  )

describe('failure mode 9: the sweeper gives up a payment, or reads not knowing as not paid', () => {
  it.each(Object.entries(NOTHING_KNOWN))(
    'never, at no rung, for %s; and the payment is booked when the provider speaks again',
    async (_, fate) => {
      await using shop = await virtualShop({ windowMs: WINDOW_MS })
      await shop.start()
      const { orderId, id } = await shop.shown()
      await shop.clock.advance(11_000)
      const before = onRecord(shop, orderId, id)
      shop.paypay.setNetwork((_id, { method }) => (method === 'GET' ? fate : undefined))
      const fromMs = shop.clock.nowMs()
      for (const rungMs of RUNGS_MS) {
        await shop.clock.advance(fromMs + rungMs - shop.clock.nowMs())
        expect(onRecord(shop, orderId, id), `after ${rungMs} ms`).toEqual(before)
        expect((await shop.stateOf(orderId)).status).toBe('WAITING_PAYMENT')
      }
      const askedBefore = shop.paypay.asked.length
      await shop.clock.advance(7 * HOUR_MS)
      expect(shop.paypay.asked.length).toBeGreaterThan(askedBefore)
      shop.paypay.pay(id, { late: true })
      shop.paypay.setNetwork(() => undefined)
      await shop.clock.advance(7 * HOUR_MS)
      expect((await shop.stateOf(orderId)).status).toBe('PAID')
    },
    300_000,
  )

  it('never for CREATED with a payment id: it neither lapses nor ends, days later, and is booked when it completes', async () => {
    await using shop = await virtualShop({ windowMs: WINDOW_MS })
    await shop.start()
    const { orderId, id } = await shop.shown()
    shop.paypay.inFlight(id)
    await shop.clock.advance(72 * HOUR_MS)
    expect(shop.typesOf(`payment-${id}`)).toEqual([
      'PaymentRequested',
      'PaymentCodeIssued',
      'PaymentObserved',
    ])
    expect(shop.typesOf(`confirmation-${id}`)).toEqual(['ConfirmationOpened'])
    expect((await shop.stateOf(orderId)).status).toBe('WAITING_PAYMENT')
    shop.paypay.pay(id)
    await shop.clock.advance(7 * HOUR_MS)
    expect((await shop.stateOf(orderId)).status).toBe('PAID')
  })

  it('and a bare CREATED is given up only after the whole day, when two lives of a code are long over', async () => {
    await using shop = await virtualShop({ windowMs: WINDOW_MS })
    await shop.start()
    const { id } = await shop.shown()
    await shop.clock.advance(24 * HOUR_MS)
    expect(shop.typesOf(`confirmation-${id}`)).toEqual(['ConfirmationOpened'])
    await shop.clock.advance(7 * HOUR_MS)
    expect(shop.typesOf(`confirmation-${id}`)).toEqual(['ConfirmationOpened', 'ConfirmationClosed'])
    // Given up, not forgotten: a late word of the provider still leads to a question.
    shop.paypay.pay(id, { late: true })
    await shop.notify(id, '{"state":"COMPLETED"}')
    await shop.clock.advance(MINUTE_MS)
    expect((await shop.attemptOf(id)).status).toBe('succeeded')
    expect(shop.paypay.statusOf(id)).toBe('REFUNDED')
  })

  it('refuses to start when attempts would be watched for less than two lives of a code', () => {
    const unused = (): never => {
      throw new Error('nothing is done here')
    }
    const started = (watchMs: number, codeLifeMs?: number) => () =>
      paymentConfirmation({
        commands: { run: unused, state: unused, recent: unused },
        confirmations: { ask: unused },
        clock: { nowMs: unused, monotonicMs: unused, sleep: unused, timer: unused },
        ladder: { ...productionLadder, watchMs },
        ...(codeLifeMs === undefined ? {} : { codeLifeMs }),
      })
    expect(started(2 * USUAL_CODE_LIFE_MS - 1)).toThrow(ConfigurationError)
    expect(started(2 * USUAL_CODE_LIFE_MS)).not.toThrow()
    expect(started(productionLadder.watchMs, 12 * HOUR_MS + 1)).toThrow(/PAYPAY_CODE_LIFE_MS/)
    expect(started(productionLadder.watchMs, 12 * HOUR_MS)).not.toThrow()
  })
})
