import { describe, expect, it } from 'vitest'
import { announced, asClock, secondsLeft } from './countdown.ts'
import { serverClock } from './server-clock.ts'

describe('the countdown', () => {
  it('counts whole seconds and never below none', () => {
    expect([5_000, 4_001, 1, 0, -9_000].map((left) => secondsLeft(left, 0))).toStrictEqual([5, 5, 1, 0, 0])
  })

  it('is written as minutes and seconds', () => {
    expect([0, 5, 65, 299, 3_600].map(asClock)).toStrictEqual(['0:00', '0:05', '1:05', '4:59', '1:00:00'])
  })

  it('is read out at 60, 30 and 10 seconds only', () => {
    const read: number[] = []
    for (let left = 300; left > 0; left -= 1) {
      const mark = announced(left, left - 1)
      if (mark !== undefined) read.push(mark)
    }
    expect(read).toStrictEqual([60, 30, 10])
  })

  it('reads out only the last mark a sleep has passed, and none when the time is over', () => {
    expect(announced(200, 8)).toBe(10)
    expect(announced(200, 0)).toBeUndefined()
  })
})

describe("the server's time", () => {
  it('runs on by a clock that only runs forward', () => {
    let elapsedMs = 100
    const clock = serverClock(() => elapsedMs, 1_000_000)
    elapsedMs += 2_500
    expect(clock.nowMs()).toBe(1_002_500)
  })

  it('takes a reading that is ahead, and one far behind, but not one that was only slow to arrive', () => {
    const clock = serverClock(() => 0, 1_000_000)
    clock.sync(1_000_400)
    expect(clock.nowMs()).toBe(1_000_400)
    clock.sync(999_900)
    expect(clock.nowMs()).toBe(1_000_400)
    clock.sync(900_000)
    expect(clock.nowMs()).toBe(900_000)
  })
})
