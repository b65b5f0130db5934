import type { Money } from '#domain/money/money.ts'
import type { Locale } from '#domain/order/events.ts'
import type { ShopProfile } from '#domain/shop/profile.ts'
import type { Letter } from '../letter.ts'
import type { Placed, Tidings } from '../owed.ts'

/** A text in the three languages, each written and none translated word by word. */
export type Words = Readonly<Record<Locale, string>>

/** What every letter is written from. */
export interface Writing {
  readonly placed: Placed
  readonly shop: ShopProfile
  /** Where the shop is, without a slash at the end. */
  readonly publicUrl: string
  readonly simulatedPayments: boolean
}

/** The letter that tells of one kind of tidings. */
export type LetterOf<K extends Tidings['kind']> = (
  writing: Writing,
  tidings: Extract<Tidings, { readonly kind: K }>,
) => Letter

const LANGUAGES = { ja: 'ja-JP', en: 'en-US', zh: 'zh-CN' } as const
/** A Japanese shop's times are Japanese times, wherever they are read. */
const TIME_ZONE = 'Asia/Tokyo'
const JAPAN_TIME: Words = { ja: '', en: ' (Japan time)', zh: '（日本时间）' }

/** An amount as the reader's language writes it. */
export const amountIn = (locale: Locale, { amountMinor, currency }: Money): string => {
  const format = new Intl.NumberFormat(LANGUAGES[locale], {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  })
  const written = format.format(amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0))
  // Japanese locale data writes a full-width sign, which stands apart from its figures.
  return written.replace('￥', '¥')
}

export const timeIn = (locale: Locale, atMs: number): string =>
  new Intl.DateTimeFormat(LANGUAGES[locale], {
    timeZone: TIME_ZONE,
    dateStyle: 'long',
    timeStyle: 'short',
  }).format(atMs) + JAPAN_TIME[locale]

/** Puts the values where the text has their names in braces. */
export const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? '')
