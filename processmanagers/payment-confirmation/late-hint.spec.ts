import { describe, expect, it } from 'vitest'
import { MerchantPaymentId, OrderId } from '#domain/ids.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import type { Verdict } from './confirmations.ts'
import { productionLadder } from './ladder.ts'
import { paymentConfirmation } from './payment-confirmation.ts'
import { watch } from './watch.ts'

const id = MerchantPaymentId.parse('kessai_1_a1')
const orderId = OrderId.parse('0199aaaa-0000-7000-8000-000000000001')
const HOUR_MS = 3_600_000

/** In how many milliseconds a question is asked again after one that a webhook led to, long after the watch has ended. */
const askedAgainInMs = async (verdict: Verdict): Promise<number | undefined> => {
  const clock = manualClock(1_800_000_000_000)
  const commands = commandRunner({ store: memoryLog(clock), clock, random: () => 0 })
  const context = {
    commandId: 'open',
    correlationId: orderId,
    causationId: '',
    actor: 'process:confirmation',
  }
  const opened = {
    type: 'OpenConfirmation',
    merchantPaymentId: id,
    orderId,
    windowEndsAtMs: clock.nowMs() - 25 * HOUR_MS,
    requestedEventId: 'requested',
    atMs: clock.nowMs(),
  } as const
  await commands.run(watch, id, opened, context)
  const closed = { type: 'CloseConfirmation', reason: 'never-paid', atMs: clock.nowMs() } as const
  await commands.run(watch, id, closed, { ...context, commandId: 'close' })
  const alarms = new Map<string, number>()
  const { onDeadline } = paymentConfirmation({
    commands,
    clock,
    confirmations: { ask: () => Promise.resolve(verdict) },
  })
  await onDeadline?.(id, 'hint', {
    set: (name, atMs) => {
      alarms.set(name, atMs - clock.nowMs())
    },
    clear: (name) => {
      alarms.delete(name)
    },
  })
  expect([...alarms.keys()].filter((name) => name !== 'hint')).toStrictEqual([])
  return alarms.get('hint')
}

describe('a notification about an attempt that is watched no more', () => {
  it('is asked about again in a minute when the provider does not answer', async () => {
    expect(await askedAgainInMs('unknown')).toBe(60_000)
  })

  it('is followed as slowly as an open watch when money is under way, or may still be taken back', async () => {
    const rungMs = productionLadder.nextAskMs(25 * HOUR_MS, 0)
    expect(await askedAgainInMs('in-flight')).toBe(rungMs)
  })

  it.each(['succeeded', 'failed', 'not-paid'] as const)(
    'is done with once the answer is %s',
    async (verdict) => {
      expect(await askedAgainInMs(verdict)).toBeUndefined()
    },
  )
})
