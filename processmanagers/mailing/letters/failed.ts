import type { FailureReason } from '#domain/order/events.ts'
import { closing, orderNumber, whatWasOrdered } from './order-parts.ts'
import { filled, type LetterOf, type Words } from './writing.ts'

const SUBJECT: Words = {
  ja: 'ご注文は成立しませんでした（ご注文番号 {number}）',
  en: 'Your order {number} did not go through',
  zh: '订单未能成立（订单号 {number}）',
}
const TITLE: Words = {
  ja: 'ご注文は成立しませんでした',
  en: 'Your order did not go through',
  zh: '订单未能成立',
}
const AGAIN: Words = {
  ja: 'ご注文の画面から、同じ内容でもう一度ご注文いただけます。',
  en: 'You can order the same again from the order’s page.',
  zh: '您可以在订单页面以相同内容再次下单。',
}

/** Why, and what was and was not charged. */
const WHY: Readonly<Record<FailureReason, Words>> = {
  PAYMENT_FAILED: {
    ja: 'PayPayでのお支払いが完了しなかったため、ご注文を終了しました。料金はかかっていません。',
    en: 'The payment with PayPay was not completed, so we closed the order. Nothing was charged.',
    zh: 'PayPay 付款未能完成，订单已关闭。没有产生任何费用。',
  },
  PAYMENT_EXPIRED: {
    ja: 'お支払いの期限が過ぎたため、ご注文を終了しました。料金はかかっていません。行き違いでお支払いになった場合は、全額を自動で返金します。',
    en: 'The time to pay ran out, so we closed the order. Nothing was charged. Should your payment have crossed with this, all of it goes back to you by itself.',
    zh: '付款时限已过，订单已关闭。没有产生任何费用。如果您恰好在此期间付款，全额将自动退还。',
  },
  INVENTORY_SHORTAGE: {
    ja: '申し訳ありません。ほかのご注文と重なり、在庫が足りなくなりました。お支払いはお願いしておらず、料金はかかっていません。',
    en: 'We are sorry: others were faster and there is not enough left. You were not asked to pay, and nothing was charged.',
    zh: '非常抱歉，商品已被其他订单抢先，库存不足。我们没有请您付款，也没有产生任何费用。',
  },
  INSUFFICIENT_FUNDS: {
    ja: 'ウォレットの残高が足りなかったため、ご注文を終了しました。残高は減っていません。',
    en: 'There was not enough in your wallet, so we closed the order. Its balance is as it was.',
    zh: '钱包余额不足，订单已关闭。您的余额没有变化。',
  },
  PROVIDER_ERROR: {
    ja: 'PayPayの都合でお支払いを受け付けられなかったため、ご注文を終了しました。料金はかかっていません。万一お支払いが記録された場合は、全額を自動で返金します。',
    en: 'PayPay could not take your payment, so we closed the order. Nothing was charged. Should a payment turn up all the same, all of it goes back to you by itself.',
    zh: 'PayPay 暂时无法受理付款，订单已关闭。没有产生任何费用。万一出现付款记录，全额将自动退还。',
  },
}

export const failed: LetterOf<'failed'> = (writing, { failed }) => {
  const { locale, orderId } = writing.placed
  return {
    subject: filled(SUBJECT[locale], { number: orderId }),
    title: TITLE[locale],
    blocks: [
      { kind: 'text', text: WHY[failed.reason][locale] },
      { kind: 'text', text: AGAIN[locale] },
      orderNumber(writing),
      ...whatWasOrdered(writing),
      ...closing(writing),
    ],
  }
}

const CANCELLED_SUBJECT: Words = {
  ja: 'ご注文をキャンセルしました（ご注文番号 {number}）',
  en: 'Your order {number} is cancelled',
  zh: '订单已取消（订单号 {number}）',
}
const CANCELLED_TITLE: Words = {
  ja: 'ご注文をキャンセルしました',
  en: 'Your order is cancelled',
  zh: '订单已取消',
}
const BY: Readonly<Record<'customer' | 'staff', Words>> = {
  customer: {
    ja: 'ご依頼のとおりキャンセルしました。料金はかかっていません。行き違いでお支払いになった場合は、全額を自動で返金します。',
    en: 'As you asked. Nothing was charged. Should your payment have crossed with this, all of it goes back to you by itself.',
    zh: '已按您的要求取消。没有产生任何费用。如果您恰好在此期间付款，全额将自动退还。',
  },
  staff: {
    ja: 'お店でこのご注文をキャンセルしました。料金はかかっていません。行き違いでお支払いになった場合は、全額を自動で返金します。',
    en: 'We cancelled this order for you. Nothing was charged. Should your payment have crossed with this, all of it goes back to you by itself.',
    zh: '本店已为您取消该订单。没有产生任何费用。如果您恰好在此期间付款，全额将自动退还。',
  },
}

export const cancelled: LetterOf<'cancelled'> = (writing, { cancelled }) => {
  const { locale, orderId } = writing.placed
  return {
    subject: filled(CANCELLED_SUBJECT[locale], { number: orderId }),
    title: CANCELLED_TITLE[locale],
    blocks: [
      { kind: 'text', text: BY[cancelled.by][locale] },
      orderNumber(writing),
      ...whatWasOrdered(writing),
      ...closing(writing),
    ],
  }
}
