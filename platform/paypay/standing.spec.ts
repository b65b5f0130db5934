import { describe, expect, it } from 'vitest'
import { manualClock } from '../clock/manual-clock.ts'
import { standing } from './standing.ts'

const refused = { outcome: 'unknown', reason: 'unauthorized' } as const

describe('our standing with PayPay', () => {
  it('is lost by a refusal of our credentials, which is news once', () => {
    const ours = standing(manualClock(0))
    expect(ours.isAccepted()).toBe(true)
    expect([ours.note(refused), ours.note(refused)]).toEqual([true, false])
    expect(ours.isAccepted()).toBe(false)
  })

  it('is regained by an answer, but not by another silence', () => {
    const ours = standing(manualClock(0))
    ours.note(refused)
    ours.note({ outcome: 'unknown', reason: 'timed-out' })
    expect(ours.isAccepted()).toBe(false)
    ours.note({ outcome: 'refused' })
    expect(ours.isAccepted()).toBe(true)
  })

  it('is tried again after a minute although nobody asked meanwhile', async () => {
    const clock = manualClock(0)
    const ours = standing(clock)
    ours.note(refused)
    await clock.advance(60_000)
    expect(ours.isAccepted()).toBe(false)
    await clock.advance(1)
    expect(ours.isAccepted()).toBe(true)
  })
})
