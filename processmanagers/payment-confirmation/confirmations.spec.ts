import { describe, expect, it } from 'vitest'
import { MerchantPaymentId, OrderId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import type { PaymentDetails, PaymentProvider, ProviderOutcome } from '#platform/paypay/port.ts'
import { confirmations as confirmationsOf, type Verdict } from './confirmations.ts'

const id = MerchantPaymentId.parse('kessai_1_a1')
const orderId = OrderId.parse('0199aaaa-0000-7000-8000-000000000001')
const QUIET_MS = 2_000
const ANSWERS_IN_MS = 300

const notCalled = async (): Promise<never> => {
  throw new Error('only questions are asked here')
}

/** A provider that takes 300 ms to say what is set at that moment. */
const openDesk = async () => {
  const clock = manualClock(1_800_000_000_000)
  const log = memoryLog(clock)
  const commands = commandRunner({ store: log, clock, random: () => 0 })
  const askedAtMs: number[] = []
  let says: ProviderOutcome<PaymentDetails> = { kind: 'ok', value: { kind: 'not-found' } }
  const provider: PaymentProvider = {
    createCode: notCalled,
    deleteCode: notCalled,
    cancelPayment: notCalled,
    refundPayment: notCalled,
    refundDetails: notCalled,
    paymentDetails: async () => {
      askedAtMs.push(clock.nowMs())
      await clock.sleep(ANSWERS_IN_MS)
      return says
    },
  }
  let ids = 0
  const told: string[] = []
  const confirmations = confirmationsOf({
    provider,
    commands,
    clock,
    newId: () => `command-${(ids += 1)}`,
    onVerdict: (source, verdict) => {
      told.push(`${source} ${verdict}`)
    },
  })
  const context = { commandId: 'request', correlationId: orderId, causationId: '', actor: 'process:checkout' }
  await commands.run(
    payment,
    id,
    {
      type: 'RequestPayment',
      merchantPaymentId: id,
      orderId,
      attempt: 1,
      amount: money(1_000, 'JPY'),
      windowEndsAtMs: clock.nowMs() + 60_000,
      requestedAtMs: clock.nowMs(),
    },
    context,
  )
  const found = (status: string, more: Partial<Extract<PaymentDetails, { kind: 'found' }>> = {}) => {
    says = { kind: 'ok', value: { kind: 'found', status, refunds: [], ...more } }
  }
  return {
    clock,
    log,
    confirmations,
    askedAtMs,
    told,
    found,
    paid: () => {
      found('COMPLETED', {
        paymentId: '04000000000000000001',
        amountMinor: 1_000,
        currency: 'JPY',
        acceptedAtMs: clock.nowMs(),
      })
    },
    silent: () => {
      says = { kind: 'unknown', reason: 'timed-out' }
    },
    orphan: () =>
      commands.run(
        payment,
        id,
        { type: 'OrphanAttempt', reason: 'spec', atMs: clock.nowMs() },
        { ...context, commandId: 'orphan' },
      ),
    cancelled: () =>
      commands.run(
        payment,
        id,
        { type: 'RecordCancelAnswer', answer: 'accepted', atMs: clock.nowMs() },
        { ...context, commandId: 'cancel' },
      ),
    types: () => log.events.map(({ type }) => type),
    /** The verdict of one question, with the clock moved as far as it takes. */
    ask: async (): Promise<Verdict> => {
      const asking = confirmations.ask(id, 'poll')
      await clock.advance(QUIET_MS + ANSWERS_IN_MS)
      return asking
    },
  }
}

describe('asking the provider', () => {
  it('says what the answer means, and books only what is news', async () => {
    const desk = await openDesk()
    expect(await desk.ask()).toBe('not-paid')
    desk.found('CREATED')
    expect(await desk.ask()).toBe('not-paid')
    expect(await desk.ask()).toBe('not-paid')
    desk.found('CREATED', { paymentId: '04000000000000000001' })
    expect(await desk.ask()).toBe('in-flight')
    const before = desk.types()
    desk.silent()
    expect(await desk.ask()).toBe('unknown')
    desk.found('A_NEW_WORD')
    expect(await desk.ask()).toBe('in-flight')
    expect(desk.types()).toEqual(before)
    desk.paid()
    expect(await desk.ask()).toBe('succeeded')
    desk.found('FAILED', { paymentId: '04000000000000000001' })
    expect(await desk.ask()).toBe('succeeded')
    expect(desk.types().filter((type) => type === 'PaymentSucceeded')).toHaveLength(1)
    expect(desk.types()).not.toContain('PaymentFailed')
    expect(desk.told).toHaveLength(8)
  })

  it('answers all who ask at once by one question, and all who come later by one more', async () => {
    const desk = await openDesk()
    const first = desk.confirmations.ask(id, 'webhook')
    await desk.clock.advance(100)
    desk.paid()
    const others = Array.from({ length: 20 }, () => desk.confirmations.ask(id, 'webhook'))
    await desk.clock.advance(10_000)
    expect(await first).toBe('succeeded')
    expect(new Set(await Promise.all(others))).toEqual(new Set(['succeeded']))
    expect(desk.askedAtMs).toHaveLength(2)
  })

  it('gives who asks during a question an answer from after that', async () => {
    const desk = await openDesk()
    const first = desk.confirmations.ask(id, 'poll')
    await desk.clock.advance(ANSWERS_IN_MS)
    expect(await first).toBe('not-paid')
    desk.paid()
    const second = desk.confirmations.ask(id, 'poll')
    await desk.clock.advance(QUIET_MS)
    expect(await second).toBe('succeeded')
  })

  it('does not let a webhook wait because the ladder or a watcher has just asked', async () => {
    const desk = await openDesk()
    const polled = desk.confirmations.ask(id, 'poll')
    await desk.clock.advance(ANSWERS_IN_MS)
    expect(await polled).toBe('not-paid')
    desk.paid()
    const announced = desk.confirmations.ask(id, 'webhook')
    await desk.clock.advance(ANSWERS_IN_MS)
    expect(await announced).toBe('succeeded')
    expect(desk.askedAtMs).toHaveLength(2)
    expect((desk.askedAtMs[1] ?? 0) - (desk.askedAtMs[0] ?? 0)).toBeLessThan(QUIET_MS)
  })

  it('asks about one attempt no more often than every two seconds, however often it is told to', async () => {
    const desk = await openDesk()
    const answers: Promise<Verdict>[] = []
    for (let knock = 0; knock < 200; knock += 1) {
      answers.push(desk.confirmations.ask(id, 'webhook'))
      await desk.clock.advance(50)
    }
    await desk.clock.advance(10_000)
    await Promise.all(answers)
    expect(desk.askedAtMs.length).toBeGreaterThanOrEqual(5)
    expect(desk.askedAtMs.length).toBeLessThanOrEqual(7)
    const gaps = desk.askedAtMs.slice(1).map((atMs, index) => atMs - (desk.askedAtMs[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(QUIET_MS)
  })

  it('knows nothing of an attempt that was never requested', async () => {
    const desk = await openDesk()
    desk.paid()
    const asking = desk.confirmations.ask(MerchantPaymentId.parse('kessai_2_a1'), 'webhook')
    await desk.clock.advance(ANSWERS_IN_MS)
    expect(await asking).toBe('unknown')
    expect(desk.types()).toEqual(['PaymentRequested'])
  })

  it('tells each who asked when the answer could not be booked, and asks afresh after that', async () => {
    const desk = await openDesk()
    desk.paid()
    desk.log.setAway(true)
    const asking = [desk.confirmations.ask(id, 'poll'), desk.confirmations.ask(id, 'return')]
    const settled = Promise.allSettled(asking)
    await desk.clock.advance(10_000)
    expect((await settled).map((result) => result.status === 'rejected' && result.reason)).toEqual([
      expect.any(EventStoreUnavailable),
      expect.any(EventStoreUnavailable),
    ])
    desk.log.setAway(false)
    expect(await desk.ask()).toBe('succeeded')
  })

  it('takes the success of an orphan for one only half an hour after our cancel of it was taken', async () => {
    const desk = await openDesk()
    await desk.orphan()
    desk.paid()
    await desk.clock.advance(31 * 60_000)
    expect(await desk.ask()).toBe('in-flight')
    await desk.cancelled()
    await desk.clock.advance(29 * 60_000)
    expect(await desk.ask()).toBe('in-flight')
    expect(desk.types()).toEqual(['PaymentRequested', 'PaymentOrphaned', 'PaymentCancelAnswered'])
    await desk.clock.advance(60_000)
    expect(await desk.ask()).toBe('succeeded')
  })
})
