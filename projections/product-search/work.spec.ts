import MiniSearch, { type Query, type SearchOptions } from 'minisearch'
import { describe, expect, it } from 'vitest'
import { correctionOf } from './did-you-mean.ts'
import { matchingIn } from './matching.ts'
import { cutting, MOST_PARTS } from './tokens.ts'

const { ofQuery } = cutting()
const letters = Array.from('bcdfghjklmnpqrstvwxyz')
const strange = letters.map((letter) => `${letter}qeqa`).join(' ')

/** How often the index is looked through for terms that begin alike, which is what costs. */
const broadLooks = (q: string): number => {
  const texts = new MiniSearch({ fields: ['title'] })
  let looks = 0
  const look = (query: Query, isPrefix: boolean): void => {
    if (typeof query === 'string') looks += isPrefix ? 1 : 0
    else if (typeof query !== 'symbol')
      for (const part of query.queries)
        look(part, query.prefix === undefined ? isPrefix : query.prefix !== false)
  }
  const counted = Object.assign(texts, {
    search: (query: Query, _options?: SearchOptions) => {
      look(query, true)
      return []
    },
  })
  matchingIn(counted, cutting()).matches(q, {})
  return looks
}

/** Anybody may ask, and whoever asks holds up all others meanwhile. */
describe('the work that one query makes', () => {
  it.each([
    ['many words', strange],
    ['many letters', letters.join(' ')],
    ['a ligature that is four words', 'ﷺ'.repeat(200)],
    ['one word over and over', 'cup '.repeat(50)],
    ['many short runs', '茶碗 急須 '.repeat(20)],
    ['one long run', '茶器急須湯呑飯碗箸置小皿大鉢'.repeat(14)],
  ])('is that of a dozen words for %s', (_, q) => {
    const parts = ofQuery(q)
    expect(parts.length).toBeLessThanOrEqual(MOST_PARTS)
    const terms = parts.map((part) =>
      part.kind === 'word' ? 1 : Math.max(part.words.length, part.pairs.length),
    )
    expect(terms.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(24)
  })

  it('does not grow with what is said again', () => {
    expect(ofQuery('cup CUP ｃｕｐ cup')).toStrictEqual(ofQuery('cup'))
    expect(ofQuery('テーポット'.repeat(40))).toMatchObject([{ kind: 'run' }])
    expect(ofQuery('茶碗茶碗茶碗茶碗')).toMatchObject([{ pairs: ['茶碗', '碗茶'] }])
  })

  it('does not look for all that begins with a letter where there are other words', () => {
    expect(broadLooks(letters.join(' '))).toBe(0)
    expect(broadLooks('mug b c d f')).toBe(broadLooks('mug'))
  })

  it('ends after a dozen words that could be misspelt', () => {
    let asked = 0
    const finds = (): boolean => {
      asked += 1
      return false
    }
    const texts = new MiniSearch({ fields: ['title'] })
    correctionOf(`${strange} ${letters.join(' ')}`, { texts, finds, surfaceOf: () => undefined })
    expect(asked).toBe(MOST_PARTS)
  })
})
