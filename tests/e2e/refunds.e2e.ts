import type { Locator, Page } from '@playwright/test'
import { z } from 'zod'
import type { Buyer } from '../../demo/shop-client.ts'
import { NOTEBOOK } from './payments.ts'
import { refundBy, settleRefund, STAFF_NOTE, staffOf } from './refunds.ts'
import type { RunningShop } from './running-shop.ts'
import { DESK, expect, open, PHONE, test } from './test.ts'
import { at, words } from './words.ts'

/** As PayPay does it, in seconds rather than on command. */
test.afterEach(({ shop }) => shop.simulate('knobs', { refundSettleMs: 3_000 }))

const PART_MINOR = 100
/** In no other test, so that nobody else puts units of it back on sale meanwhile. */
const COUNTED = 'sea-salt-goto-200g'
const FOLLOWED_WITHIN_MS = 60_000
const Product = z.object({ available: z.number() })

const bought = async (shop: RunningShop, buyer: Buyer, productId = NOTEBOOK, quantity = 1) => {
  const { orderId, amount } = await buyer.place(productId, quantity)
  const { merchantPaymentId } = await buyer.payable(orderId)
  await shop.simulate('pay', { merchantPaymentId })
  await buyer.until(orderId, 'paid', ({ status }) => status === 'PAID')
  return { orderId, totalMinor: amount.amountMinor }
}
const available = async (buyer: Buyer): Promise<number> =>
  Product.parse((await buyer.call('GET', `/api/products/${COUNTED}`)).body).available

const expectNoStaffTalk = async (page: Page): Promise<void> => {
  const html = await page.content()
  expect(html).not.toContain(STAFF_NOTE)
  expect(html).not.toContain('staff:')
}

for (const [device, viewport] of [
  ['a desk', DESK],
  ['a phone', PHONE],
] as const)
  for (const locale of ['ja', 'en'] as const)
    test.describe(`on ${device} in ${locale}`, () => {
      test.use({ viewport })
      const t = words(locale)
      const yen = (amountMinor: number): string =>
        new Intl.NumberFormat(locale, { style: 'currency', currency: 'JPY', currencyDisplay: 'narrowSymbol' })
          .format(amountMinor)
          .replace('￥', '¥')
      const path = (orderId: string, rest = '') => at(locale, `/orders/${orderId}${rest}`)
      const refundsOn = (page: Page): Locator => page.getByRole('region', { name: t('orders.refunds.title') })
      const headOf = (page: Page): Locator => page.locator('.order__state')

      test('part of the money is shown on its way back, then as back', async ({ page, shop, visitor }) => {
        const buyer = await visitor()
        const { orderId, totalMinor } = await bought(shop, buyer)
        await open(page, path(orderId))
        await expect(headOf(page)).toHaveText(t('orders.status.PAID'))
        await expect(refundsOn(page)).toHaveCount(0)

        await shop.simulate('knobs', { refundSettleMs: null })
        await refundBy(await staffOf(shop), orderId, { amountMinor: PART_MINOR })
        await open(page, path(orderId))
        const money = { amount: yen(PART_MINOR) }
        await expect(refundsOn(page)).toContainText(t('orders.refunds.REQUESTED.text', money))
        await expect(headOf(page)).toContainText(t('orders.refund.underWay'))
        await expect(page.getByText(t('orders.timeline.refund.requested'))).toBeVisible()
        await expectNoStaffTalk(page)

        // Nobody reloads: the page follows the refund until it has arrived.
        await settleRefund(shop, buyer, orderId)
        await expect(refundsOn(page)).toContainText(t('orders.refunds.COMPLETED.text', money), {
          timeout: FOLLOWED_WITHIN_MS,
        })
        await expect(refundsOn(page)).toContainText(
          t('orders.refunds.ofTotal', { refunded: yen(PART_MINOR), total: yen(totalMinor) }),
        )
        await expect(headOf(page)).toContainText(t('orders.status.PAID'))
        await expect(headOf(page)).toContainText(t('orders.refund.partly'))
        await expect(page.getByText(t('orders.timeline.refund.partly'))).toBeVisible()
        await open(page, path(orderId, '/receipt'))
        await expect(page.getByRole('article')).toContainText(t('orders.receipt.refunded', money))
        await expectNoStaffTalk(page)
      })

      test('an order whose whole total went back is refunded, and its goods are on sale again', async ({
        page,
        shop,
        visitor,
      }) => {
        const buyer = await visitor()
        await shop.simulate('knobs', { refundSettleMs: 0 })
        const before = await available(buyer)
        const { orderId, totalMinor } = await bought(shop, buyer, COUNTED, 2)
        await refundBy(await staffOf(shop), orderId, { returning: 'all' })
        await buyer.until(orderId, 'refunded', ({ status }) => status === 'REFUNDED', FOLLOWED_WITHIN_MS)
        await expect.poll(() => available(buyer)).toBe(before)

        await open(page, path(orderId))
        await expect(headOf(page)).toHaveText(t('orders.status.REFUNDED'))
        await expect(page.getByText(t('orders.timeline.refund.full'))).toBeVisible()
        await expect(refundsOn(page)).toContainText(
          t('orders.refunds.COMPLETED.text', { amount: yen(totalMinor) }),
        )
        await expect(page.getByText(t('payment.result.refunded.why')), 'said once').toHaveCount(0)
        await expect(page.getByRole('button', { name: t('orders.again') })).toBeVisible()
        await expectNoStaffTalk(page)
        await page.getByRole('link', { name: t('orders.receipt.show') }).click()
        await expect(page.getByRole('article')).toContainText(
          t('orders.receipt.refunded', { amount: yen(totalMinor) }),
        )

        await open(page, path(orderId, '/result'))
        await expect(
          page.getByRole('heading', { level: 1, name: t('payment.result.refunded.title') }),
        ).toBeVisible()
        await open(page, at(locale, '/orders?status=REFUNDED'))
        const listed = page.getByRole('main').getByRole('article')
        await expect(listed).toHaveCount(1)
        await expect(listed).toContainText(t('orders.status.REFUNDED'))
      })

      test('a refund that PayPay does not accept is not hidden', async ({ page, shop, visitor }) => {
        const buyer = await visitor()
        const { orderId, totalMinor } = await bought(shop, buyer)
        await shop.simulate('faults', {
          method: 'POST',
          path: '/v2/refunds',
          kind: 'refuse',
          code: 'REFUND_LIMIT_EXCEEDED',
          // A surplus payment of another order may be on its way back in this moment and meet the fault first.
          times: 100,
        })
        await refundBy(await staffOf(shop), orderId, {})
        await buyer.until(
          orderId,
          'rejected',
          ({ refunds }) => refunds?.[0]?.status === 'REJECTED',
          FOLLOWED_WITHIN_MS,
        )
        await shop.simulate('faults/clear')
        await open(page, path(orderId))
        await expect(refundsOn(page)).toContainText(
          t('orders.refunds.REJECTED.text', { amount: yen(totalMinor) }),
        )
        await expect(headOf(page)).toHaveText(t('orders.status.PAID'))
        await expectNoStaffTalk(page)
      })
    })
