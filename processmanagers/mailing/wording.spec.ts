import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { FailureReason, Locale } from '#domain/order/events.ts'
import { orderId, placed as placedEvent, PLACED_AT_MS } from '#domain/order/samples.ts'
import { shopProfile } from '#seed/shop-profile.ts'
import { written } from './letter.ts'
import type { Placed, Tidings } from './owed.ts'
import { wording } from './wording.ts'

if (placedEvent.type !== 'OrderPlaced') throw new Error('The sample is no OrderPlaced')
const sample: Placed = placedEvent.data
const shop = await shopProfile()
const say = wording({ shop, publicUrl: 'https://shop.example', simulatedPayments: true })
const letter = (tidings: Tidings, changes: Partial<Placed> = {}) => {
  const placed = { ...sample, ...changes }
  return written(say(placed, { tidings }), placed.locale)
}

const PAID = {
  merchantPaymentId: merchantPaymentIdOf(orderId, 1),
  paymentId: '04137808670405270001',
  amount: money(18_760, 'JPY'),
  succeededAtMs: PLACED_AT_MS + 60_000,
  atMs: PLACED_AT_MS + 61_000,
}
const refund = { amount: money(760, 'JPY'), refundedInTotal: money(1_760, 'JPY'), atMs: PLACED_AT_MS }
const surplus = (kind: 'LATE' | 'DOUBLE' | 'MISMATCHED'): Tidings => ({
  kind: 'surplus-refunded',
  surplus: { ...PAID, kind, refundId: 'r1' },
})
const EVERYTHING: readonly Tidings[] = [
  { kind: 'received' },
  { kind: 'paid', paid: PAID },
  ...FailureReason.options.map((reason): Tidings => ({
    kind: 'failed',
    failed: { reason, atMs: PLACED_AT_MS },
  })),
  { kind: 'cancelled', cancelled: { by: 'customer', atMs: PLACED_AT_MS } },
  { kind: 'cancelled', cancelled: { by: 'staff', atMs: PLACED_AT_MS } },
  { kind: 'partly-refunded', refund },
  { kind: 'refunded', refund },
  surplus('LATE'),
  surplus('DOUBLE'),
  surplus('MISMATCHED'),
]

/** Letters that only the language uses, and its word for the order number. */
const SIGNS = { ja: /[ぁ-ん]/, en: /^[\x20-\x7e\n¥〒×–※’■]*$/, zh: /订单/ } as const

describe.each(Locale.options)('every letter in %s', (locale) => {
  it.each(EVERYTHING.map((tidings) => [JSON.stringify(tidings).slice(0, 60), tidings] as const))(
    'is whole and in its language: %s',
    (_name, tidings) => {
      const { subject, text, html } = letter(tidings, {
        locale,
        lines: sample.lines.map((line) => ({ ...line, title: 'TITLE' })),
      })
      expect(subject).toContain(orderId)
      for (const part of [subject, text, html])
        expect(part).not.toMatch(/undefined|NaN|\[object|\{\w+\}|null/)
      expect(text).toContain(orderId)
      expect(text).toContain(`https://shop.example${locale === 'ja' ? '' : `/${locale}`}/orders/${orderId}`)
      expect(text).toContain(shop.seller.registrationNumber)
      expect(html).toContain(`<html lang="${locale}">`)
      if (locale === 'en') expect(`${subject}\n${text}`).toMatch(SIGNS.en)
      else for (const part of [subject, text]) expect(part).toMatch(SIGNS[locale])
      if (locale === 'zh') expect(`${subject}${text}`).not.toMatch(SIGNS.ja)
      // Nothing is loaded, run or followed, and what text says HTML says too.
      expect(html).not.toMatch(/<(?:img|script|link|iframe|object|form|style)|src=|url\(|@import/i)
      const figures = (from: string): string[] => from.match(/¥[\d,]+/g) ?? []
      expect(figures(html)).toEqual(figures(text))
    },
  )

  it.each(EVERYTHING.filter(({ kind }) => kind === 'failed' || kind === 'cancelled'))(
    'of an end without payment says what was charged: $kind',
    (tidings) => {
      const said = {
        ja: /料金はかかっていません|残高は減っていません/,
        en: /[Nn]othing was charged|balance is as it was/,
        zh: /没有产生任何费用|余额没有变化/,
      }
      expect(letter(tidings, { locale }).text).toMatch(said[locale])
      expect(said[locale].test(letter({ kind: 'paid', paid: PAID }, { locale }).text)).toBe(false)
    },
  )
})

describe('a receipt', () => {
  it('names goods, total, tax per rate, seller, registration number, method and time in Japan', () => {
    const { text } = letter({ kind: 'paid', paid: PAID }, { locale: 'ja' })
    for (const fact of [
      '新米 5kg ※ × 2: ¥5,960',
      '鉄瓶 × 1: ¥12,800',
      '合計（税込）: ¥18,760',
      '8%対象: ¥5,960（うち消費税 ¥441）',
      '10%対象: ¥12,800（うち消費税 ¥1,163）',
      `登録番号 ${shop.seller.registrationNumber}`,
      shop.seller.name.ja,
      'お支払い方法: PayPay',
      `お支払い日時: ${new Date(PAID.succeededAtMs + 9 * 3_600_000).getUTCFullYear()}年`,
    ])
      expect(text).toContain(fact)
    const japan = new Date(PAID.succeededAtMs + 9 * 3_600_000)
    const clock = `${japan.getUTCHours()}:${String(japan.getUTCMinutes()).padStart(2, '0')}`
    expect(text).toContain(clock)
  })

  it('has no mark of the reduced rate where nothing has it', () => {
    const [, kettle] = sample.lines
    if (kettle === undefined) throw new Error('The sample has two lines')
    const { text } = letter(
      { kind: 'paid', paid: PAID },
      { lines: [kettle], taxes: [{ ratePercent: 10, grossMinor: 12_800, taxMinor: 1_163 }] },
    )
    expect(text).not.toContain('※')
  })

  it('says wallet where the wallet paid', () => {
    const { text } = letter({ kind: 'paid', paid: PAID }, { locale: 'en', paymentMethod: 'WALLET' })
    expect(text).toContain('Paid with: your wallet')
    expect(text).not.toContain('PayPay')
  })

  it('writes an amount of a currency with cents as such', () => {
    const dollars = money(150_099, 'USD')
    const { text } = letter({ kind: 'paid', paid: { ...PAID, amount: dollars } }, { locale: 'en' })
    expect(text).toContain('$1,500.99')
  })
})

describe('what comes from outside', () => {
  const evil = `<img src=x onerror=alert(1)>" & '</td><script>alert(2)</script>`
  it('is text and nothing else', () => {
    const line = {
      productId: ProductId.parse('x'),
      title: evil,
      quantity: 1,
      unitPrice: money(1, 'JPY'),
      taxRatePercent: 10,
    }
    const { html, text } = letter({ kind: 'received' }, { lines: [line] })
    expect(html).not.toMatch(/<img|<script|<\/td><s/i)
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;&quot; &amp; &#39;&lt;/td&gt;')
    expect(text).toContain(evil)
  })

  it('cannot break the subject into headers', () => {
    const { subject } = written({ subject: 'a\r\nBcc: b@example.com', title: '', blocks: [] }, 'en')
    expect(subject).toBe('a Bcc: b@example.com')
  })

  it('is not taken for the name of a value', () => {
    const line = {
      productId: ProductId.parse('x'),
      title: '{amount}$&',
      quantity: 1,
      unitPrice: money(1, 'JPY'),
      taxRatePercent: 10,
    }
    expect(letter({ kind: 'received' }, { lines: [line] }).text).toContain('{amount}$& × 1')
  })
})
