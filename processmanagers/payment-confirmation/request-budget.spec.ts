import { describe, expect, it } from 'vitest'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { requestBudget } from './request-budget.ts'

describe('the request budget', () => {
  it('lets a burst through at once and the rest at its rate, in order of arrival', async () => {
    const clock = manualClock(1_000_000)
    const budget = requestBudget(clock, 10, 3)
    const taken: [number, number][] = []
    const startMs = clock.nowMs()
    for (let nth = 0; nth < 6; nth += 1)
      void budget.take().then(() => taken.push([nth, clock.nowMs() - startMs]))
    await clock.advance(0)
    expect(taken).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ])
    await clock.advance(1_000)
    expect(taken.slice(3)).toEqual([
      [3, 100],
      [4, 200],
      [5, 300],
    ])
  })

  it('saves up no more than one burst while nobody asks', async () => {
    const clock = manualClock(0)
    const budget = requestBudget(clock, 10, 2)
    await clock.advance(3_600_000)
    let taken = 0
    for (let nth = 0; nth < 10; nth += 1) void budget.take().then(() => (taken += 1))
    await clock.advance(0)
    expect(taken).toBe(2)
    await clock.advance(800)
    expect(taken).toBe(10)
  })
})
