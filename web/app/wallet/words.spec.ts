import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

type Words = { readonly [key: string]: string | Words }
const isWords = (value: unknown): value is Words => typeof value === 'object' && value !== null

const wordsOf = (locale: string, room: string): Readonly<Record<string, string>> => {
  const file = new URL(`../../i18n/locales/${locale}/${room}.json`, import.meta.url)
  const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return Object.fromEntries(isWords(read) ? flat(read) : [])
}
const flat = (words: Words, before = ''): [string, string][] =>
  Object.entries(words).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[before + name, value]] : flat(value, `${before}${name}.`),
  )

const OWN = 'wallet.instead.'
const ownOf = (locale: string) =>
  Object.entries(wordsOf(locale, 'wallet'))
    .filter(([key]) => key.startsWith(OWN))
    .map(([key, sentence]) => [key.slice(OWN.length), sentence] as const)
const blanksOf = (sentence: string) => [...sentence.matchAll(/\{\w+\}/g)].map(([blank]) => blank).toSorted()

/** Only whoever pays with PayPay ever reads these. */
const PAYPAY_ALONE =
  /^payment\.(code|countdown|preparing|confirming|lapsed|asked|return)\.|^payment\.trouble\.window-over\.|^checkout\.(method\.PAYPAY|paypayOut)\.|^orders\.payment\.methods\.PAYPAY$/

describe.each(['ja', 'en', 'zh'])('the words of what a wallet pays, in %s', (locale) => {
  const usual = Object.fromEntries(
    ['checkout', 'orders', 'payment'].flatMap((room) => Object.entries(wordsOf(locale, room))),
  )
  const own = new Map(ownOf(locale))

  it('stand for sentences there are, and ask for no other blanks', () => {
    for (const [key, sentence] of own) {
      expect(usual[key], key).toBeDefined()
      expect(blanksOf(usual[key] ?? ''), key).toEqual(expect.arrayContaining(blanksOf(sentence)))
    }
  })

  it('never speak of PayPay, and stand for every sentence that does', () => {
    const all = Object.entries(wordsOf(locale, 'wallet'))
    expect(all.filter(([, sentence]) => sentence.includes('PayPay'))).toEqual([])
    const left = Object.entries(usual).filter(
      ([key, sentence]) => sentence.includes('PayPay') && !own.has(key) && !PAYPAY_ALONE.test(key),
    )
    expect(left).toEqual([])
  })

  it('are the same sentences in every language', () => {
    expect(Object.keys(wordsOf(locale, 'wallet')).toSorted()).toEqual(
      Object.keys(wordsOf('ja', 'wallet')).toSorted(),
    )
  })
})
