import { z } from 'zod'
import { MerchantPaymentId, OrderId } from '#domain/ids.ts'
import type { Locale } from '#domain/order/events.ts'
import type { OrderSummary } from '#projections/order-summary/document.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { localeOf } from '../locale.ts'
import type { OrderReader } from '../orders/order-reader.ts'

export interface ReturnPageOptions {
  readonly deps: Pick<ApiDependencies, 'confirmations' | 'logger'>
  readonly reader: OrderReader
}

type Told = 'confirming' | 'paid' | 'failed' | 'cancelled'

/** What happened, and what it means for the buyer's money. */
const WORDS: Record<Locale, Record<Told, readonly [title: string, text: string]>> = {
  ja: {
    confirming: [
      'お支払いを確認しています',
      'PayPayからの返事を待っています。もう一度お支払いいただく必要はありません。この画面は閉じても大丈夫です。',
    ],
    paid: ['お支払いが完了しました', 'ご注文を承りました。ありがとうございます。'],
    failed: [
      'お支払いは完了しませんでした',
      '代金はいただいていません。もし引き落とされた場合は、自動で全額お返しします。',
    ],
    cancelled: [
      'ご注文は取り消されました',
      '代金はいただいていません。もし引き落とされた場合は、自動で全額お返しします。',
    ],
  },
  en: {
    confirming: [
      'Your payment is being confirmed',
      'We are waiting for PayPay’s answer. You do not need to pay again, and you may close this page.',
    ],
    paid: ['Paid', 'Thank you. Your order is confirmed.'],
    failed: [
      'The payment did not go through',
      'You were not charged. If money did leave your account, all of it goes back by itself.',
    ],
    cancelled: [
      'The order was cancelled',
      'You were not charged. If money did leave your account, all of it goes back by itself.',
    ],
  },
  zh: {
    confirming: ['正在确认您的付款', '我们正在等待 PayPay 的答复。您无需再次付款，可以关闭此页面。'],
    paid: ['付款完成', '感谢您的订购，订单已确认。'],
    failed: ['付款未完成', '没有向您收款。如果已经扣款，全额会自动退回。'],
    cancelled: ['订单已取消', '没有向您收款。如果已经扣款，全额会自动退回。'],
  },
}

/** The page asks for itself again while there is nothing final to say. */
const AGAIN_SECONDS = 2

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * Where PayPay sends the browser afterwards. Coming back proves nothing, so the page asks the provider, where the
 * order is the visitor's own, and tells what the books say. To anybody else it tells nothing about the order.
 */
export const returnPage = (
  app: ApiScope,
  { deps: { confirmations, logger }, reader }: ReturnPageOptions,
): void => {
  app.get(
    '/checkout/return/:id',
    { schema: { hide: true, params: z.object({ id: z.string().max(64) }) } },
    async (request, reply) => {
      const { customer } = request.session
      const orderId = OrderId.safeParse(request.params.id)
      const found = customer === undefined || !orderId.success ? undefined : await reader.peek(orderId.data)
      const order = found?.order.customerId === customer?.customerId ? found?.order : undefined
      const told = tell(order)
      if (told === 'confirming' && order?.payment !== undefined)
        confirmations
          .ask(MerchantPaymentId.parse(order.payment.merchantPaymentId), 'return')
          .catch((error: unknown) => {
            logger.warn({ error: String(error) }, 'Asking for a returning buyer failed')
          })
      return reply
        .header('content-security-policy', POLICY)
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(page(localeOf(request), told, told === 'confirming' && order !== undefined))
    },
  )
}

const tell = (order: OrderSummary | undefined): Told => {
  switch (order?.status) {
    case 'PAID':
      return 'paid'
    case 'FAILED':
      return 'failed'
    case 'CANCELLED':
      return 'cancelled'
    default:
      return 'confirming'
  }
}

const page = (locale: Locale, told: Told, again: boolean): string => {
  const [title, text] = WORDS[locale][told]
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">${again ? `<meta http-equiv="refresh" content="${AGAIN_SECONDS}">` : ''}<title>${title}</title>
<style>:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;background:#fbf9f4;color:#1e2329;
font:16px/1.6 "Hiragino Sans","Noto Sans JP","Noto Sans CJK JP",system-ui,sans-serif}main{max-width:32rem;padding:1.5rem}h1{font-size:1.375rem}
@media(prefers-color-scheme:dark){body{background:#14171c;color:#eceae4}}</style></head>
<body><main role="status"><h1>${title}</h1><p>${text}</p></main></body></html>`
}
