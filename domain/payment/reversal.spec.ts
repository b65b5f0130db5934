import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { given } from '../given.ts'
import { paymentDecider } from './decider.ts'
import type { PaymentEvent } from './events.ts'
import { keptFromMs } from './reversal.ts'
import {
  AT_MS,
  cancelAnswered,
  completed,
  failedAs,
  observe,
  observed,
  orphaned,
  requested,
  saying,
} from './samples.ts'
import { cancellableBeforeMs } from './way-back.ts'

const MINUTE_MS = 60_000
const acceptedAtMs = completed.acceptedAtMs ?? 0
const windowClosesMs = cancellableBeforeMs(AT_MS)

const failed = [observed(saying('FAILED')), failedAs('FAILED')]

/** Sees the success at this time, after these events of an orphan. */
const seenAt = (atMs: number, ...events: readonly PaymentEvent[]) =>
  given(paymentDecider, requested, orphaned, ...events).when({ ...observe(completed), atMs })

const booked = (atMs: number): readonly [PaymentEvent, PaymentEvent] => [
  { type: 'PaymentObserved', data: { observation: completed, source: 'poll', atMs } },
  {
    type: 'PaymentSucceeded',
    data: {
      paymentId: completed.paymentId ?? '',
      amount: completed.amount ?? { amountMinor: 0, currency: 'JPY' },
      succeededAtMs: acceptedAtMs,
      source: 'poll',
      atMs,
    },
  },
]

describe('the success of an orphan', () => {
  const expectBookedFrom = (atMs: number, ...events: readonly PaymentEvent[]): void => {
    seenAt(atMs - 1, ...events).thenUnchanged()
    seenAt(atMs, ...events).then(...booked(atMs))
  }

  it('counts once it has stood for half an hour after an accepted cancel', () => {
    expectBookedFrom(AT_MS + 90 * MINUTE_MS, cancelAnswered('accepted', AT_MS + 60 * MINUTE_MS))
  })

  it('counts half an hour after the payment when that came later than the cancel', () => {
    expectBookedFrom(acceptedAtMs + 30 * MINUTE_MS, cancelAnswered('accepted', acceptedAtMs - MINUTE_MS))
  })

  it('counts half an hour after PayPay took no cancel any more, for one may have been taken unheard', () => {
    expectBookedFrom(AT_MS + 90 * MINUTE_MS, cancelAnswered('not-reversible', AT_MS + 60 * MINUTE_MS))
    expectBookedFrom(
      AT_MS + 95 * MINUTE_MS,
      cancelAnswered('not-reversible', AT_MS + 60 * MINUTE_MS),
      cancelAnswered('accepted', AT_MS + 65 * MINUTE_MS),
    )
  })

  it('counts half an hour after the day’s window when no answer to a cancel was ever heard', () => {
    expectBookedFrom(windowClosesMs + 30 * MINUTE_MS)
  })

  it('is held to the same after the orphan failed: an answer that was long on its way may say COMPLETED', () => {
    expectBookedFrom(AT_MS + 90 * MINUTE_MS, cancelAnswered('accepted', AT_MS + 60 * MINUTE_MS), ...failed)
    expectBookedFrom(AT_MS + 90 * MINUTE_MS, ...failed, cancelAnswered('accepted', AT_MS + 60 * MINUTE_MS))
    expectBookedFrom(windowClosesMs + 30 * MINUTE_MS, ...failed)
  })

  it('is kept from the same time on whoever answered first, and never before the payment', () => {
    const time = fc.integer({ min: 0, max: 2 * AT_MS })
    fc.assert(
      fc.property(time, time, time, (orphanedAtMs, answeredAtMs, paidAtMs) => {
        const cancel = { answer: 'accepted', atMs: answeredAtMs } as const
        const keptMs = keptFromMs({ orphanedAtMs, cancel }, paidAtMs)
        expect(keptMs).toBe(
          keptFromMs({ orphanedAtMs, cancel: { ...cancel, answer: 'not-reversible' } }, paidAtMs),
        )
        expect(keptMs).toBeGreaterThan(Math.max(answeredAtMs, paidAtMs))
      }),
    )
  })
})
