import { describe, expect, it } from 'vitest'
import { MerchantPaymentId } from '#domain/ids.ts'
import { MOST_WAITING, POLLS_AT_ONCE, QUICK_AT_ONCE, QUICK_PATIENCE_MS, SLOW_AT_ONCE } from './poll-turns.ts'
import { answered } from './spec-rig.ts'
import { virtualShop, type VirtualShop } from './testing.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const RUNG_MS = 10 * SECOND_MS
const TOO_MANY = answered({ httpStatus: 429, code: 'RATE_LIMIT', data: null })

/** Budget of the client: 200 a second, 200 at once. */
const MOST_IN_A_SECOND = 400

/** The longest time each attempt went without a question, from the start to the end of the spec. */
const longestWaits = (shop: VirtualShop, ids: readonly string[], fromMs: number): Map<string, number> => {
  const untilMs = shop.clock.nowMs()
  const last = new Map(ids.map((id) => [id, fromMs]))
  const longest = new Map(ids.map((id) => [id, 0]))
  const note = (id: string, atMs: number): void => {
    longest.set(id, Math.max(longest.get(id) ?? 0, atMs - (last.get(id) ?? fromMs)))
    last.set(id, atMs)
  }
  for (const { id, atMs } of shop.paypay.asked) if (atMs >= fromMs && longest.has(id)) note(id, atMs)
  for (const id of ids) note(id, untilMs)
  return longest
}

const mostInASecond = ({ paypay: { asked } }: VirtualShop): number => {
  let most = 0
  let first = 0
  for (const [index, { atMs }] of asked.entries()) {
    while (atMs - (asked[first]?.atMs ?? 0) >= SECOND_MS) first += 1
    most = Math.max(most, index - first + 1)
  }
  return most
}

describe('the ladder of many open attempts', () => {
  it.each([200, 1_000])(
    'asks about each of %i at least every sixteen seconds, within the budget',
    async (count) => {
      await using shop = await virtualShop({ confirmationOnly: true })
      const ids = await shop.openAttempts(count, 15 * MINUTE_MS)
      const fromMs = shop.clock.nowMs()
      await shop.start()
      await shop.clock.advance(2 * MINUTE_MS)
      expect(Math.max(...longestWaits(shop, ids, fromMs).values())).toBeLessThanOrEqual(16 * SECOND_MS)
      expect(mostInASecond(shop)).toBeLessThanOrEqual(MOST_IN_A_SECOND)
      expect(shop.paypay.asked.length).toBeLessThanOrEqual(count * 12)
      expect(shop.parked()).toBe(0)
    },
    60_000,
  )

  it('asks about healthy ones within 31 s while the provider hangs 15 s for 200 others', async () => {
    await using shop = await virtualShop({ confirmationOnly: true })
    const ids = await shop.openAttempts(1_000, 15 * MINUTE_MS)
    const hung = new Set<string>(ids.slice(0, 200))
    shop.paypay.setNetwork((id) => (hung.has(id) ? { instead: 'silence' } : undefined))
    const fromMs = shop.clock.nowMs()
    await shop.start()
    // Short of the end of the codes, from which on the ladder asks by the minute.
    await shop.clock.advance(4.8 * MINUTE_MS)
    const waits = longestWaits(shop, ids, fromMs)
    const of = (isHung: boolean) =>
      Math.max(...[...waits].filter(([id]) => hung.has(id) === isHung).map(([, waitMs]) => waitMs))
    // One rung, and the time until each of the hung has been found to be slow.
    const learningMs = Math.ceil(hung.size / QUICK_AT_ONCE) * QUICK_PATIENCE_MS
    expect(of(false)).toBeLessThanOrEqual(RUNG_MS + learningMs + SECOND_MS)
    // Once that is known the others are asked as if nobody hung.
    const knownFromMs = fromMs + RUNG_MS + learningMs + SECOND_MS
    const healthy = ids.filter((id) => !hung.has(id))
    const later = longestWaits(shop, healthy, knownFromMs).values()
    expect(Math.max(...later)).toBeLessThanOrEqual(16 * SECOND_MS)
    // Those who hang share a few places, one after another, and none is left out.
    const roundMs = Math.ceil(hung.size / SLOW_AT_ONCE) * 15 * SECOND_MS
    expect(of(true)).toBeLessThanOrEqual(roundMs + 2 * RUNG_MS)
    expect(shop.paypay.mostOnTheWire()).toBeLessThanOrEqual(POLLS_AT_ONCE)

    // What was paid meanwhile is booked as soon as the provider speaks again.
    const nowSpeaking = ids.filter((id) => hung.has(id))
    for (const id of nowSpeaking) shop.paypay.pay(id, { late: true })
    shop.paypay.setNetwork(() => undefined)
    await shop.clock.advance(40 * SECOND_MS)
    for (const id of nowSpeaking) expect((await shop.attemptOf(id)).status).toBe('succeeded')
  }, 300_000)

  it('hears a provider that takes longer for every answer than a first question waits', async () => {
    await using shop = await virtualShop({ confirmationOnly: true })
    const ids = await shop.openAttempts(20, 15 * MINUTE_MS)
    shop.paypay.setNetwork(() => ({ tripMs: 8 * SECOND_MS }))
    for (const id of ids) shop.paypay.pay(id)
    await shop.start()
    await shop.clock.advance(MINUTE_MS)
    for (const id of ids) expect((await shop.attemptOf(id)).status).toBe('succeeded')
  })

  it('asks about each within a minute while every third answer is 429', async () => {
    await using shop = await virtualShop({ confirmationOnly: true })
    const ids = await shop.openAttempts(200, 15 * MINUTE_MS)
    let nth = 0
    shop.paypay.setNetwork(() => ((nth += 1) % 3 === 0 ? { instead: TOO_MANY } : undefined))
    const fromMs = shop.clock.nowMs()
    await shop.start()
    await shop.clock.advance(3 * MINUTE_MS)
    expect(Math.max(...longestWaits(shop, ids, fromMs).values())).toBeLessThanOrEqual(MINUTE_MS)
  })

  it('asks rarely while every answer is 429, and about each within two rungs of its end', async () => {
    await using shop = await virtualShop({ confirmationOnly: true })
    const ids = await shop.openAttempts(200, 15 * MINUTE_MS)
    shop.paypay.setNetwork(() => ({ instead: TOO_MANY }))
    await shop.start()
    await shop.clock.advance(3 * MINUTE_MS)
    expect(shop.paypay.asked.length).toBeLessThan(800)
    for (const id of ids) shop.paypay.pay(id)
    shop.paypay.setNetwork(() => undefined)
    const endedMs = shop.clock.nowMs()
    // The client's own pause after the last 429 is at most half a minute.
    await shop.moveUntil('all are booked', async () => {
      const states = await Promise.all(ids.map((id) => shop.attemptOf(id)))
      return states.every(({ status }) => status === 'succeeded')
    })
    expect(shop.clock.nowMs() - endedMs).toBeLessThanOrEqual(30 * SECOND_MS + 2 * RUNG_MS)
  })

  it('takes up what is overdue after a pause oldest first', async () => {
    await using shop = await virtualShop({ confirmationOnly: true })
    const first = await shop.start()
    const ids: string[] = []
    for (let nth = 0; nth < 100; nth += 1) {
      ids.push(...(await shop.openAttempts(1, 15 * MINUTE_MS)))
      await shop.clock.advance(50)
    }
    expect(shop.paypay.asked).toEqual([])
    first.kill()
    await shop.clock.advance(MINUTE_MS)
    await shop.start(first.readStore)
    await shop.clock.advance(SECOND_MS)
    expect(shop.paypay.asked.map(({ id }) => id)).toEqual(ids)
  })
})

describe('polls and questions somebody waits for', () => {
  it('share the wire, and the prompt ones go at once however many polls hang or wait', async () => {
    await using shop = await virtualShop({ confirmationOnly: true })
    const ids = await shop.openAttempts(1_000, 15 * MINUTE_MS)
    const { confirmations } = await shop.start()
    shop.paypay.setNetwork((_, request) => (request.timeoutMs < 15_000 ? { instead: 'silence' } : undefined))
    const polls = Promise.all(ids.map((id) => confirmations.ask(id, 'poll')))
    await shop.clock.advance(SECOND_MS)
    expect(shop.paypay.asked.length).toBeLessThanOrEqual(POLLS_AT_ONCE)
    for (const source of ['webhook', 'return', 'operator'] as const) {
      const sentBefore = shop.paypay.asked.length
      const prompt = confirmations.ask(ids[999]!, source)
      await shop.clock.advance(50)
      expect(await prompt).toBe('not-paid')
      expect(shop.paypay.asked.length).toBe(sentBefore + 1)
    }
    await shop.clock.advance(3 * MINUTE_MS)
    await polls
  })

  it('never has more polls wait than the line is long: the others are told at once that nothing is known', async () => {
    await using shop = await virtualShop({ confirmationOnly: true })
    const { confirmations } = await shop.start()
    shop.paypay.setNetwork(() => ({ instead: 'silence' }))
    let told = 0
    const crowd = MOST_WAITING + 500
    const all = Array.from({ length: crowd }, (_, nth) =>
      confirmations.ask(MerchantPaymentId.parse(`kessai_${nth}_a1`), 'poll').then((verdict) => {
        told += verdict === 'unknown' ? 1 : 0
      }),
    )
    await shop.clock.advance(0)
    expect(told).toBeGreaterThan(400)
    expect(told).toBeLessThanOrEqual(500)
    shop.paypay.setNetwork(() => undefined)
    await shop.clock.advance(MINUTE_MS)
    await Promise.all(all)
  })
})

describe('several instances over one log', () => {
  it.each([2, 3])('%i of them ask at most once each per rung, and book one success', async (count) => {
    await using shop = await virtualShop()
    for (let nth = 0; nth < count; nth += 1) await shop.start()
    const { orderId, id } = await shop.shown()
    const fromMs = shop.clock.nowMs()
    await shop.clock.advance(4 * RUNG_MS)
    const asked = shop.paypay.asked.filter(({ atMs }) => atMs >= fromMs)
    expect(asked.length).toBeGreaterThanOrEqual(3)
    expect(asked.length).toBeLessThanOrEqual(4 * count)
    shop.paypay.pay(id)
    await shop.moveUntil('the order is paid', async () => (await shop.stateOf(orderId)).status === 'PAID')
    await shop.clock.advance(2 * MINUTE_MS)
    expect(shop.typesOf(`payment-${id}`).filter((type) => type === 'PaymentSucceeded')).toHaveLength(1)
    expect(shop.typesOf(`order-${orderId}`).filter((type) => type === 'OrderPaid')).toHaveLength(1)
    expect(shop.typesOf(`confirmation-${id}`)).toEqual(['ConfirmationOpened', 'ConfirmationClosed'])
    expect(await shop.stockLeft()).toEqual({ available: 9, reserved: 0, sold: 1 })
    expect(shop.parked()).toBe(0)
  })
})
