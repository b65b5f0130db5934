import { money, times } from '#domain/money/money.ts'
import type { PaymentMethod } from '#domain/order/events.ts'
import type { Block, Row } from '../letter.ts'
import { amountIn, filled, timeIn, type Words, type Writing } from './writing.ts'

const ORDER: Words = { ja: 'ご注文', en: 'Your order', zh: '您的订单' }
const NUMBER: Words = { ja: 'ご注文番号', en: 'Order number', zh: '订单号' }
const PLACED: Words = { ja: 'ご注文日時', en: 'Ordered', zh: '下单时间' }
const TOTAL: Words = { ja: '合計（税込）', en: 'Total, tax included', zh: '合计（含税）' }
const BY_RATE: Words = { ja: '{rate}%対象', en: 'Of this at {rate}%', zh: '其中税率 {rate}%' }
const TAX_IN_IT: Words = {
  ja: '{gross}（うち消費税 {tax}）',
  en: '{gross} (tax in it: {tax})',
  zh: '{gross}（含消费税 {tax}）',
}
const REDUCED: Words = {
  ja: '※は軽減税率（8%）の対象です。',
  en: '※ marks goods at the reduced tax rate (8%).',
  zh: '※ 为适用轻减税率（8%）的商品。',
}
const REDUCED_RATE = 8
const TO_THE_ORDER: Words = {
  ja: 'ご注文の内容を見る',
  en: 'See your order',
  zh: '查看订单',
}
const METHOD: Readonly<Record<PaymentMethod, Words>> = {
  PAYPAY: { ja: 'PayPay', en: 'PayPay', zh: 'PayPay' },
  WALLET: { ja: 'ウォレット', en: 'your wallet', zh: '钱包' },
}
const QUESTIONS: Words = {
  ja: 'ご不明な点は、{email} または {phone}（{hours}）までお問い合わせください。',
  en: 'Questions? Write to {email} or call {phone} ({hours}).',
  zh: '如有疑问，请发送邮件至 {email}，或致电 {phone}（{hours}）。',
}
const REGISTRATION: Words = {
  ja: '登録番号 {number}',
  en: 'Registration number {number}',
  zh: '登记编号 {number}',
}
const SAMPLE: Words = {
  ja: '見本の店です。実際のお支払いはありません。',
  en: 'This is a sample shop. No real money moves.',
  zh: '本店为示例店铺，不会产生真实付款。',
}

export const methodOf = ({ placed }: Writing): string => METHOD[placed.paymentMethod][placed.locale]

/** Number and time. */
export const orderNumber = ({ placed }: Writing): Block => ({
  kind: 'rows',
  rows: [
    [NUMBER[placed.locale], placed.orderId],
    [PLACED[placed.locale], timeIn(placed.locale, placed.placedAtMs)],
  ],
})

/** What was ordered, and the total with the tax in it per rate, as a qualified invoice says it. */
export const whatWasOrdered = ({ placed }: Writing): Block[] => {
  const { locale, lines, taxes, total } = placed
  const isReduced = (rate: number): boolean => rate === REDUCED_RATE
  const items = lines.map(({ title, quantity, unitPrice, taxRatePercent }): Row => {
    const mark = isReduced(taxRatePercent) ? ' ※' : ''
    return [`${title}${mark} × ${quantity}`, amountIn(locale, times(unitPrice, quantity))]
  })
  const byRate = taxes.map(({ ratePercent, grossMinor, taxMinor }): Row => {
    const gross = amountIn(locale, money(grossMinor, total.currency))
    const tax = amountIn(locale, money(taxMinor, total.currency))
    return [filled(BY_RATE[locale], { rate: String(ratePercent) }), filled(TAX_IN_IT[locale], { gross, tax })]
  })
  return [
    {
      kind: 'rows',
      heading: ORDER[locale],
      rows: [...items, [TOTAL[locale], amountIn(locale, total)], ...byRate],
    },
    ...(taxes.some(({ ratePercent }) => isReduced(ratePercent))
      ? [{ kind: 'text' as const, text: REDUCED[locale] }]
      : []),
  ]
}

/** The way to the order's page, and who sells. */
export const closing = ({ placed, shop, publicUrl, simulatedPayments }: Writing): Block[] => {
  const { locale, orderId } = placed
  const { seller } = shop
  const values = { email: seller.email, phone: seller.phone, hours: seller.phoneHours[locale] }
  return [
    {
      kind: 'link',
      label: TO_THE_ORDER[locale],
      url: `${publicUrl}${locale === 'ja' ? '' : `/${locale}`}/orders/${orderId}`,
    },
    {
      kind: 'small',
      lines: [
        filled(QUESTIONS[locale], values),
        shop.name[locale],
        seller.name[locale],
        `〒${seller.postalCode} ${seller.address[locale]}`,
        filled(REGISTRATION[locale], { number: seller.registrationNumber }),
        ...(simulatedPayments ? [SAMPLE[locale]] : []),
      ],
    },
  ]
}
