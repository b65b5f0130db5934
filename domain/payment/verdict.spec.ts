import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verdictOf, type Verdict } from './verdict.ts'

const words: Record<Verdict, readonly string[]> = {
  success: ['COMPLETED', 'SUCCESS', 'CAPTURED'],
  failure: ['FAILED', 'FAILURE', 'DECLINED', 'CANCELED', 'CANCELLED', 'INSUFFICIENT_FUNDS'],
  timeout: ['TIMED_OUT', 'EXPIRED'],
  pending: ['CREATED', 'AUTHORIZED', 'REAUTHORIZING'],
  refunded: ['REFUNDED'],
  'not-found': ['not-found'],
  unknown: [
    '',
    'TRANSACTION_FAILED',
    'PROCESSING',
    ' COMPLETED',
    'COMPLETED_LATER',
    'NOT_FOUND',
    'constructor',
  ],
}
const table = Object.entries(words).flatMap(([verdict, ofIt]) => ofIt.map((word) => [word, verdict] as const))

describe("the provider's words", () => {
  it.each(table)('%j means %s, in any case', (word, verdict) => {
    expect([word, word.toLowerCase(), word.toUpperCase()].map(verdictOf)).toStrictEqual([
      verdict,
      verdict,
      verdict,
    ])
  })

  it('are unknown unless they are in the table', () => {
    const known = new Set(
      table.filter(([, verdict]) => verdict !== 'unknown').map(([word]) => word.toUpperCase()),
    )
    fc.assert(
      fc.property(fc.string(), (word) => {
        fc.pre(!known.has(word.toUpperCase()))
        expect(verdictOf(word)).toBe('unknown')
      }),
    )
  })
})
