import { expect } from './test.ts'
import type { Buyer } from '../../demo/shop-client.ts'
import { shortLived } from './payments.ts'
import { part, somebodyNew, title, type Place, type Stage } from './stage.ts'

const TEA = 'sencha-yame-100g'
const TEAPOT = 'teapot-tokoname-300ml'
const LAST_ONE = 'paper-lamp-gifu-42cm'
const NO_ORDER = '00000000-0000-4000-8000-000000000000'

export type Deed = (stage: Stage, buyer: Buyer, orderId: string) => Promise<unknown>
/** A page of an order that somebody new has placed, after `deed` happened to it. */
export const ofOrder =
  (page: string, deed: Deed, [productId, quantity]: readonly [string, number] = [TEAPOT, 1]) =>
  async (stage: Stage): Promise<string> => {
    const buyer = await somebodyNew(stage)
    const { orderId } = await buyer.place(productId, quantity)
    await deed(stage, buyer, orderId)
    return `/orders/${orderId}${page}`
  }
const waiting: Deed = (_stage, buyer, orderId) => buyer.payable(orderId)
export const paid: Deed = async ({ shop }, buyer, orderId) => {
  const { merchantPaymentId } = await buyer.payable(orderId)
  await shop.simulate('pay', { merchantPaymentId })
  await buyer.until(orderId, 'paid', ({ status }) => status === 'PAID')
}
const cancelled: Deed = async (_stage, buyer, orderId) => {
  await buyer.payable(orderId)
  await buyer.call('POST', `/api/orders/${orderId}/cancel`)
  await buyer.until(orderId, 'cancelled', ({ status }) => status === 'CANCELLED')
}
const failed: Deed = async ({ shop }, buyer, orderId) => {
  const { merchantPaymentId } = await buyer.payable(orderId)
  await shop.simulate('fail', { merchantPaymentId, hook: true })
  await buyer.until(orderId, 'failed', ({ status }) => status === 'FAILED')
}
const paidTooLate: Deed = async (stage, buyer, orderId) => {
  const { merchantPaymentId } = await buyer.payable(orderId)
  await cancelled(stage, buyer, orderId)
  await stage.shop.simulate('knobs', { refundSettleMs: 0 })
  await stage.shop.simulate('pay', { merchantPaymentId, late: true })
  await buyer.until(orderId, 'refunded', ({ surplus }) => surplus?.[0]?.refund === 'COMPLETED')
  await stage.shop.simulate('knobs', { refundSettleMs: 3_000 })
}
const silent: Deed = async ({ shop }, buyer, orderId) => {
  await buyer.payable(orderId)
  await shop.simulate('outage', { on: true })
}
const lapsing: Deed = async ({ shop }, buyer, orderId) => {
  const { expiresAt } = await shortLived(buyer, orderId)
  await shop.simulate('knobs', { codeLifeMs: 300_000, codeLifeJitterMs: 2_000 })
  expect(Date.parse(expiresAt ?? '') - Date.now()).toBeLessThan(5_000)
}
const ended: Deed = (_stage, buyer, orderId) =>
  buyer.until(orderId, 'ended', ({ status }) => status === 'FAILED', 60_000)

/** An order that is not paid yet. */
export const PAYING: readonly Place[] = [
  {
    name: 'payment-preparing',
    path: async (stage) => {
      await stage.shop.simulate('outage', { on: true })
      return await ofOrder('/payment', () => Promise.resolve())(stage)
    },
    shows: (page, t) => part(page, t('payment.preparing.title')),
  },
  {
    name: 'payment-waiting',
    path: ofOrder('/payment', waiting),
    shows: (page, t) => page.getByRole('button', { name: t('payment.actions.confirm') }),
  },
  {
    name: 'payment-not-paid',
    path: ofOrder('/payment', waiting),
    reach: (page, t) => page.getByRole('button', { name: t('payment.actions.confirm') }).click(),
    shows: (page, t) => page.getByText(t('payment.asked.not-paid.title')),
  },
  {
    name: 'payment-cancelling',
    path: ofOrder('/payment', waiting),
    reach: (page, t) => page.getByRole('button', { name: t('payment.actions.cancel') }).click(),
    shows: (page, t) => page.getByRole('dialog', { name: t('payment.cancel.title') }),
  },
  {
    name: 'payment-buyer-confirming',
    path: ofOrder('/payment', async ({ shop }, buyer, orderId) => {
      const { merchantPaymentId } = await buyer.payable(orderId)
      await shop.simulate('in-flight', { merchantPaymentId })
      await buyer.call('POST', `/api/orders/${orderId}/payments/refresh`)
    }),
    shows: (page, t) => part(page, t('payment.confirming.buyer.title')),
  },
  {
    name: 'payment-unknown',
    path: ofOrder('/payment', silent),
    reach: (page, t) => page.getByRole('button', { name: t('payment.actions.confirm') }).click(),
    shows: (page, t) => part(page, t('payment.confirming.unknown.title')),
  },
  {
    name: 'payment-lapsed',
    path: async (stage) => {
      await stage.shop.simulate('knobs', { codeLifeMs: 1_000, codeLifeJitterMs: 0 })
      return await ofOrder('/payment', lapsing)(stage)
    },
    shows: (page, t) => page.getByRole('button', { name: t('payment.lapsed.renew') }),
  },
  {
    name: 'order-waiting',
    path: ofOrder('', waiting),
    shows: (page, t) => page.getByRole('link', { name: t('orders.payNow') }),
  },
  {
    name: 'receipt-not-yet',
    path: ofOrder('/receipt', waiting),
    shows: (page, t) => title(page, t('orders.receipt.later.title')),
  },
  {
    name: 'return-stranger',
    path: async ({ page }) => {
      await page.context().clearCookies()
      return `/checkout/return/${NO_ORDER}`
    },
    shows: (page, t) => title(page, t('payment.return.stranger.title')),
  },
]

/** How orders end, and where they are found again. */
export const AFTERWARDS: readonly Place[] = [
  {
    name: 'result-paid',
    path: ofOrder('/result', paid),
    shows: (page, t) => title(page, t('payment.result.paid.title')),
  },
  {
    name: 'payment-ended',
    path: ofOrder('/payment', paid),
    shows: (page, t) => part(page, t('payment.result.paid.title')),
  },
  {
    name: 'order-paid',
    path: ofOrder('', paid),
    shows: (page, t) => page.getByText(t('orders.timeline.paid')),
  },
  {
    name: 'receipt',
    path: ofOrder('/receipt', paid),
    shows: (page, t) => title(page, t('orders.receipt.title')),
  },
  {
    name: 'result-failed',
    path: ofOrder('/result', failed),
    shows: (page, t) => title(page, t('payment.result.payment-failed.title')),
  },
  {
    name: 'result-cancelled',
    path: ofOrder('/result', cancelled),
    shows: (page, t) => title(page, t('payment.result.cancelled.title')),
  },
  {
    name: 'result-shortage',
    path: ofOrder('/result', ended, [LAST_ONE, 2]),
    shows: (page, t) => title(page, t('payment.result.shortage.title')),
  },
  {
    name: 'result-refunded',
    path: ofOrder('/result', paidTooLate),
    shows: (page, t) => page.getByText(t('payment.refund.COMPLETED', { amount: '' }).slice(-12)),
  },
  {
    name: 'orders-none',
    path: async (stage) => {
      await somebodyNew(stage)
      return '/orders'
    },
    shows: (page, t) => part(page, t('orders.empty.title')),
  },
  {
    name: 'orders',
    path: async (stage) => {
      const buyer = await somebodyNew(stage)
      for (const deed of [cancelled, failed, paid, waiting]) {
        const { orderId } = await buyer.place(TEA, 2)
        await deed(stage, buyer, orderId)
      }
      return '/orders'
    },
    shows: (page, t) => page.getByRole('listitem').getByText(t('orders.status.CANCELLED')).first(),
  },
  {
    name: 'order-missing',
    path: `/orders/${NO_ORDER}`,
    shows: (page, t) => title(page, t('orders.missing.title')),
  },
]

/** For a shop in which orders are to be paid within seconds. */
export const TOO_LATE: readonly Place[] = [
  {
    name: 'result-expired',
    path: ofOrder('/result', ended),
    shows: (page, t) => title(page, t('payment.result.payment-expired.title')),
  },
]
