import { getEventListeners } from 'node:events'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { manualClock } from './manual-clock.ts'

describe('the manual clock', () => {
  it('fires timers in due order, at their time, and only those that fall due', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 60 }),
        async (durations, advancedMs) => {
          const clock = manualClock(1_000)
          const fired: number[] = []
          for (const duration of durations)
            clock.timer(duration, () => {
              expect(clock.nowMs()).toBe(1_000 + duration)
              fired.push(duration)
            })
          await clock.advance(advancedMs)
          expect(fired).toEqual(
            durations.filter((duration) => duration <= advancedMs).toSorted((a, b) => a - b),
          )
          expect(clock.nowMs()).toBe(1_000 + advancedMs)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('lets what follows a timer set the next one within the same advance', async () => {
    const clock = manualClock(0)
    const at: number[] = []
    const ticking = (async () => {
      for (let tick = 0; tick < 3; tick += 1) {
        await clock.sleep(10)
        at.push(clock.nowMs())
      }
    })()
    await clock.advance(100)
    await ticking
    expect(at).toEqual([10, 20, 30])
  })

  it('does not fire what was cancelled, and fires what is overdue at once', async () => {
    const clock = manualClock(0)
    let calls = 0
    const cancel = clock.timer(10, () => {
      calls += 1
    })
    cancel()
    clock.timer(-5, () => {
      calls += 10
    })
    await clock.advance(20)
    expect(calls).toBe(10)
  })

  it('wakes a sleeper whose signal aborts, and leaves no listener on it either way', async () => {
    const clock = manualClock(0)
    const stopping = new AbortController()
    for (let n = 0; n < 30; n += 1) {
      const sleeping = clock.sleep(10, stopping.signal)
      await clock.advance(10)
      await sleeping
    }
    expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(0)
    const woken = clock.sleep(1_000, stopping.signal)
    stopping.abort()
    await woken
    await clock.sleep(1_000, stopping.signal)
    expect(clock.nowMs()).toBe(300)
  })
})
