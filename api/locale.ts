import type { FastifyRequest } from 'fastify'
import type { LocalizedText } from '#domain/catalogue/events.ts'
import { Locale } from '#domain/order/events.ts'

const FALLBACK: Locale = 'ja'

/** The first language the browser asks for that the shop speaks. */
export const localeOf = ({ headers }: FastifyRequest): Locale => {
  const wanted = (headers['accept-language'] ?? '').slice(0, 256).split(',')
  for (const range of wanted) {
    const locale = Locale.safeParse(range.trim().slice(0, 2).toLowerCase())
    if (locale.success) return locale.data
  }
  return FALLBACK
}

/** Japanese is always there. */
export const textIn = (text: LocalizedText, locale: Locale): string => text[locale] ?? text.ja
