import { describe, expect, it } from 'vitest'
import { productionLadder } from './ladder.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

describe('the production ladder', () => {
  it.each([
    ['while the buyer may pay', -15 * MINUTE_MS, 10 * SECOND_MS],
    ['just before the end of the window', -1, 10 * SECOND_MS],
    ['from the end of the window', 0, MINUTE_MS],
    ['until a quarter of an hour later', 15 * MINUTE_MS - 1, MINUTE_MS],
    ['then', 15 * MINUTE_MS, HOUR_MS],
    ['until six hours later', 6 * HOUR_MS - 1, HOUR_MS],
    ['to the end', 6 * HOUR_MS, 6 * HOUR_MS],
  ])('%s asks again in due time', (_, overMs, expected) => {
    const windowEndsAtMs = 1_800_000_000_000
    expect(productionLadder.nextAskMs(windowEndsAtMs + overMs, windowEndsAtMs)).toBe(expected)
  })

  it('asks fewer than 150 times about an attempt that nobody ever pays, and for a day', () => {
    const windowEndsAtMs = 15 * MINUTE_MS
    let asks = 0
    let nowMs = productionLadder.firstAskMs
    while (nowMs <= windowEndsAtMs + productionLadder.watchMs) {
      asks += 1
      nowMs += productionLadder.nextAskMs(nowMs, windowEndsAtMs)
    }
    expect(asks).toBeGreaterThan(100)
    expect(asks).toBeLessThan(150)
  })
})
