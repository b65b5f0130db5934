import { readFileSync } from 'node:fs'
import { z } from 'zod'

export const LOCALES = ['ja', 'en', 'zh'] as const
export type Locale = (typeof LOCALES)[number]

type Words = { readonly [key: string]: string | Words }
const Words: z.ZodType<Words> = z.lazy(() => z.record(z.string(), z.union([z.string(), Words])))

const catalogues = new Map<string, Words>()
const catalogue = (locale: Locale, room: string): Words => {
  const name = `${locale}/${room}`
  const known = catalogues.get(name)
  if (known !== undefined) return known
  const file = new URL(`../../web/i18n/locales/${name}.json`, import.meta.url)
  const read = Words.parse(JSON.parse(readFileSync(file, 'utf8')))
  catalogues.set(name, read)
  return read
}

/** What the shop says under this key, `payment.actions.confirm`, with its blanks filled in. */
export const words =
  (locale: Locale) =>
  (key: string, blanks: Readonly<Record<string, string | number>> = {}): string => {
    const [room = '', ...rest] = key.split('.')
    let found: string | Words | undefined = catalogue(locale, room)
    for (const part of [room, ...rest]) found = typeof found === 'object' ? found[part] : undefined
    if (typeof found !== 'string') throw new Error(`The shop has no words for ${key} in ${locale}`)
    return formOf(found, blanks['count'])
      .replaceAll(/\{'(.)'\}/g, '$1')
      .replaceAll(/\{(\w+)\}/g, (_blank, name: string) => String(blanks[name] ?? `{${name}}`))
  }

/** A sentence may have forms for none, one and many, or for one and many. */
const formOf = (sentence: string, count: string | number | undefined): string => {
  const forms = sentence.split(' | ')
  const number = Number(count ?? 1)
  const form = forms.length > 2 ? Math.min(number, 2) : number === 1 ? 0 : 1
  return forms[form] ?? sentence
}

/** Where a page is in this language. */
export const at = (locale: Locale, path: string): string =>
  locale === 'ja' ? path : `/${locale}${path.replace(/^\/(?=\?|$)/, '')}`
