import { describe, expect, it } from 'vitest'
import { compileFilter } from './filter.ts'

const matches = (regex: string, type: string): boolean | 'invalid' => {
  const filter = compileFilter({ on: 'event-type', prefixes: [], regex, checkpointEvery: 32 })
  return typeof filter === 'function' ? filter({ stream: 'elsewhere', type }) : 'invalid'
}

describe('a filter by regular expression', () => {
  it.each([
    { regex: '^[^$]', hits: ['Paid', '支払'], misses: ['$metadata', ''] },
    { regex: '^[^$].*', hits: ['Paid'], misses: ['$>'] },
    { regex: '^(Paid|Sold)$', hits: ['Paid', 'Sold'], misses: ['Unpaid', 'Paid2'] },
    { regex: 'aid', hits: ['Paid', 'Aaid2'], misses: ['PAID'] },
    { regex: '(?i)^paid$', hits: ['Paid', 'PAID'], misses: ['Unpaid'] },
    { regex: '\\APaid\\z', hits: ['Paid'], misses: ['Paid2', 'APaidz'] },
    { regex: '^a\\-b$', hits: ['a-b'], misses: ['a\\-b', 'ab'] },
    { regex: '^[\\w\\-\\@]+$', hits: ['a-b@c'], misses: ['a b'] },
    { regex: '^\\\\-$', hits: ['\\-'], misses: ['-'] },
    { regex: '^\\$', hits: ['$metadata'], misses: ['Paid'] },
    { regex: '^\\p{Lu}', hits: ['Ärger'], misses: ['ärger'] },
    { regex: '(?<verb>Paid)-\\k<verb>', hits: ['Paid-Paid'], misses: ['Paid-Sold'] },
  ])('$regex means what it means to the server', ({ regex, hits, misses }) => {
    for (const hit of hits) expect([hit, matches(regex, hit)]).toEqual([hit, true])
    for (const miss of misses) expect([miss, matches(regex, miss)]).toEqual([miss, false])
  })

  it.each(['(', '(?>atomic)', '\\G', '[z-a]', '(?x)', '\\', '(?(yes)a|b)'])(
    '%s is refused rather than read as something else',
    (regex) => {
      expect(matches(regex, 'anything')).toBe('invalid')
    },
  )

  it('looks at the type or the stream, never at both', () => {
    const event = { stream: 'order-1', type: 'Paid' }
    const byStream = compileFilter({ on: 'stream-name', prefixes: ['ord'], regex: '', checkpointEvery: 32 })
    const byType = compileFilter({ on: 'event-type', prefixes: ['ord'], regex: '', checkpointEvery: 32 })
    expect([byStream, byType].map((filter) => typeof filter === 'function' && filter(event))).toEqual([
      true,
      false,
    ])
  })
})
