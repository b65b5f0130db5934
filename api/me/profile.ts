import { z } from 'zod'
import { hasPictures, kanaLine, personalLine, phone, postalCode } from './personal-text.ts'
import { prefectureOf } from './prefectures.ts'

export const GENDERS = ['female', 'male', 'other', 'not-said'] as const

/** Hiragana, katakana, their marks and spaces: what a reading is written in. */
const KANA = /^[\p{Script=Hiragana}\p{Script=Katakana}ー・゛゜ ]+$/u

const EARLIEST_BIRTH = '1900-01-01'
const YOUNGEST_YEARS = 10
const OLDEST_YEARS = 120
const JAPAN_OFFSET_MS = 9 * 60 * 60_000

/** Noon is no question of zones, so a date is compared as text, and today is the one in Japan. */
const daysAgo = (years: number, nowMs: number): string => {
  const today = new Date(nowMs + JAPAN_OFFSET_MS)
  today.setUTCFullYear(today.getUTCFullYear() - years)
  return today.toISOString().slice(0, 10)
}

const birthDate = (nowMs: () => number) =>
  z.iso
    .date('must be a date, such as 1990-02-28')
    .refine((date) => date >= EARLIEST_BIRTH, 'must not be before 1900')
    .refine((date) => date <= daysAgo(0, nowMs()), 'must not be in the future')
    .refine(
      (date) => date <= daysAgo(YOUNGEST_YEARS, nowMs()) && date > daysAgo(OLDEST_YEARS + 1, nowMs()),
      `must be of somebody from ${YOUNGEST_YEARS} to ${OLDEST_YEARS} years old`,
    )

const name = personalLine(80).refine((text) => !hasPictures(text), 'must have no pictures')

const kana = kanaLine(80).refine((text) => KANA.test(text), 'must be hiragana or katakana')

const prefecture = z
  .string()
  .max(40)
  .transform((text, context): string => {
    const known = prefectureOf(text)
    if (known !== undefined) return known
    context.addIssue({ code: 'custom', message: 'must be one of the 47 prefectures' })
    return z.NEVER
  })

/** What a person may tell the shop about themselves, as it is taken in. Personal: it leaves this room only sealed. */
export const profileRequest = (nowMs: () => number) =>
  z.object({
    name,
    /** ふりがな; half-width kana become full-width. */
    kana: kana.optional(),
    birthDate: birthDate(nowMs).optional(),
    gender: z.enum(GENDERS).optional(),
    phone: phone.optional(),
    email: z.email().max(254).optional(),
    address: z
      .object({
        postalCode,
        prefecture,
        city: personalLine(60),
        addressLine1: personalLine(120),
        addressLine2: personalLine(120).optional(),
      })
      .optional(),
  })

/** What was recorded, as it is shown to the person again and to nobody else. */
export const Profile = z.object({
  name: z.string(),
  kana: z.string().optional(),
  birthDate: z.string().optional(),
  gender: z.enum(GENDERS).optional(),
  phone: z.string().optional(),
  email: z.string().optional(),
  address: z
    .object({
      postalCode: z.string(),
      prefecture: z.string(),
      city: z.string(),
      addressLine1: z.string(),
      addressLine2: z.string().optional(),
    })
    .optional(),
})
export type Profile = z.infer<typeof Profile>

const TEXTS = ['name', 'kana', 'birthDate', 'gender', 'phone', 'email'] as const
const ADDRESS = ['postalCode', 'prefecture', 'city', 'addressLine1', 'addressLine2'] as const

export const isSameProfile = (a: Profile, b: Profile): boolean =>
  TEXTS.every((field) => a[field] === b[field]) &&
  (a.address === undefined) === (b.address === undefined) &&
  ADDRESS.every((field) => a.address?.[field] === b.address?.[field])
