import type MiniSearch from 'minisearch'
import type { Query, SearchOptions } from 'minisearch'
import { charactersOf, isUnspaced, type Cutting, type QueryPart } from './tokens.ts'

/** How forgiving a search is: words as typed, words with slips, any of the words, any character of kanji words. */
type Strictness = 'all' | 'all-nearly' | 'any' | 'characters'

const STEPS: readonly Strictness[] = ['all', 'all-nearly', 'any', 'characters']
const LARGEST_EDIT_DISTANCE = 2

export interface Matches {
  /** Best first. */
  readonly ids: readonly string[]
  readonly strictness: Strictness
}

export interface Matching {
  /**
   * What fits best: texts with all words; where there are none, with all but for slips; where none either, with some.
   * Last come texts with a kanji of the query: 绿茶 is looked for where only other 茶 are sold.
   */
  readonly matches: (q: string, options: SearchOptions, upTo?: Strictness) => Matches
}

export const matchingIn = <T>(texts: MiniSearch<T>, { ofQuery }: Cutting): Matching => {
  const exact: SearchOptions = { tokenize: (term) => [term], prefix: asPrefix, fuzzy: false }
  const isKnown = (term: string): boolean => texts.search(term, exact).length > 0
  return {
    matches: (q, options, upTo = 'characters') => {
      const parts = ofQuery(q)
      if (parts.length === 0) return { ids: [], strictness: 'all' }
      const known = new Map<string, boolean>()
      for (const strictness of STEPS) {
        const steps = queryOf(parts, strictness, (term) => {
          const isIt = known.get(term) ?? isKnown(term)
          known.set(term, isIt)
          return !isIt
        })
        const found = texts.search(steps, { ...exact, ...options })
        if (found.length > 0 || strictness === upTo)
          return { ids: found.map(({ id }) => String(id)), strictness }
      }
      return { ids: [], strictness: upTo }
    },
  }
}

/**
 * A run is found where all its words are or all its pairs are; where both are, it counts for more. Only what is
 * unknown is taken to have slips in it: who typed a known word meant that one.
 */
const queryOf = (
  parts: readonly QueryPart[],
  strictness: Strictness,
  isUnknown: (term: string) => boolean,
): Query => {
  const isLoose = strictness === 'any' || strictness === 'characters'
  const leaf = (term: string, typed = term): Query => {
    const distance = strictness === 'all' ? 0 : toleranceOf(term, typed)
    if (distance === 0 || !isUnknown(term)) return term
    const near: Query = { queries: [term], fuzzy: distance }
    return distance > 1
      ? near
      : { combineWith: 'OR', queries: [near, { combineWith: 'OR', prefix: false, queries: swapsOf(term) }] }
  }
  return {
    combineWith: isLoose ? 'OR' : 'AND',
    queries: parts.flatMap((part): Query[] => {
      if (part.kind === 'word') {
        if (parts.length === 1 || !isLoneLetter(part.typed)) return [leaf(part.term, part.typed)]
        return strictness === 'all' ? [{ queries: [part.term], prefix: false }] : []
      }
      const { words, pairs } = part
      if (strictness === 'characters') return kanjiIn(pairs)
      if (isLoose) return [...new Set([...words, ...pairs])].map((term) => leaf(term))
      const ways = [words.map((term) => leaf(term)), [...pairs]].filter((way) => way.length > 0)
      const isOneWord = words.length === 1 && pairs.length === 1 && words[0] === pairs[0]
      const distinct = isOneWord ? ways.slice(0, 1) : ways
      return distinct.length === 0
        ? []
        : [{ combineWith: 'OR', queries: distinct.map((queries) => ({ combineWith: 'AND', queries })) }]
    }),
  }
}

const kanjiIn = (pairs: readonly string[]): string[] => [
  ...new Set(pairs.flatMap(charactersOf).filter((character) => /^\p{Script=Han}$/u.test(character))),
]

/**
 * The beginning of half of all words there are: beside others it is only that letter, as in vitamin C, or else left out.
 * A query of twenty would look through the whole index twenty times.
 */
const isLoneLetter = (typed: string): boolean => !isUnspaced(typed) && charactersOf(typed).length === 1

/** Spaced words may be unfinished; of unspaced text only a lone character, as words and pairs are exact. */
const asPrefix = (term: string): boolean => !isUnspaced(term) || charactersOf(term).length === 1

/** Katakana words too have slips in them; they are indexed as hiragana. */
const KANA_WORD = /^[ぁ-ゖー]{4,}$/

/** The word with each two neighbouring letters changed; an edit distance counts such a slip twice. */
const swapsOf = (term: string): string[] => {
  const letters = charactersOf(term)
  return letters.slice(1).map((letter, index) =>
    letters
      .with(index, letter)
      .with(index + 1, letters[index] ?? '')
      .join(''),
  )
}

/**
 * One slip in a word of four letters, two in one of eight or more: with two in six, bancha would be sencha. Numbers are
 * meant as they stand. @param typed The word with its ending, without which too little may be left to go by.
 */
const toleranceOf = (term: string, typed: string): number => {
  if (KANA_WORD.test(term)) return 1
  if (isUnspaced(term) || /\p{N}/u.test(term) || typed.length < 4) return 0
  return typed.length < 8 ? 1 : LARGEST_EDIT_DISTANCE
}
