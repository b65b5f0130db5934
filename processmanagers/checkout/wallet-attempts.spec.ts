import { describe, expect, it } from 'vitest'
import { account } from '#domain/account/aggregate.ts'
import { CustomerId, merchantPaymentIdOf, OrderId, ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner, type CommandContext } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import { EventStoreUnavailable, type EventStore } from '#platform/eventstore/port.ts'
import type { Plan } from './plan.ts'
import { walletAttempts } from './wallet-attempts.ts'

const orderId = OrderId.parse('0199aaaa-0000-7000-8000-000000000001')
const customerId = CustomerId.parse('c1')
const id = merchantPaymentIdOf(orderId, 1)
const TOTAL = 1_000
const WINDOW_MS = 60_000

/** One order of ¥1,000 that a wallet is to pay, on a log in memory. */
const till = async (heldMinor: number) => {
  const clock = manualClock(1_800_000_000_000)
  const log = memoryLog(clock)
  let step = 0
  const context = (): CommandContext => {
    step += 1
    return { commandId: `step-${step}`, correlationId: orderId, causationId: '', actor: 'system:spec' }
  }
  const commands = commandRunner({ store: log, clock, random: () => 0 })
  const atMs = clock.nowMs()
  const amount = money(TOTAL, 'JPY')
  const deposit = (depositId: string, amountMinor: number) =>
    commands.run(
      account,
      customerId,
      { type: 'DepositFunds', customerId, depositId, amount: money(amountMinor, 'JPY'), atMs },
      context(),
    )
  if (heldMinor > 0) await deposit('d1', heldMinor)
  const cup = ProductId.parse('cup')
  await commands.run(
    order,
    orderId,
    {
      type: 'PlaceOrder',
      orderId,
      customerId,
      requestHash: 'h',
      lines: [{ productId: cup, title: 'cup', quantity: 1, unitPrice: amount, taxRatePercent: 10 }],
      paymentMethod: 'WALLET',
      locale: 'ja',
      placedAtMs: atMs,
      paymentWindowMs: WINDOW_MS,
    },
    context(),
  )
  const plan: Plan = {
    orderId,
    lines: [{ productId: cup, quantity: 1 }],
    amount,
    account: customerId,
    windowEndsAtMs: atMs + WINDOW_MS,
    placedEventId: 'placed',
    atMs,
  }
  /** A life of its own, which remembers nothing of the ones before. */
  const life = (store: EventStore = log) =>
    walletAttempts({ commands: commandRunner({ store, clock, random: () => 0 }), clock })
  const ofWallet = () =>
    log.events.filter(({ stream }) => stream === `account-${customerId}`).map(({ type }) => type)
  return {
    clock,
    log,
    plan,
    life,
    deposit,
    ofWallet,
    cancel: () => commands.run(order, orderId, { type: 'CancelOrder', by: 'customer', atMs }, context()),
    balance: async () => {
      const state = await commands.state(account, customerId)
      return state.status === 'none' ? 0 : state.balanceMinor
    },
    attempt: () => commands.state(payment, id),
  }
}

/** The log as a life sees it that dies at its nth append: before it is sent, or after it is done and unanswered. */
const dyingAt = (log: EventStore, nth: number, when: 'before' | 'after'): EventStore => {
  let appends = 0
  return {
    ...log,
    append: async (...args) => {
      appends += 1
      if (appends > nth || (appends === nth && when === 'before')) throw new EventStoreUnavailable('dead')
      const result = await log.append(...args)
      if (appends === nth) throw new EventStoreUnavailable('dead')
      return result
    },
  }
}

describe('a wallet that a hundred attempts want to be paid from at once', () => {
  it('pays as many as it holds enough for, through two runners that rival each other', async () => {
    const desk = await till(10 * TOTAL + 1)
    const runners = [1, 2].map(() => commandRunner({ store: desk.log, clock: systemClock, random: () => 0 }))
    const debits = Array.from({ length: 100 }, (_, nth) => {
      const debitId = merchantPaymentIdOf(orderId, nth + 1)
      const context = { commandId: debitId, correlationId: orderId, causationId: '', actor: 'system:spec' }
      const debit = {
        type: 'DebitFunds',
        customerId,
        debitId,
        orderId,
        amount: desk.plan.amount,
        atMs: 0,
      } as const
      // Each is sent twice, as a request that is delivered again.
      return runners.map((runner) => runner.run(account, customerId, debit, context))
    })
    await Promise.all(debits.flat())
    const said = desk.ofWallet().filter((type) => type !== 'FundsDeposited' && type !== 'AccountOpened')
    expect(said.filter((type) => type === 'FundsDebited')).toHaveLength(10)
    expect(said.filter((type) => type === 'DebitRefused')).toHaveLength(90)
    expect(await desk.balance()).toBe(1)
  })
})

describe('an attempt that a wallet pays', () => {
  it.each([
    [TOTAL, 'succeeded', 0, 'FundsDebited'],
    [TOTAL - 1, 'failed', TOTAL - 1, 'DebitRefused'],
  ] as const)(
    'with ¥%i in it has %s, whichever append the life before died at, and asked the wallet once',
    async (held, status, left, said) => {
      let deaths = 0
      for (const when of ['before', 'after'] as const)
        for (let nth = 1; nth <= 3; nth += 1) {
          const desk = await till(held)
          await desk
            .life(dyingAt(desk.log, nth, when))
            .open(desk.plan, 1)
            .catch((error: unknown) => {
              expect(error).toBeInstanceOf(EventStoreUnavailable)
              deaths += 1
            })
          const isSaid = nth > 2 || (nth === 2 && when === 'after')
          // What the wallet said once is its answer for good, whatever comes in later.
          if (isSaid) await desk.deposit('d2', TOTAL)
          expect(await desk.life().open(desk.plan, 1)).toMatchObject({ status })
          const answers = desk.ofWallet().filter((type) => type === 'FundsDebited' || type === 'DebitRefused')
          expect(answers).toEqual([said])
          expect(await desk.balance()).toBe(left + (isSaid ? TOTAL : 0))
        }
      expect(deaths).toBe(6)
    },
  )

  it('is debited once when two lives pay it at the same moment', async () => {
    const desk = await till(2 * TOTAL)
    const ends = await Promise.all(
      [desk.life(), desk.life(), desk.life()].map((life) => life.open(desk.plan, 1)),
    )
    expect(ends).toMatchObject([1, 2, 3].map(() => ({ status: 'succeeded' })))
    expect(await desk.balance()).toBe(TOTAL)
    expect(desk.ofWallet()).toEqual(['AccountOpened', 'FundsDeposited', 'FundsDebited'])
  })

  it('says what the wallet did: its own debit, to the yen and the moment', async () => {
    const desk = await till(TOTAL)
    await desk.life().open(desk.plan, 1)
    expect(await desk.attempt()).toMatchObject({
      status: 'succeeded',
      paymentId: id,
      captured: money(TOTAL, 'JPY'),
      succeededAtMs: desk.clock.nowMs(),
      lastObservation: { status: 'COMPLETED' },
    })
  })

  it('is not charged for an order that was called off before', async () => {
    const desk = await till(TOTAL)
    await desk.cancel()
    expect(await desk.life().open(desk.plan, 1)).toMatchObject({
      status: 'failed',
      lastObservation: { status: 'CANCELED' },
    })
    expect(await desk.balance()).toBe(TOTAL)
  })

  it('is not charged once the order’s window is over', async () => {
    const desk = await till(TOTAL)
    await desk.clock.advance(WINDOW_MS + 1)
    expect(await desk.life().open(desk.plan, 1)).toMatchObject({
      status: 'failed',
      lastObservation: { status: 'EXPIRED' },
    })
    expect(await desk.balance()).toBe(TOTAL)
  })

  it.each(['before', 'after'] as const)(
    'that was cut off %s its debit is closed as what it was when the order has ended since',
    async (when) => {
      const desk = await till(TOTAL)
      await expect(desk.life(dyingAt(desk.log, 2, when)).open(desk.plan, 1)).rejects.toThrow('dead')
      await desk.cancel()
      expect(await desk.life().close(desk.plan, 1, 'ending')).toBe(when === 'after' ? 'paid' : 'closed')
      expect(await desk.balance()).toBe(when === 'after' ? 0 : TOTAL)
      expect(await desk.attempt()).toMatchObject({ status: when === 'after' ? 'succeeded' : 'failed' })
    },
  )

  it('that another life has closed is not debited by one that looked before, so nothing depends on its living on', async () => {
    const desk = await till(TOTAL)
    let arrive = (): void => {}
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    let go = (): void => {}
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    const slow: EventStore = {
      ...desk.log,
      append: async (stream, ...rest) => {
        if (stream.startsWith('account-')) {
          arrive()
          await held
        }
        return desk.log.append(stream, ...rest)
      },
    }
    // The first life has looked at the order and is about to debit; the second finds it cancelled and not debited.
    const first = desk.life(slow).open(desk.plan, 1)
    await arrived
    await desk.cancel()
    expect(await desk.life().close(desk.plan, 1, 'ending')).toBe('closed')
    go()
    expect(await first).toMatchObject({ status: 'failed', lastObservation: { status: 'CANCELED' } })
    expect(await desk.balance()).toBe(TOTAL)
    expect(desk.ofWallet()).toEqual(['AccountOpened', 'FundsDeposited', 'DebitRefused'])
  })
})
