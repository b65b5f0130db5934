import { describe, expect, it } from 'vitest'
import type { StreamSituation } from './expectation.ts'
import { judge } from './expectation.ts'
import { NO_EVENTS, TOMBSTONE } from './facts.ts'

const situation = (ids: readonly string[], over: Partial<StreamSituation> = {}): StreamSituation => ({
  lastRevision: ids.length === 0 ? NO_EVENTS : ids.length - 1,
  isSoftDeleted: () => false,
  hasMetadata: () => false,
  eventIdAt: (revision) => ids[revision],
  recentRevisionOf: (id) => (ids.includes(id) ? ids.indexOf(id) : undefined),
  ...over,
})
const empty = situation([])
const abc = situation(['a', 'b', 'c'])
const softlyDeleted = situation(['a', 'b', 'c'], { isSoftDeleted: () => true })

const append = { kind: 'append' }
const wrong = { kind: 'wrong-expected-revision' }
const gone = { kind: 'stream-deleted' }
const repeat = (lastRevision: number) => ({ kind: 'already-appended', lastRevision })

describe('the judgement of an append', () => {
  it.each([
    ['any', empty, ['x'], append],
    ['any', abc, ['x'], append],
    ['any', abc, ['b'], repeat(1)],
    ['any', abc, ['b', 'c'], repeat(2)],
    ['any', abc, ['c', 'x'], wrong],
    ['any', abc, ['x', 'c'], append],
    ['no-stream', empty, ['x'], append],
    ['no-stream', abc, ['x'], wrong],
    ['no-stream', abc, ['a'], repeat(0)],
    ['no-stream', abc, ['a', 'b', 'c'], repeat(2)],
    ['no-stream', abc, ['a', 'b', 'c', 'x'], wrong],
    ['no-stream', abc, ['b'], wrong],
    ['no-stream', softlyDeleted, ['x'], append],
    ['no-stream', softlyDeleted, ['a'], repeat(0)],
    ['no-stream', softlyDeleted, ['a', 'x'], wrong],
    ['stream-exists', empty, ['x'], wrong],
    ['stream-exists', situation([], { hasMetadata: () => true }), ['x'], append],
    ['stream-exists', abc, ['x'], append],
    ['stream-exists', softlyDeleted, ['x'], gone],
    [0, empty, ['x'], wrong],
    [2, abc, ['x'], append],
    [2, abc, ['c'], append],
    [1, abc, ['c'], repeat(2)],
    [0, abc, ['b', 'c'], repeat(2)],
    [0, abc, ['b', 'c', 'x'], wrong],
    [1, abc, ['x'], wrong],
    [3, abc, ['x'], wrong],
    [1, softlyDeleted, ['x'], wrong],
    [2, softlyDeleted, ['x'], append],
    [1, abc, [], append],
  ] as const)('that expects %s is a table', (expected, stream, ids, verdict) => {
    expect(judge(stream, expected, ids)).toEqual(verdict)
  })

  it.each(['any', 'no-stream', 'stream-exists', 0, 7] as const)(
    'that expects %s ends at a tombstone',
    (expected) => {
      expect(judge(situation(['a'], { lastRevision: TOMBSTONE }), expected, ['a'])).toEqual(gone)
    },
  )
})
