import { closing, methodOf, orderNumber, whatWasOrdered } from './order-parts.ts'
import { filled, timeIn, type LetterOf, type Words } from './writing.ts'

const SUBJECT: Words = {
  ja: 'ご注文を受け付けました（ご注文番号 {number}）',
  en: 'We have received your order {number}',
  zh: '我们已收到您的订单（订单号 {number}）',
}
const TITLE: Words = {
  ja: 'ご注文ありがとうございます',
  en: 'Thank you for your order',
  zh: '感谢您的订购',
}
const TAKEN: Words = {
  ja: '次の内容でご注文を承りました。',
  en: 'This is what we have on our books.',
  zh: '我们已收到以下订单。',
}
const TO_PAY: Words = {
  ja: 'お支払いはまだ済んでいません。すでにお支払いの場合は、確認でき次第あらためてお知らせします。お支払いの期限は{until}です。期限までにお支払いがなければご注文は自動的に取り消され、料金はかかりません。',
  en: 'It is not paid yet, as far as we know; once it is, we write again. Please pay with {method} by {until}. After that the order is closed by itself and nothing is charged.',
  zh: '目前尚未确认付款；确认后我们会再次通知您。请在 {until} 之前使用 {method} 付款，逾期订单将自动关闭，不会产生任何费用。',
}
const FROM_WALLET: Words = {
  ja: 'お支払いはウォレットの残高から行います。結果はあらためてお知らせします。',
  en: 'It is paid from your wallet. We write again with the outcome.',
  zh: '款项将从您的钱包余额中支付，结果会另行通知您。',
}

export const received: LetterOf<'received'> = (writing) => {
  const { locale, orderId, paymentMethod, paymentWindowEndsAtMs } = writing.placed
  const text =
    paymentMethod === 'WALLET'
      ? FROM_WALLET[locale]
      : filled(TO_PAY[locale], {
          method: methodOf(writing),
          until: timeIn(locale, paymentWindowEndsAtMs),
        })
  return {
    subject: filled(SUBJECT[locale], { number: orderId }),
    title: TITLE[locale],
    blocks: [
      { kind: 'text', text: TAKEN[locale] },
      orderNumber(writing),
      ...whatWasOrdered(writing),
      { kind: 'text', text },
      ...closing(writing),
    ],
  }
}
