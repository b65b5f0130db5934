import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import { EventStoreUnavailable, type EventStore } from '#platform/eventstore/port.ts'
import type { PaymentProvider } from '#platform/paypay/port.ts'
import { confirmations as confirmationsOf, type Verdict } from '../payment-confirmation/confirmations.ts'
import { paypayInside } from '../provider/testing.ts'
import { attempts } from './attempts.ts'
import type { Plan } from './plan.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const orderId = OrderId.parse('0199aaaa-0000-7000-8000-000000000001')
const id = merchantPaymentIdOf(orderId, 1)

interface InstanceOptions {
  readonly between?: (provider: PaymentProvider) => PaymentProvider
  readonly store?: (store: EventStore) => EventStore
}

/** Shops over one log and one PayPay, which takes a quarter of an hour to give back what was cancelled. */
const openShops = () => {
  const clock = manualClock(Date.parse('2026-11-20T12:00:00+09:00'))
  const paypay = paypayInside(clock, { cancelSettleMs: 15 * MINUTE_MS })
  const log = memoryLog(clock)
  const plan: Plan = {
    orderId,
    lines: [],
    amount: money(1_000, 'JPY'),
    windowEndsAtMs: clock.nowMs() + 15 * MINUTE_MS,
    placedEventId: 'placed',
    atMs: clock.nowMs(),
  }
  let ids = 0
  const soon = async <T>(work: Promise<T>): Promise<T> => {
    const [done] = await Promise.all([work, clock.advance(5 * SECOND_MS)])
    return done
  }
  return {
    clock,
    paypay,
    types: () => log.events.map(({ type }) => type),
    cancels: () => paypay.of('DELETE v2/payments').map(({ code }) => code),
    instance: ({ between = (provider) => provider, store = (shared) => shared }: InstanceOptions = {}) => {
      const provider = between(paypay.provider)
      const commands = commandRunner({ store: store(log), clock, random: () => 0 })
      const newId = () => `ask-${(ids += 1)}`
      const confirmations = confirmationsOf({ provider, commands, clock, newId })
      const { open, close } = attempts({
        commands,
        provider,
        confirmations,
        clock,
        returnUrl: () => 'https://shop.example',
      })
      return {
        open: () => soon(open(plan, 1)),
        close: () => soon(close(plan, 1, 'renewing')),
        ask: (): Promise<Verdict> => soon(confirmations.ask(id, 'poll')),
        asking: (source: 'webhook' | 'poll') => confirmations.ask(id, source),
        remembers: () => commands.recent(payment, id),
      }
    },
    [Symbol.dispose]: () => {
      paypay.close()
    },
  }
}

type Shops = ReturnType<typeof openShops>

/** The first create is answered for, and the answer lost, so that the next says DUPLICATE. */
const orphanIn = async (shops: Shops, shop: ReturnType<Shops['instance']>) => {
  shops.paypay.next('POST v2/codes', 'answer-lost')
  const lost = shop.open()
  await shops.clock.advance(30 * SECOND_MS)
  expect(await lost).toBe('later')
  expect(await shop.open()).toMatchObject({ status: 'orphaned' })
}

describe('failure mode 11: the success of a code that is cancelled', () => {
  it('is not believed by an instance that does not know yet that the code was given up', async () => {
    using shops = openShops()
    const [first, second] = [shops.instance(), shops.instance()]
    shops.paypay.next('POST v2/codes', 'answer-lost')
    const lost = first.open()
    await shops.clock.advance(30 * SECOND_MS)
    expect(await lost).toBe('later')
    expect(await second.ask()).toBe('not-paid')

    expect(await first.open()).toMatchObject({ status: 'orphaned' })
    expect(await first.close()).toBe('closed')
    shops.paypay.deeds.buyerPays(id)
    expect(await second.remembers()).toMatchObject({ status: 'requested' })
    expect(await second.ask()).toBe('in-flight')

    await shops.clock.advance(16 * MINUTE_MS)
    expect(await second.ask()).toBe('failed')
    expect(shops.types()).not.toContain('PaymentSucceeded')
  })

  it('is not believed, however old the payment is, while a cancel of it is not answered or was just taken', async () => {
    using shops = openShops()
    const shop = shops.instance()
    await orphanIn(shops, shop)
    shops.paypay.deeds.buyerPays(id)
    await shops.clock.advance(40 * MINUTE_MS)
    expect(await shop.ask()).toBe('in-flight')
    expect(await shop.close()).toBe('closed')
    expect(shops.cancels()).toStrictEqual(['REQUEST_ACCEPTED'])
    expect(await shop.ask()).toBe('in-flight')

    await shops.clock.advance(16 * MINUTE_MS)
    expect(await shop.ask()).toBe('failed')
    expect(shops.types()).not.toContain('PaymentSucceeded')
    expect(shops.paypay.totals().capturedMinor).toBe(0)
  })

  it('is not believed when the answer that tells of it comes after the one that tells of its end', async () => {
    using shops = openShops()
    let isHeld = false
    let release = (): void => {}
    const shop = shops.instance({
      between: (provider) => ({
        ...provider,
        paymentDetails: async (...question) => {
          const answer = await provider.paymentDetails(...question)
          if (isHeld)
            await new Promise<void>((resolve) => {
              release = resolve
            })
          return answer
        },
      }),
    })
    await orphanIn(shops, shop)
    expect(await shop.close()).toBe('closed')
    shops.paypay.deeds.buyerPays(id)
    isHeld = true
    const late = shop.asking('webhook')
    await shops.clock.advance(16 * MINUTE_MS)
    isHeld = false
    expect(await shop.ask()).toBe('failed')
    release()
    expect(await late).toBe('in-flight')
    expect(await shop.ask()).toBe('failed')
    expect(shops.types()).not.toContain('PaymentSucceeded')
  })

  it('is put on record as cancelled, and then no cancel is sent any more, by anybody', async () => {
    using shops = openShops()
    const [first, second] = [shops.instance(), shops.instance()]
    await orphanIn(shops, first)
    expect(await first.close()).toBe('closed')
    expect(shops.types().slice(-2)).toStrictEqual(['PaymentOrphaned', 'PaymentCancelAnswered'])
    expect(await first.close()).toBe('closed')
    expect(await second.close()).toBe('closed')
    expect(shops.cancels()).toStrictEqual(['REQUEST_ACCEPTED'])
  })

  it('is cancelled again by a shop that died before the accepted cancel was on record', async () => {
    using shops = openShops()
    let isDying = false
    const dying = shops.instance({
      store: (store) => ({
        ...store,
        append: (...call) =>
          isDying ? Promise.reject(new EventStoreUnavailable('died')) : store.append(...call),
      }),
    })
    await orphanIn(shops, dying)
    shops.paypay.deeds.buyerPays(id)
    isDying = true
    await expect(dying.close()).rejects.toThrow(EventStoreUnavailable)
    const after = shops.instance()
    expect(await after.ask()).toBe('in-flight')
    expect(await after.close()).toBe('closed')
    expect(shops.cancels()).toStrictEqual(['REQUEST_ACCEPTED', 'REQUEST_ACCEPTED'])
    await shops.clock.advance(16 * MINUTE_MS)
    expect(await after.ask()).toBe('failed')
    expect(shops.types()).not.toContain('PaymentSucceeded')
  })

  it('is booked once, by whoever asks first, where PayPay keeps the money for all that', async () => {
    using shops = openShops()
    const keeps = (provider: PaymentProvider): PaymentProvider => ({
      ...provider,
      // It says that it took the cancel, and did not.
      cancelPayment: () => Promise.resolve({ kind: 'ok', value: 'accepted' }),
    })
    const [first, second] = [shops.instance({ between: keeps }), shops.instance({ between: keeps })]
    await orphanIn(shops, first)
    shops.paypay.deeds.buyerPays(id)
    expect(await second.ask()).toBe('in-flight')
    expect(await first.close()).toBe('closed')
    await shops.clock.advance(29 * MINUTE_MS)
    expect(await second.ask()).toBe('in-flight')
    await shops.clock.advance(MINUTE_MS)
    expect(await second.ask()).toBe('succeeded')
    expect(await first.ask()).toBe('succeeded')
    expect(await first.close()).toBe('paid')
    expect(shops.types().filter((type) => type === 'PaymentSucceeded')).toHaveLength(1)
  })
})
