import { describe, expect, it } from 'vitest'
import { readAnswerHeaders } from './answer-headers.ts'
import { clockSkewMs } from './clock-skew.ts'

const date = 'Sat, 21 Nov 2026 06:00:00 GMT'

describe('the headers of an answer', () => {
  it.each([
    [{}, {}],
    [{ 'x-request-id': `OPA${'A'.repeat(90)}` }, { requestId: `OPA${'A'.repeat(61)}` }],
    [{ date }, { serverTimeMs: Date.parse(date) }],
    [{ date: 'yesterday' }, {}],
    [{ 'retry-after': '7' }, { retryAfterMs: 7_000 }],
    [{ 'retry-after': ' 7 ' }, { retryAfterMs: 7_000 }],
    [{ 'retry-after': '-7' }, {}],
    [{ 'retry-after': 'soon' }, {}],
    [{ 'retry-after': 'Sat, 21 Nov 2026 06:01:00 GMT' }, {}],
    [
      { date, 'retry-after': 'Sat, 21 Nov 2026 06:01:00 GMT' },
      { serverTimeMs: Date.parse(date), retryAfterMs: 60_000 },
    ],
    [
      { date, 'retry-after': 'Sat, 21 Nov 2026 05:00:00 GMT' },
      { serverTimeMs: Date.parse(date), retryAfterMs: 0 },
    ],
  ])('%j tell %j', (headers, expected) => {
    expect(readAnswerHeaders(headers)).toEqual(expected)
  })
})

describe('the difference of the clocks', () => {
  it.each([
    ['within the second', 10_000, 10_500, 10_900, 0],
    ['during a slow answer', 14_000, 10_500, 15_200, 0],
    ['ahead', 80_000, 10_500, 10_900, 69_100],
    ['behind', 10_000, 71_000, 71_300, -60_001],
  ])('%s', (_, serverTimeMs, sentAtMs, receivedAtMs, expected) => {
    expect(clockSkewMs({ serverTimeMs, sentAtMs, receivedAtMs })).toBe(expected)
  })
})
