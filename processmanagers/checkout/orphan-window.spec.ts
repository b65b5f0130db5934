import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import { NOT_REVERSIBLE, type PaymentProvider } from '#platform/paypay/port.ts'
import { confirmations as confirmationsOf } from '../payment-confirmation/confirmations.ts'
import { paypayInside } from '../provider/testing.ts'
import { attempts } from './attempts.ts'
import type { Plan } from './plan.ts'

const MINUTE_MS = 60_000
const orderId = OrderId.parse('0199aaaa-0000-7000-8000-000000000001')
const id = merchantPaymentIdOf(orderId, 1)
const tooLate = { kind: 'refused', code: NOT_REVERSIBLE, httpStatus: 400, message: '' } as const
const japan = (iso: string): number => Date.parse(`${iso}+09:00`)

/** An attempt whose create answer was lost, orphaned at this time in Japan. */
const orphanedAt = async (iso: string, { saysTooLate = false } = {}) => {
  const clock = manualClock(japan(iso))
  const paypay = paypayInside(clock)
  const provider: PaymentProvider = saysTooLate
    ? { ...paypay.provider, cancelPayment: () => Promise.resolve(tooLate) }
    : paypay.provider
  const commands = commandRunner({ store: memoryLog(clock), clock, random: () => 0 })
  let ids = 0
  const confirmations = confirmationsOf({
    provider,
    commands,
    clock,
    newId: () => `ask-${(ids += 1)}`,
  })
  const { open, close } = attempts({
    commands,
    provider,
    confirmations,
    clock,
    returnUrl: () => 'https://shop.example',
  })
  const plan: Plan = {
    orderId,
    lines: [],
    amount: money(1_000, 'JPY'),
    windowEndsAtMs: clock.nowMs() + 15 * MINUTE_MS,
    placedEventId: 'placed',
    atMs: clock.nowMs(),
  }
  const soon = async <T>(work: Promise<T>): Promise<T> => {
    await clock.advance(100)
    return work
  }
  await provider.createCode({
    merchantPaymentId: id,
    amountMinor: 1_000,
    currency: 'JPY',
    requestedAtMs: clock.nowMs(),
  })
  const orphan = await soon(open(plan, 1))
  expect(orphan).toMatchObject({ status: 'orphaned' })
  return {
    paypay,
    close: () => soon(close(plan, 1, 'ending')),
    until: (then: string) => clock.advance(japan(then) - clock.nowMs()),
    pays: () => paypay.deeds.buyerPays(id),
    cancels: () => paypay.of('DELETE v2/payments').map(({ code }) => code),
    state: () => commands.state(payment, id),
    [Symbol.dispose]: () => {
      paypay.close()
    },
  }
}

describe('failure mode 18: an orphan at the hour when the day’s cancel window closes in Japan', () => {
  it('is cancelled in the last second before it', async () => {
    using shop = await orphanedAt('2026-11-20T23:59:50')
    await shop.until('2026-11-21T00:14:59')
    expect(await shop.close()).toBe('closed')
    expect(shop.cancels()).toEqual(['REQUEST_ACCEPTED'])
  })

  it('is asked about instead from 00:15:00 on, and is over when nobody paid', async () => {
    using shop = await orphanedAt('2026-11-20T23:59:50')
    await shop.until('2026-11-21T00:15:00')
    expect(await shop.close()).toBe('closed')
    expect(shop.cancels()).toEqual([])
  })

  it('that was paid is booked half an hour after that, so that the order judges the money and it can be refunded', async () => {
    using shop = await orphanedAt('2026-11-20T23:40:00')
    shop.pays()
    await shop.until('2026-11-21T00:15:00')
    expect(await shop.close()).toBe('later')
    // A cancel may have been taken in the last moment and never answered, so that the money still goes back.
    await shop.until('2026-11-21T00:45:00')
    expect(await shop.close()).toBe('paid')
    expect(shop.cancels()).toEqual([])
    expect(await shop.state()).toMatchObject({ status: 'succeeded', captured: money(1_000, 'JPY') })
  })

  it('made after midnight may be cancelled until the next night', async () => {
    using shop = await orphanedAt('2026-11-21T00:10:00')
    await shop.until('2026-11-21T23:00:00')
    expect(await shop.close()).toBe('closed')
    expect(shop.cancels()).toEqual(['REQUEST_ACCEPTED'])
  })

  it('is asked about as well when PayPay says first that it is too late', async () => {
    using shop = await orphanedAt('2026-11-20T22:00:00', { saysTooLate: true })
    shop.pays()
    await shop.until('2026-11-20T23:00:00')
    expect(await shop.close()).toBe('later')
    expect(await shop.state()).toMatchObject({ givenUp: { cancel: { answer: 'not-reversible' } } })
    await shop.until('2026-11-20T23:30:01')
    expect(await shop.close()).toBe('paid')
    expect(await shop.state()).toMatchObject({ status: 'succeeded' })
  })

  it('is waited for while PayPay does not answer', async () => {
    using shop = await orphanedAt('2026-11-20T23:50:00')
    await shop.until('2026-11-21T00:20:00')
    shop.paypay.next('GET v2/codes', 'request-lost', 5)
    const closing = shop.close()
    await shop.until('2026-11-21T00:30:00')
    expect(await closing).toBe('later')
  })
})
