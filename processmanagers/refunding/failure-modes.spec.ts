import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { REFUND_THROTTLED } from '#platform/paypay/port.ts'
import { refundDesk, TOTAL } from './testing.ts'
import { APART_MS } from './turns.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const ASK = 'POST v2/refunds'
const Asked = z.object({ merchantRefundId: z.string() })

type Desk = Awaited<ReturnType<typeof refundDesk>>
const idsAsked = ({ paypay }: Desk) =>
  new Set(paypay.of(ASK).map(({ body }) => Asked.parse(body).merchantRefundId))
const amountsBack = ({ paypay, paymentId }: Desk) =>
  paypay.refundsOf(paymentId).map(({ amountMinor }) => amountMinor)
/** What several do at the same time; who loses the race waits a moment and decides again. */
const together = async <T>({ clock }: Desk, deeds: readonly (() => Promise<T>)[]): Promise<T[]> => {
  const done = Promise.all(deeds.map((deed) => deed()))
  await clock.advance(1_000)
  return done
}

describe('failure mode 7: a refund whose answer does not come, and is asked for again', () => {
  it('is one refund at PayPay and one in the books, also when the worker restarts meanwhile', async () => {
    await using desk = await refundDesk()
    desk.start()
    desk.paypay.next(ASK, 'answer-lost', 4)
    await desk.refund('a', 1_000)
    await desk.clock.advance(20_000)
    expect(amountsBack(desk)).toEqual([1_000])
    await desk.halt()
    desk.start()
    await desk.clock.advance(5 * MINUTE_MS)
    await desk.halt()
    await desk.forget()
    desk.start()
    await desk.clock.advance(HOUR_MS)

    expect(desk.paypay.of(ASK).length).toBeGreaterThan(1)
    expect(idsAsked(desk).size).toBe(1)
    expect(amountsBack(desk)).toEqual([1_000])
    expect(desk.paymentTypes().slice(-2)).toEqual(['RefundRequested', 'RefundCompleted'])
    expect(desk.orderTypes().slice(-2)).toEqual(['OrderRefundRequested', 'OrderPartlyRefunded'])
  })

  it('is asked for until it arrives, when the request itself was lost', async () => {
    await using desk = await refundDesk()
    desk.start()
    desk.paypay.next(ASK, 'request-lost', 5)
    await desk.refund('a')
    await desk.clock.advance(HOUR_MS)
    expect(amountsBack(desk)).toEqual([TOTAL])
    expect(await desk.status()).toBe('REFUNDED')
  })

  it('by two operators who press together is one refund: the order decides', async () => {
    await using desk = await refundDesk()
    desk.start()
    const answers = await together(
      desk,
      ['a', 'b'].map((name) => () => {
        const by = desk.anotherRunner()
        return desk.refund(name, TOTAL, { requestedBy: `staff-${name}` }, by)
      }),
    )
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['accepted', 'refused'])
    expect(answers.find(({ kind }) => kind === 'refused')).toMatchObject({
      refusal: 'nothing-left-to-refund',
    })
    await desk.clock.advance(HOUR_MS)
    expect(amountsBack(desk)).toEqual([TOTAL])
    expect(await desk.status()).toBe('REFUNDED')
  })

  it('pressed twice by one operator is one refund under one id', async () => {
    await using desk = await refundDesk()
    desk.start()
    const press = () => desk.refund('a', 1_000, {}, desk.anotherRunner())
    const answers = await together(desk, [press, press])
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['accepted', 'unchanged'])
    await desk.clock.advance(HOUR_MS)
    expect(amountsBack(desk)).toEqual([1_000])
  })
})

describe('failure mode 17: a refund that is silently stuck, and parts that come to too much', () => {
  it('is followed through 48 hours in CREATED, ever more seldom, and booked when it settles', async () => {
    await using desk = await refundDesk({ knobs: { refundSettleMs: null } })
    desk.start()
    await desk.refund('a', TOTAL, desk.cups(2))
    await desk.clock.advance(48 * HOUR_MS)
    expect(await desk.refunds()).toEqual({ a: 'requested' })
    expect(await desk.status()).toBe('PAID')
    expect(await desk.stock()).toEqual({ available: 7, reserved: 0, sold: 3 })
    const asks = desk.paypay.of(ASK).map(({ atMs }) => atMs)
    expect(asks.length).toBeGreaterThan(48)
    expect(asks.length).toBeLessThan(90)
    expect(desk.clock.nowMs() - (asks.at(-1) ?? 0)).toBeLessThanOrEqual(HOUR_MS)

    desk.paypay.deeds.refundsSettle()
    await desk.clock.advance(HOUR_MS)
    expect(await desk.status()).toBe('REFUNDED')
    expect(await desk.stock()).toEqual({ available: 9, reserved: 0, sold: 1 })
    expect(amountsBack(desk)).toEqual([TOTAL])
  })

  it('never comes to more than was paid when parts are asked for at the same time', async () => {
    await using desk = await refundDesk()
    desk.start()
    const answers = await together(
      desk,
      ['a', 'b', 'c', 'd', 'e'].map((name) => () => desk.refund(name, 1_100, {}, desk.anotherRunner())),
    )
    const refusals = answers.map((answer) => (answer.kind === 'refused' ? answer.refusal : answer.kind))
    expect(refusals.sort()).toEqual(['accepted', 'accepted', ...Array(3).fill('refund-exceeds-payment')])
    await desk.clock.advance(HOUR_MS)
    expect(amountsBack(desk)).toEqual([1_100, 1_100])
    expect(await desk.status()).toBe('PAID')
    expect(await desk.refund('f')).toMatchObject({ kind: 'accepted' })
    await desk.clock.advance(HOUR_MS)
    expect(amountsBack(desk)).toEqual([1_100, 1_100, 800])
    expect(await desk.status()).toBe('REFUNDED')
  })

  it('has its parts asked for one after another, at the pace PayPay allows', async () => {
    await using desk = await refundDesk()
    desk.start()
    for (const name of ['a', 'b', 'c']) await desk.refund(name, 1_000)
    await desk.clock.advance(HOUR_MS)
    const accepted = desk.paypay.refundsOf(desk.paymentId).map(({ acceptedAtMs }) => acceptedAtMs)
    expect(accepted.slice(1).map((atMs, nth) => atMs - (accepted[nth] ?? 0))).toEqual([APART_MS, APART_MS])
    expect(desk.paypay.of(ASK).map(({ code }) => code)).not.toContain(REFUND_THROTTLED)
  })

  it('does not hold up the next part', async () => {
    await using desk = await refundDesk({ knobs: { refundSettleMs: null } })
    desk.start()
    await desk.refund('a', 1_000)
    await desk.refund('b', 2_000)
    await desk.clock.advance(HOUR_MS)
    expect(amountsBack(desk)).toEqual([1_000, 2_000])
  })

  it('frees its amount and its units when PayPay refuses it, and can be asked for anew', async () => {
    await using desk = await refundDesk({ knobs: { multipleRefunds: false } })
    desk.start()
    await desk.refund('a', 1_000)
    await desk.clock.advance(HOUR_MS)
    await desk.refund('b', 2_000, desk.cups(3))
    await desk.clock.advance(HOUR_MS)
    expect(await desk.refunds()).toEqual({ a: 'completed', b: 'rejected' })
    expect(await desk.stock()).toEqual({ available: 7, reserved: 0, sold: 3 })
    expect(await desk.refund('c', 2_000, desk.cups(3))).toMatchObject({ kind: 'accepted' })
  })
})

describe('failure mode 18: the last day on which PayPay gives money back', () => {
  /** 13:00 in Japan, so that day 365 ends eleven hours of the day later. */
  const startMs = Date.parse('2026-11-20T13:00:00+09:00')
  const lastSecondMs = Date.parse('2027-11-20T23:59:59+09:00')

  it('takes a refund in its last second', async () => {
    await using desk = await refundDesk({ startMs })
    desk.start()
    await desk.clock.advance(lastSecondMs - desk.clock.nowMs())
    expect(await desk.refund('a')).toMatchObject({ kind: 'accepted' })
    await desk.clock.advance(HOUR_MS)
    expect(desk.paypay.of(ASK).map(({ code }) => code)).toContain('SUCCESS')
    expect(await desk.status()).toBe('REFUNDED')
  })

  it('is over a second later: staff are told, and PayPay is not asked', async () => {
    await using desk = await refundDesk({ startMs })
    desk.start()
    await desk.clock.advance(lastSecondMs + 1_000 - desk.clock.nowMs())
    expect(await desk.refund('a')).toMatchObject({ kind: 'refused', refusal: 'refund-window-over' })
    await desk.clock.advance(DAY_MS)
    expect(desk.paypay.of(ASK)).toEqual([])
  })

  it('ends a refund that never got through with a clear word', async () => {
    await using desk = await refundDesk({ startMs })
    await desk.clock.advance(lastSecondMs - desk.clock.nowMs())
    await desk.refund('a')
    await desk.clock.advance(MINUTE_MS)
    desk.start()
    await desk.clock.advance(HOUR_MS)
    expect(desk.paypay.of(ASK)).toEqual([])
    expect(desk.events().at(-1)).toMatchObject({
      type: 'OrderRefundRejected',
      data: { code: 'REFUND_WINDOW_EXCEED' },
    })
  })

  it('does not end one that PayPay took in time and is still working on', async () => {
    await using desk = await refundDesk({ startMs, knobs: { refundSettleMs: null } })
    desk.start()
    await desk.clock.advance(lastSecondMs - desk.clock.nowMs())
    desk.paypay.next(ASK, 'answer-lost', 3)
    await desk.refund('a')
    await desk.clock.advance(DAY_MS)
    expect(await desk.refunds()).toEqual({ a: 'requested' })
    desk.paypay.deeds.refundsSettle()
    await desk.clock.advance(2 * HOUR_MS)
    expect(await desk.status()).toBe('REFUNDED')
  })
})
