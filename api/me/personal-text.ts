import { z } from 'zod'

const graphemes = new Intl.Segmenter('ja', { granularity: 'grapheme' })

/** What a reader counts as characters: 葛󠄀 with its variation selector is one, and so is a letter with its accents. */
const charactersIn = (text: string): number => [...graphemes.segment(text)].length

/** A name of few characters may be made of many code points, but not of any number of them. */
const CODE_UNITS_PER_CHARACTER = 4

/**
 * Control, format and private characters and unpaired surrogates turn what is around them into something else when it is
 * printed; fillers, blank patterns and tags are letters of nothing. Joiners stay, which some scripts are written with.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Co}\p{Cs}\u034f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\u{e0000}-\u{e007f}]/u
/** Joiners, selectors and accents alone are nothing that anybody could read. */
const READABLE = /[\p{L}\p{N}\p{P}\p{S}]/u
const PICTURES = /[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3]/u
/** © ® and ™ are among the pictographs, and letters of no name either. */
export const hasPictures = (text: string): boolean => PICTURES.test(text)

/**
 * One line of text a person wrote about themselves: trimmed, with single spaces, composed (NFC), so that the same text
 * typed on another keyboard is the same content. Variation selectors stay: they tell one kanji of a name from another.
 */
export const personalLine = (longest: number, { mayBeEmpty } = { mayBeEmpty: false }) =>
  z
    .string()
    // Before anything is counted or searched.
    .max(longest * CODE_UNITS_PER_CHARACTER * 2, `must have at most ${longest} characters`)
    .refine((text) => !UNPRINTABLE.test(text), 'must have no invisible characters')
    .transform((text) => text.normalize('NFC').trim().replaceAll(/\s+/gu, ' '))
    .refine((text) => READABLE.test(text) || (mayBeEmpty && text === ''), 'must not be empty')
    .refine(
      (text) => text.length <= longest * CODE_UNITS_PER_CHARACTER && charactersIn(text) <= longest,
      `must have at most ${longest} characters`,
    )

/** Several lines of it. */
export const personalNote = (longest: number) =>
  z
    .string()
    .max(longest * CODE_UNITS_PER_CHARACTER)
    .refine((text) => !UNPRINTABLE.test(text.replaceAll(/\r?\n/g, ' ')), 'must have no invisible characters')
    .transform((text) => text.normalize('NFC').trim())
    .refine((text) => charactersIn(text) <= longest, `must have at most ${longest} characters`)

/** Half-width kana, full-width letters and digits become the usual ones: ﾔﾏﾀﾞ → ヤマダ, ０９０ → 090. */
const usualWidth = (text: string): string => text.normalize('NFKC')

/** The many marks that a keyboard has for a hyphen, between digits. */
const plainHyphens = (text: string): string => text.replaceAll(/[\u2010-\u2015\u2212\u30fc\uff70]/g, '-')

/** One line that is a reading. */
export const kanaLine = (longest: number) =>
  z
    .string()
    .max(longest * CODE_UNITS_PER_CHARACTER)
    .transform(usualWidth)
    .pipe(personalLine(longest))

export const phone = z
  .string()
  .max(64)
  .transform((text) => plainHyphens(usualWidth(text)).trim())
  .refine((text) => /^\+?[0-9][0-9 ()-]{6,18}[0-9]$/.test(text), 'must be a telephone number')

export const postalCode = z
  .string()
  .max(32)
  .transform((text) =>
    plainHyphens(usualWidth(text))
      .trim()
      .replace(/^〒\s*/, ''),
  )
  .refine((text) => /^\d{3}[- ]?\d{4}$/.test(text), 'must be seven digits, such as 812-0011')
  .transform((text) => text.replace(/^(\d{3})[- ]?(\d{4})$/, '$1-$2'))
