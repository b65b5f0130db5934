import { getEventListeners } from 'node:events'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from './clock.ts'
import { leapingClock } from './leaping-clock.ts'
import { manualClock } from './manual-clock.ts'

const HOUR_MS = 3_600_000

describe('the leaping clock', () => {
  it('runs with the clock under it, ahead by what it leapt', async () => {
    const under = manualClock(1_000)
    const clock = leapingClock(under)
    clock.leap(500)
    await under.advance(20)
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1_520, 1_520])
  })

  it('calls back once, in due order, when time passes or is leapt over, and never too soon', async () => {
    const move = fc.record({ ms: fc.integer({ min: 0, max: 30 }), isLeap: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 12 }),
        fc.array(move, { maxLength: 8 }),
        async (durations, moves) => {
          const under = manualClock(1_000)
          const clock = leapingClock(under)
          const called: number[] = []
          for (const duration of durations)
            clock.timer(duration, () => {
              expect(clock.nowMs()).toBeGreaterThanOrEqual(1_000 + duration)
              called.push(duration)
            })
          await under.advance(0)
          for (const { ms, isLeap } of moves) {
            if (isLeap) clock.leap(ms)
            else await under.advance(ms)
          }
          const passedMs = moves.reduce((sum, { ms }) => sum + ms, 0)
          expect(called).toEqual(
            durations.filter((duration) => duration <= passedMs).toSorted((a, b) => a - b),
          )
        },
      ),
      { numRuns: 100 },
    )
  })

  it('has called everybody who is due, and nobody who was cancelled, by the time that a leap returns', () => {
    const clock = leapingClock()
    const called: string[] = []
    const cancelLast = clock.timer(3 * HOUR_MS, () => called.push('last'))
    clock.timer(2 * HOUR_MS, () => {
      called.push('second')
      cancelLast()
    })
    clock.timer(HOUR_MS, () => called.push('first'))
    const cancelFar = clock.timer(9 * HOUR_MS, () => called.push('far'))
    clock.leap(4 * HOUR_MS)
    expect(called).toEqual(['first', 'second'])
    cancelFar()
  })

  it('wakes sleepers by a leap, by an abort, and by time that passes, and leaves no listener', async () => {
    const clock = leapingClock()
    const stopping = new AbortController()
    const leapt = clock.sleep(HOUR_MS, stopping.signal)
    clock.leap(HOUR_MS)
    await leapt
    await clock.sleep(1, stopping.signal)
    expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(0)
    const aborted = clock.sleep(HOUR_MS, stopping.signal)
    stopping.abort()
    await aborted
    await clock.sleep(HOUR_MS, stopping.signal)
    expect(clock.nowMs() - systemClock.nowMs()).toBeLessThan(2 * HOUR_MS)
  })

  it('does not go back', () => {
    expect(() => {
      leapingClock().leap(-1)
    }).toThrow(RangeError)
  })
})
