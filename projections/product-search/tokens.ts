import { withoutEnding } from './endings.ts'

/**
 * How texts become search terms. Latin and Cyrillic words are separated by spaces; Japanese and Chinese are not, so
 * their runs are cut twice: into words by ICU's dictionary, which rank well, and into pairs of characters, which find
 * what the dictionary cut differently in the text and in the query.
 */

const WORDS = /[\p{L}\p{N}\p{M}]+/gu
const RUNS =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+|[^\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+/gu
const UNSPACED = /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]/u
const KATAKANA = /[ァ-ヶヽヾ]/g
const KATAKANA_TO_HIRAGANA = 'ぁ'.charCodeAt(0) - 'ァ'.charCodeAt(0)

/** Words that every other text holds, and that say nothing of a product. A lone hiragana is such a word as well. */
const EMPTY_WORDS = new Set(
  (
    'a an the of and or for to in on at with by is it its as from и в во на с со для из по от к у о не ' +
    '的 了 和'
  ).split(' '),
)
const LONE_HIRAGANA = /^[ぁ-ゖ]$/

/** ICU has one dictionary for Japanese and Chinese, so the locale makes no difference to the cuts. */
const segmenter = new Intl.Segmenter('ja', { granularity: 'word' })

/** One form for full-width and half-width, upper and lower case. */
export const normalized = (text: string): string => text.normalize('NFKC').toLowerCase()

export const isUnspaced = (term: string): boolean => UNSPACED.test(term)

/** Code points: characters outside the basic plane, as in some Chinese and Japanese names, count once. */
export const charactersOf = (text: string): string[] => Array.from(text)

export const isKatakana = (run: string): boolean => /^[ァ-ヶヽヾー]+$/.test(run)

/** A word or an unbroken piece of Japanese or Chinese, and where it stands in its normalized text. */
export interface Run {
  readonly text: string
  readonly at: number
}

export const runsIn = (text: string): Run[] =>
  [...normalized(text).matchAll(WORDS)].flatMap(({ 0: word, index }) =>
    [...word.matchAll(RUNS)].map(({ 0: run, index: within }) => ({ text: run, at: index + within })),
  )

/** The term a word is indexed under: kana, letters with and without accents and the forms of a word are one. */
export const termOf = (word: string): string => {
  if (isUnspaced(word))
    return word.replaceAll(KATAKANA, (kana) => String.fromCharCode(kana.charCodeAt(0) + KATAKANA_TO_HIRAGANA))
  const plain = /^\p{Script=Latin}/u.test(word)
    ? word.normalize('NFD').replaceAll(/\p{Mn}/gu, '')
    : word.replaceAll('ё', 'е')
  return withoutEnding(plain)
}

const pairsIn = (run: string): string[] => {
  const characters = charactersOf(run)
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`)
}

const meansSomething = (word: string): boolean => !EMPTY_WORDS.has(word) && !LONE_HIRAGANA.test(word)

const wordsIn = (run: string): string[] =>
  [...segmenter.segment(run)].map(({ segment }) => segment).filter(meansSomething)

/** One part of a query, all of which should be found: a word, or a run both ways it can be cut. */
export type QueryPart =
  | { readonly kind: 'word'; readonly term: string; readonly typed: string }
  | { readonly kind: 'run'; readonly words: readonly string[]; readonly pairs: readonly string[] }

export interface Cutting {
  /** Everything a title can be found by. */
  readonly ofTitle: (text: string, known?: Surfaces) => string[]
  /** What a longer text can be found by: its words, and the pairs in the longer ones. */
  readonly ofDescription: (text: string, known?: Surfaces) => string[]
  readonly ofQuery: (query: string) => QueryPart[]
}

/** Hears of each word whose term reads differently, so that the word itself can be suggested. */
export type Surfaces = (term: string, word: string) => void

/** How unspaced text is cut; both ways unless a comparison wants less. */
export interface CutWays {
  readonly words: boolean
  readonly pairs: boolean
}

/**
 * A query is cut into at most so many words and runs, and these into so many terms; nobody means more, and each costs.
 * What was said before is not counted again.
 */
export const MOST_PARTS = 12
const MOST_TERMS = 24

export const cutting = ({ words, pairs }: CutWays = { words: true, pairs: true }): Cutting => {
  const whole = !words && !pairs
  const cutWords = (run: string): string[] => (words ? wordsIn(run) : [])
  const cutPairs = (run: string): string[] => (pairs ? pairsIn(run) : [])

  const terms = (text: string, known: Surfaces | undefined, ofRun: (run: string) => string[]): string[] =>
    runsIn(text).flatMap(({ text: run }) => {
      const cut = !isUnspaced(run) ? (meansSomething(run) ? [run] : []) : whole ? [run] : ofRun(run)
      return cut.map((word) => {
        const term = termOf(word)
        if (term !== word) known?.(term, word)
        return term
      })
    })

  return {
    // A pair that is a word counts twice: of 京都 and 東京都, a search for 京都 should bring the first.
    // The last character begins no pair, so a query of that one character would not find it.
    ofTitle: (text, known) =>
      terms(text, known, (run) => [...cutWords(run), ...cutPairs(run), ...charactersOf(run).slice(-1)]),
    ofDescription: (text, known) =>
      terms(text, known, (run) =>
        words
          ? wordsIn(run).flatMap((word) =>
              /^[\p{scx=Han}ァ-ヶー]{3,}$/u.test(word) ? [word, ...cutPairs(word)] : [word],
            )
          : cutPairs(run),
      ),
    ofQuery: (query) => {
      let left = MOST_TERMS
      const distinct = [...new Set(runsIn(query).map(({ text }) => text))]
      return distinct
        .filter((run) => isUnspaced(run) || meansSomething(run))
        .slice(0, MOST_PARTS)
        .flatMap((run): QueryPart[] => {
          const most = left
          if (most === 0) return []
          if (!isUnspaced(run) || whole || charactersOf(run).length === 1) {
            left -= 1
            return [{ kind: 'word', term: termOf(run), typed: run }]
          }
          const cut = (cutsOf: (run: string) => string[]): string[] =>
            [...new Set(cutsOf(run).map(termOf))].slice(0, most)
          const [words, pairs] = [cut(cutWords), cut(cutPairs)]
          left -= Math.max(words.length, pairs.length)
          return [{ kind: 'run', words, pairs }]
        })
    },
  }
}
