import { describe, expect, it } from 'vitest'
import {
  REFUND_THROTTLED,
  type PaymentProvider,
  type ProviderOutcome,
  type RefundRequest,
  type RefundStatus,
} from '#platform/paypay/port.ts'
import { refundDesk, TOTAL } from './testing.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

type Answer = ProviderOutcome<{ status: RefundStatus }>
const unknown: Answer = { kind: 'unknown', reason: 'timed-out' }
const said = (status: RefundStatus): Answer => ({ kind: 'ok', value: { status } })
const refusedWith = (code: string): Answer => ({ kind: 'refused', code, httpStatus: 400, message: '' })

/** A desk whose provider gives these answers to refunds, the last one for ever. */
const openDesk = async (answers: readonly Answer[]) => {
  const asked: RefundRequest[] = []
  let details: RefundStatus = 'CREATED'
  let lookups = 0
  const between = (provider: PaymentProvider): PaymentProvider => ({
    ...provider,
    refundPayment: (request) => {
      asked.push(request)
      return Promise.resolve(answers[asked.length - 1] ?? answers.at(-1) ?? unknown)
    },
    refundDetails: () => {
      lookups += 1
      const isKnown = answers.slice(0, asked.length).some(({ kind }) => kind !== 'refused')
      return Promise.resolve({
        kind: 'ok',
        value: isKnown ? { kind: 'found', status: details, amountMinor: 1_000 } : { kind: 'not-found' },
      })
    },
  })
  const desk = await refundDesk({ between })
  return {
    ...desk,
    asked,
    afterMs: () => asked.map(({ requestedAtMs }) => requestedAtMs - (asked[0]?.requestedAtMs ?? 0)),
    lookups: () => lookups,
    settles: () => {
      details = 'REFUNDED'
    },
  }
}

describe('a refund on its way', () => {
  it('keeps one id through lost answers, until it is done, and is then left alone', async () => {
    await using desk = await openDesk([unknown, unknown, said('CREATED')])
    desk.start()
    await desk.refund('a', 1_000)
    await desk.clock.advance(20 * SECOND_MS)
    expect(desk.paymentTypes().slice(-2)).toEqual(['PaymentSucceeded', 'RefundRequested'])
    expect(desk.asked.length).toBeGreaterThanOrEqual(3)
    expect(desk.lookups()).toBeGreaterThan(0)

    desk.settles()
    await desk.clock.advance(MINUTE_MS)
    expect(desk.paymentTypes().slice(-2)).toEqual(['RefundRequested', 'RefundCompleted'])
    expect(new Set(desk.asked.map(({ merchantRefundId }) => merchantRefundId)).size).toBe(1)
    expect(desk.asked[0]).toMatchObject({ paymentId: desk.paymentId, amountMinor: 1_000, currency: 'JPY' })
    const done = desk.asked.length
    await desk.clock.advance(24 * HOUR_MS)
    expect(desk.asked).toHaveLength(done)
  })

  it('is asked about ever more seldom, but not less than once an hour, while it is stuck', async () => {
    await using desk = await openDesk([said('CREATED')])
    desk.start()
    await desk.refund('a')
    await desk.clock.advance(24 * HOUR_MS)
    const times = desk.afterMs()
    const gaps = times.slice(1).map((atMs, nth) => atMs - (times[nth] ?? 0))
    expect(gaps[0]).toBe(2 * SECOND_MS)
    expect(Math.max(...gaps)).toBe(HOUR_MS)
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
    expect(desk.asked.length).toBeLessThan(60)
    desk.settles()
    await desk.clock.advance(2 * HOUR_MS)
    expect(await desk.status()).toBe('REFUNDED')
  })

  it('waits a minute when the provider says that refunds come too fast', async () => {
    await using desk = await openDesk([refusedWith(REFUND_THROTTLED), said('REFUNDED')])
    desk.start()
    await desk.refund('a')
    await desk.clock.advance(2 * MINUTE_MS)
    expect(desk.afterMs()).toEqual([0, MINUTE_MS])
    expect(await desk.status()).toBe('REFUNDED')
    expect(desk.lookups()).toBe(0)
  })

  it('is left to people when the provider refuses it', async () => {
    await using desk = await openDesk([refusedWith('CANCELED_USER')])
    desk.start()
    await desk.refund('a', TOTAL, desk.cups(3))
    await desk.clock.advance(24 * HOUR_MS)
    expect(desk.paymentTypes().at(-1)).toBe('RefundRejected')
    expect(desk.events().at(-1)).toMatchObject({
      type: 'OrderRefundRejected',
      data: { code: 'CANCELED_USER' },
    })
    expect(await desk.stock()).toEqual({ available: 7, reserved: 0, sold: 3 })
    expect(desk.asked).toHaveLength(1)
  })

  it('is not taken for refused when only a repeat was, of one that had been accepted', async () => {
    await using desk = await openDesk([unknown, refusedWith('UNACCEPTABLE_OP')])
    desk.start()
    await desk.refund('a')
    await desk.clock.advance(MINUTE_MS)
    expect(desk.paymentTypes()).not.toContain('RefundRejected')
    desk.settles()
    await desk.clock.advance(HOUR_MS)
    expect(await desk.status()).toBe('REFUNDED')
  })

  it('is tried again when the provider could not do it this time', async () => {
    await using desk = await openDesk([refusedWith('TRANSACTION_FAILED'), said('REFUNDED')])
    desk.start()
    await desk.refund('a')
    await desk.clock.advance(2 * MINUTE_MS)
    expect(new Set(desk.asked.map(({ merchantRefundId }) => merchantRefundId)).size).toBe(1)
    expect(await desk.status()).toBe('REFUNDED')
  })

  it('keeps what staff wrote out of what the provider and its books are told', async () => {
    await using desk = await openDesk([said('REFUNDED')])
    desk.start()
    await desk.refund('a')
    await desk.clock.advance(MINUTE_MS)
    expect(desk.asked.map(({ reason }) => reason)).toEqual(['requested-by-staff'])
    const elsewhere = desk.events().filter(({ type }) => type !== 'OrderRefundRequested')
    expect(JSON.stringify(elsewhere)).not.toMatch(/sent back|staff-1/)
  })
})

describe('units of a refund', () => {
  it('are on sale again once the money is back, and not before', async () => {
    await using desk = await refundDesk({ knobs: { refundSettleMs: 10 * MINUTE_MS } })
    desk.start()
    await desk.refund('a', 1_000, desk.cups(1))
    await desk.clock.advance(9 * MINUTE_MS)
    expect(await desk.stock()).toEqual({ available: 7, reserved: 0, sold: 3 })
    await desk.clock.advance(10 * MINUTE_MS)
    expect(await desk.stock()).toEqual({ available: 8, reserved: 0, sold: 2 })
    expect(await desk.status()).toBe('PAID')
  })

  it('wait for their sale, which is booked by another process', async () => {
    await using desk = await refundDesk({ isSaleLate: true })
    desk.start()
    await desk.refund('a', TOTAL, desk.cups(3))
    await desk.clock.advance(HOUR_MS)
    expect(await desk.status()).toBe('REFUNDED')
    expect(await desk.stock()).toEqual({ available: 7, reserved: 3, sold: 0 })
    expect(desk.parkedKeys()).toBe(0)
    await desk.bookSale()
    await desk.clock.advance(HOUR_MS)
    expect(await desk.stock()).toEqual({ available: 10, reserved: 0, sold: 0 })
  })
})

describe('everything delivered again', () => {
  it('changes nothing', async () => {
    await using desk = await refundDesk()
    desk.start()
    await desk.refund('a', 1_000, desk.cups(1))
    await desk.refund('b', 2_000, desk.cups(2))
    await desk.clock.advance(HOUR_MS)
    const before = desk.events().length
    const asked = desk.paypay.heard.length
    await desk.halt()
    await desk.forget()
    desk.start()
    await desk.clock.advance(HOUR_MS)
    expect(desk.events()).toHaveLength(before)
    expect(desk.paypay.heard).toHaveLength(asked)
    expect(await desk.stock()).toEqual({ available: 10, reserved: 0, sold: 0 })
  })

  it('takes up a refund again whose alarm was lost', async () => {
    await using desk = await refundDesk({ knobs: { refundSettleMs: HOUR_MS } })
    desk.start()
    await desk.refund('a')
    await desk.clock.advance(MINUTE_MS)
    await desk.halt()
    await desk.forget()
    desk.start()
    await desk.clock.advance(3 * HOUR_MS)
    expect(await desk.status()).toBe('REFUNDED')
    expect(desk.paypay.refundsOf(desk.paymentId)).toHaveLength(1)
  })
})

describe('surplus money', () => {
  it('goes back in the same way, and is never a refund of the order', async () => {
    await using desk = await refundDesk({ isCancelled: true })
    desk.start()
    await desk.clock.advance(HOUR_MS)
    expect(desk.paypay.refundsOf(desk.paymentId).map(({ amountMinor }) => amountMinor)).toEqual([TOTAL])
    expect(desk.paymentTypes().slice(-2)).toEqual(['RefundRequested', 'RefundCompleted'])
    expect(desk.orderTypes()).toEqual(['OrderPlaced', 'OrderCancelled', 'SurplusPaymentRecorded'])
    expect(await desk.refund('a')).toMatchObject({ kind: 'refused', refusal: 'order-not-paid' })
    expect(desk.parkedKeys()).toBe(0)
  })
})
