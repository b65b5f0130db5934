/**
 * How texts become search terms. Latin (and Cyrillic) words are separated by spaces; Japanese and Chinese are not, so
 * their runs are cut twice: into words by ICU's dictionary, which rank well, and into pairs of characters, which find
 * what the dictionary cut differently in the text and in the query.
 */

const WORDS = /[\p{L}\p{N}\p{M}]+/gu
const RUNS =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+|[^\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+/gu
const UNSPACED = /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]/u

/** ICU has one dictionary for Japanese and Chinese, so the locale makes no difference to the cuts. */
const segmenter = new Intl.Segmenter('ja', { granularity: 'word' })

/** One form for full-width and half-width, upper and lower case. */
export const normalized = (text: string): string => text.normalize('NFKC').toLowerCase()

export const isUnspaced = (term: string): boolean => UNSPACED.test(term)

const runsIn = (text: string): string[] =>
  [...normalized(text).matchAll(WORDS)].flatMap(([word]) => [...word.matchAll(RUNS)].map(([run]) => run))

/** Code points: characters outside the basic plane, as in some Chinese and Japanese names, count once. */
export const charactersOf = (text: string): string[] => Array.from(text)

const pairsIn = (characters: readonly string[]): string[] =>
  characters.slice(1).map((character, index) => `${characters[index]}${character}`)

/** Everything a text can be found by. */
export const termsOfText = (text: string): string[] =>
  runsIn(text).flatMap((run) => {
    if (!isUnspaced(run)) return [run]
    const characters = charactersOf(run)
    const words = [...segmenter.segment(run)].map(({ segment }) => segment)
    // The last character begins no pair, so a query of that one character would not find it.
    return [...new Set([...words, ...pairsIn(characters), ...characters.slice(-1)])]
  })

/** What a query asks for: all pairs of an unspaced run, so that words cut differently still meet. */
export const termsOfQuery = (query: string): string[] =>
  runsIn(query).flatMap((run) => {
    const characters = charactersOf(run)
    return isUnspaced(run) && characters.length > 1 ? pairsIn(characters) : [run]
  })

/** The spaced words of a query, which are those that can be misspelt. */
export const spacedWordsIn = (query: string): string[] => runsIn(query).filter((run) => !isUnspaced(run))
