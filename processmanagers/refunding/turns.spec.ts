import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { money } from '#domain/money/money.ts'
import type { Refund } from '#domain/payment/state.ts'
import { APART_MS, THROTTLE_MS, turnOf } from './turns.ts'

const at = (requestedAtMs: number): Refund => ({
  amount: money(1, 'JPY'),
  requestedAtMs,
  status: 'requested',
})

describe('the turns of refunds of one payment', () => {
  it('come at once when there is nobody before, or long before', () => {
    expect(turnOf([['a', at(5)]], 'a')).toBe(5)
    const refunds = [['b', at(APART_MS)] as const, ['a', at(0)] as const]
    expect(turnOf(refunds, 'b')).toBe(APART_MS)
  })

  it('are more than a throttle apart and never before the request, in whatever order they are told', () => {
    const times = fc.array(fc.integer({ min: 0, max: 5 * THROTTLE_MS }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(times, (requested) => {
        const refunds = requested.map((atMs, nth) => [`r${nth}`, at(atMs)] as const)
        const turns = refunds.map(([id]) => turnOf(refunds.toReversed(), id))
        for (const [nth, turnMs] of turns.entries())
          expect(turnMs).toBeGreaterThanOrEqual(requested[nth] ?? 0)
        const sorted = turns.toSorted((a, b) => a - b)
        for (const [nth, turnMs] of sorted.slice(1).entries())
          expect(turnMs - (sorted[nth] ?? 0)).toBeGreaterThan(THROTTLE_MS)
      }),
    )
  })
})
