import type { Money } from '#domain/money/money.ts'
import type { Row } from '../letter.ts'
import { closing, methodOf, orderNumber } from './order-parts.ts'
import { amountIn, filled, timeIn, type LetterOf, type Words, type Writing } from './writing.ts'

const SUBJECT: Words = {
  ja: '返金しました（ご注文番号 {number}）',
  en: 'Money is back for your order {number}',
  zh: '退款已完成（订单号 {number}）',
}
const TITLE: Words = { ja: '返金のお知らせ', en: 'Your refund', zh: '退款通知' }
const IN_FULL: Words = {
  ja: '{method}へ{amount}を返金しました。これでご注文の全額をお返ししたことになります。',
  en: 'We have given {amount} back to {method}. With it all you paid for this order is back.',
  zh: '我们已向 {method} 退还 {amount}。至此，该订单的全部款项均已退还。',
}
const IN_PART: Words = {
  ja: '{method}へ{amount}を返金しました。ご注文の残りはそのまま有効です。',
  en: 'We have given {amount} back to {method}. The rest of your order stands.',
  zh: '我们已向 {method} 退还 {amount}。订单的其余部分保持不变。',
}
const SURPLUS: Readonly<Record<'LATE' | 'DOUBLE' | 'MISMATCHED', Words>> = {
  LATE: {
    ja: 'ご注文の終了後にお支払いがありました。全額の{amount}を{method}へ返金しました。',
    en: 'You paid after the order had closed. The full {amount} is back with {method}.',
    zh: '您在订单关闭之后付款。全额 {amount} 已退还至 {method}。',
  },
  DOUBLE: {
    ja: 'このご注文には二重のお支払いがありました。余分の{amount}を{method}へ返金しました。',
    en: 'This order was paid twice. The second payment of {amount} is back with {method}.',
    zh: '该订单被重复付款。多付的 {amount} 已退还至 {method}。',
  },
  MISMATCHED: {
    ja: 'ご注文と異なる金額のお支払いがありました。{amount}を{method}へ返金しました。',
    en: 'A payment came that was not of the order’s amount. The {amount} is back with {method}.',
    zh: '我们收到一笔与订单金额不符的付款。{amount} 已退还至 {method}。',
  },
}
const AMOUNT: Words = { ja: '今回の返金額', en: 'This refund', zh: '本次退款' }
const SO_FAR: Words = { ja: '返金の合計', en: 'Given back in total', zh: '退款合计' }
const ORDERED: Words = { ja: 'ご注文の合計', en: 'Order total', zh: '订单合计' }
const TIME: Words = { ja: '返金日時', en: 'Given back on', zh: '退款时间' }
const SHOWN: Words = {
  ja: '{method}の画面に反映されるまで、少し時間がかかることがあります。',
  en: 'It may take a little while until {method} shows it.',
  zh: '{method} 显示退款可能需要一些时间。',
}

export const refunded: LetterOf<'refunded' | 'partly-refunded'> = (writing, { kind, refund }) => {
  const { locale } = writing.placed
  return telling(writing, kind === 'refunded' ? IN_FULL : IN_PART, refund, [
    [SO_FAR[locale], amountIn(locale, refund.refundedInTotal)],
    [ORDERED[locale], amountIn(locale, writing.placed.total)],
  ])
}

export const surplusRefunded: LetterOf<'surplus-refunded'> = (writing, { surplus }) =>
  telling(writing, SURPLUS[surplus.kind], surplus, [])

const telling = (
  writing: Writing,
  words: Words,
  refund: { readonly amount: Money; readonly atMs: number },
  more: readonly Row[],
) => {
  const { locale, orderId } = writing.placed
  const amount = amountIn(locale, refund.amount)
  const method = methodOf(writing)
  return {
    subject: filled(SUBJECT[locale], { number: orderId }),
    title: TITLE[locale],
    blocks: [
      { kind: 'text' as const, text: filled(words[locale], { amount, method }) },
      {
        kind: 'rows' as const,
        rows: [
          [AMOUNT[locale], amount],
          ...more,
          [TIME[locale], timeIn(locale, refund.atMs)],
        ] satisfies Row[],
      },
      { kind: 'text' as const, text: filled(SHOWN[locale], { method }) },
      orderNumber(writing),
      ...closing(writing),
    ],
  }
}
