import { describe, expect, it } from 'vitest'
import { delisted } from '#domain/catalogue/samples.ts'
import { logOf } from './given.ts'
import { revisionGaps } from './revision-gaps.ts'

const LOG = logOf(
  Array.from({ length: 12 }, (_, n) => ({
    stream: `product-${n % 2 === 0 ? 'cup' : 'pot'}`,
    event: delisted,
  })),
)

describe('the revisions of a stream', () => {
  it('are whole when each follows the one before, from wherever it begins, and also when they come again', () => {
    const look = revisionGaps()
    expect(look(LOG.slice(4))).toStrictEqual([])
    expect(look(LOG.slice(2))).toStrictEqual([])
  })

  it('have a gap where one is left out, in a batch or between two, once', () => {
    const look = revisionGaps()
    const [missing, after] = [LOG[4], LOG[6]]
    const gap = {
      stream: 'product-cup',
      expected: missing?.revision,
      found: after?.revision,
      eventId: after?.id,
    }
    expect(look(LOG.filter((event) => event !== missing))).toStrictEqual([gap])
    expect(look(LOG)).toStrictEqual([])
    const other = revisionGaps()
    expect(other(LOG.slice(0, 4))).toStrictEqual([])
    expect(other(LOG.slice(6))).toMatchObject([{ stream: 'product-cup' }, { stream: 'product-pot' }])
  })
})
