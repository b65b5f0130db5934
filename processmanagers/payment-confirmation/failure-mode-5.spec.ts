import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { virtualShop } from './testing.ts'

const ACTS = ['expiry', 'pay', 'webhook', 'sweep', 'cancel'] as const
type Act = (typeof ACTS)[number]

const WINDOW_MS = 60_000
/** Until the ladder's slow part and the refund have had their time. */
const AFTERWARDS_MS = 30 * 60_000

const ordersOf = (acts: readonly Act[]): Act[][] =>
  acts.length === 0
    ? [[]]
    : acts.flatMap((act) => ordersOf(acts.filter((other) => other !== act)).map((rest) => [act, ...rest]))

/**
 * The acts in this order around the end of the window, each begun so long after the one before it. The money comes
 * whatever has become of the code, as of a buyer who had opened it in time.
 */
const expectOneWinner = async (acts: readonly Act[], gapsMs: readonly number[]) => {
  await using shop = await virtualShop({ windowMs: WINDOW_MS })
  const { confirmations } = await shop.start()
  const { orderId, id } = await shop.shown()
  const placed = await shop.stateOf(orderId)
  if (placed.status === 'none') throw new Error('There is no order')
  const endsAtMs = placed.placed.paymentWindowEndsAtMs
  await shop.clock.advance(endsAtMs - 2_500 - shop.clock.nowMs())

  const deeds: Record<Act, () => Promise<unknown>> = {
    expiry: () => shop.clock.advance(Math.max(0, endsAtMs - shop.clock.nowMs())),
    pay: async () => {
      expect(shop.paypay.pay(id, { late: true })).toBe(true)
    },
    webhook: async () => {
      await shop.notify(id, '{"state":"COMPLETED"}')
      return confirmations.ask(id, 'webhook')
    },
    sweep: () => confirmations.ask(id, 'poll'),
    cancel: () => shop.cancel(orderId),
  }
  const begun: Promise<unknown>[] = []
  for (const [nth, act] of acts.entries()) {
    const deed = deeds[act]()
    if (act === 'expiry') await deed
    else begun.push(deed)
    await shop.clock.advance(gapsMs[nth] ?? 0)
  }
  await shop.clock.advance(AFTERWARDS_MS)
  await Promise.all(begun)

  const { status } = await shop.stateOf(orderId)
  const types = shop.typesOf(`order-${orderId}`)
  const times = (type: string): number => types.filter((each) => each === type).length
  const what = `${acts.join(' ')} ${gapsMs.join(' ')}: ${types.join(' ')}`
  const isPaid = status === 'PAID'
  // One end, and no way back from it.
  expect(times('OrderPaid') + times('OrderFailed') + times('OrderCancelled'), what).toBe(1)
  expect(times('OrderPaid'), what).toBe(isPaid ? 1 : 0)
  // Never silent: money the order did not take is on record as late, and goes back, once.
  expect(times('SurplusPaymentRecorded'), what).toBe(isPaid ? 0 : 1)
  expect(shop.paypay.refundsOf(id), what).toHaveLength(isPaid ? 0 : 1)
  const { capturedMinor, refundedMinor } = shop.paypay.totals()
  expect(capturedMinor - refundedMinor, what).toBe(isPaid ? 1_000 : 0)
  expect(await shop.stockLeft(), what).toEqual(
    isPaid ? { available: 9, reserved: 0, sold: 1 } : { available: 10, reserved: 0, sold: 0 },
  )
  expect(shop.parked(), what).toBe(0)
  return status
}

describe('failure mode 5: a payment succeeds late', () => {
  it('has one winner and is given back when it is not the payment, in every order of expiry, pay, webhook, sweep and cancel', async () => {
    const ends = new Set<string>()
    for (const acts of ordersOf(ACTS)) ends.add(await expectOneWinner(acts, [200, 200, 200, 200, 200]))
    expect(ends).toEqual(new Set(['PAID', 'FAILED', 'CANCELLED']))
  }, 300_000)

  it('also when they overlap, however closely', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...ACTS], { minLength: ACTS.length }),
        fc.array(fc.integer({ min: 0, max: 130 }), { minLength: ACTS.length, maxLength: ACTS.length }),
        async (acts, gapsMs) => {
          await expectOneWinner(acts, gapsMs)
        },
      ),
      { numRuns: 200 },
    )
  }, 300_000)
})
