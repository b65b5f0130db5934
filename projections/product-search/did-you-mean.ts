import type MiniSearch from 'minisearch'
import { isKatakana, isUnspaced, MOST_PARTS, normalized, runsIn, termOf } from './tokens.ts'

const LARGEST_EDIT_DISTANCE = 2
/** Of shorter words half would be guessed. */
const SHORTEST = { 1: 3, 2: 5 } as const

export interface Correcting<T> {
  readonly texts: MiniSearch<T>
  /** The word a term was made of, where it reads differently. */
  readonly surfaceOf: (term: string) => string | undefined
  /** Whether there is anything with all the words. */
  readonly finds: (q: string) => boolean
}

/**
 * The query with each unknown word replaced by the nearest known one. Words with spaces between them and katakana words
 * can be misspelt in a way that shows; of kanji a wrong one is another word. Nothing is answered that finds nothing.
 */
export const correctionOf = <T>(
  q: string,
  { texts, surfaceOf, finds }: Correcting<T>,
): string | undefined => {
  const text = normalized(q)
  let corrected = ''
  let done = 0
  const misspelt = runsIn(q).filter(({ text: word }) => canBeMisspelt(word))
  for (const { text: word, at } of misspelt.slice(0, MOST_PARTS)) {
    if (finds(word)) continue
    const nearest = nearestTo(termOf(word), texts)
    if (nearest === undefined) continue
    corrected += text.slice(done, at) + (surfaceOf(nearest) ?? nearest)
    done = at + word.length
  }
  if (done === 0) return undefined
  const whole = (corrected + text.slice(done)).trim()
  return finds(whole) ? whole : undefined
}

const canBeMisspelt = (word: string): boolean =>
  (!isUnspaced(word) || isKatakana(word)) && !/\p{N}/u.test(word) && termOf(word).length >= SHORTEST[1]

const nearestTo = <T>(term: string, texts: MiniSearch<T>): string | undefined => {
  for (const distance of [1, LARGEST_EDIT_DISTANCE] as const) {
    if (term.length < SHORTEST[distance]) return undefined
    const [best] = texts.autoSuggest(term, {
      fuzzy: distance,
      prefix: false,
      tokenize: (whole) => [whole],
    })
    if (best !== undefined) return best.suggestion
  }
  return undefined
}
