import { describe, expect, it } from 'vitest'
import { duration, inWords, table } from './wording.ts'

describe('what is said of projections', () => {
  it('gives times as people do', () => {
    expect([950, 12_400, 60_000, 200_000, 7_500_000].map(duration)).toStrictEqual([
      '950 ms',
      '12 s',
      '1 min',
      '3 min 20 s',
      '2 h 5 min',
    ])
  })

  it('shows one line per copy, with what is known of it', () => {
    const lines = table(
      [
        {
          name: 'products',
          version: 1,
          host: { caughtUp: true, lagMs: 12, eventsPerSecond: 1_200 },
          copies: [
            { generation: 1, role: 'active', position: 900, documents: 48, bytes: 62_000, parked: 0 },
            {
              generation: 2,
              role: 'building',
              phase: 'folding',
              by: 'command',
              position: 450,
              documents: 20,
              bytes: 2_500_000,
              parked: 1,
              pace: { events: 10, eventsPerSecond: 9_000, part: 0.5, leftMs: 65_000 },
            },
            {
              generation: 3,
              role: 'building',
              phase: 'indexing',
              by: 'host',
              position: 899,
              documents: 48,
              bytes: 62_000,
              parked: 0,
              pace: { events: 20, eventsPerSecond: 8_000, part: 0.99, indexes: { made: 2, of: 6 } },
            },
          ],
        },
      ],
      0,
    )
    expect(lines).toStrictEqual([
      'PROJECTION    STATE                             POSITION    LAG  EVENTS/S  DOCUMENTS    SIZE  PARKED',
      'products@1#1  active                                 900  12 ms     1,200         48   62 kB       0',
      'products@1#2  building 50 %, 1 min 5 s left          450      -     9,000         20  2.5 MB       1',
      'products@1#3  making indexes, 2 of 6 are there       899      -     8,000         48   62 kB       0',
    ])
  })

  it('names what cannot be done', () => {
    expect(inWords('products', { kind: 'refused', refusal: 'nothing-kept' })).toBe(
      'products: there is no earlier copy',
    )
  })
})
