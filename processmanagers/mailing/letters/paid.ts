import { closing, methodOf, orderNumber, whatWasOrdered } from './order-parts.ts'
import { amountIn, filled, timeIn, type LetterOf, type Words } from './writing.ts'

const SUBJECT: Words = {
  ja: 'お支払いを確認しました・領収書（ご注文番号 {number}）',
  en: 'Your order {number} is paid: your receipt',
  zh: '付款已确认及收据（订单号 {number}）',
}
const TITLE: Words = { ja: '領収書', en: 'Receipt', zh: '收据' }
const THANKS: Words = {
  ja: 'お支払いを確認し、ご注文が確定しました。商品代金として{amount}を領収いたしました。',
  en: 'Your payment has arrived and your order is final. We received {amount} for the goods below.',
  zh: '我们已确认您的付款，订单正式成立。现收到以下商品价款 {amount}。',
}
const PAYMENT: Words = { ja: 'お支払い', en: 'Payment', zh: '付款' }
const METHOD: Words = { ja: 'お支払い方法', en: 'Paid with', zh: '付款方式' }
const TIME: Words = { ja: 'お支払い日時', en: 'Paid on', zh: '付款时间' }
const AMOUNT: Words = { ja: '領収金額', en: 'Amount', zh: '金额' }

/** A receipt that is a simplified qualified invoice (適格簡易請求書) too: issuer, number, date, goods, totals and tax per rate. */
export const paid: LetterOf<'paid'> = (writing, { paid }) => {
  const { locale, orderId } = writing.placed
  const amount = amountIn(locale, paid.amount)
  return {
    subject: filled(SUBJECT[locale], { number: orderId }),
    title: TITLE[locale],
    blocks: [
      { kind: 'text', text: filled(THANKS[locale], { amount }) },
      orderNumber(writing),
      ...whatWasOrdered(writing),
      {
        kind: 'rows',
        heading: PAYMENT[locale],
        rows: [
          [AMOUNT[locale], amount],
          [METHOD[locale], methodOf(writing)],
          [TIME[locale], timeIn(locale, paid.succeededAtMs)],
        ],
      },
      ...closing(writing),
    ],
  }
}
