/**
 * Takes the endings off words, so that a form finds the others: `teapots` and `teapot`, `чашек` and `чашка`. Light on
 * purpose: it cuts numbers and cases of nouns and adjectives only. A cut that makes no word does no harm as long as
 * every form is cut alike; one that makes two words the same would.
 */

const SHORTEST_STEM = 3
const CYRILLIC = /^\p{Script=Cyrillic}+$/u
const LATIN = /^[a-z]+$/

/** Case, number and gender of Russian adjectives and nouns, longest first. */
const RUSSIAN_ENDINGS = (
  'иями ыми ими ого его ому ему ями ами ией иям ием иях ' +
  'ая яя ое ее ые ие ый ий ой ей ую юю ым им ых их ям ам ах ях ов ев ом ем ию ия ии ью ья ьи ' +
  'а я о е ы и у ю ь й'
).split(' ')

const withoutRussianEnding = (word: string): string => {
  const ending = RUSSIAN_ENDINGS.find(
    (known) => word.length - known.length >= SHORTEST_STEM && word.endsWith(known),
  )
  const stem = ending === undefined ? word : word.slice(0, -ending.length)
  // The vowel that comes and goes: чашка, чашек.
  return stem.length > SHORTEST_STEM + 1 ? stem.replace(/[ео]к$/, 'к') : stem
}

const withoutPlural = (word: string): string => {
  if (!word.endsWith('s') || /(?:ss|us|is)$/.test(word)) return word
  if (/.ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`
  return word.replace(/(?<=ss|x|z|ch|sh)es$|s$/, '')
}

/** Knife and knives, leaf and leaves; glove and gloves go the same way and stay together. */
const withoutEnglishEnding = (word: string): string =>
  word.length <= SHORTEST_STEM ? word : withoutPlural(word).replace(/ve$|fe$/, 'f')

/** The word without its ending; `word` in lower case. What is neither English nor Russian is left alone. */
export const withoutEnding = (word: string): string => {
  if (LATIN.test(word)) return withoutEnglishEnding(word)
  return CYRILLIC.test(word) ? withoutRussianEnding(word) : word
}
