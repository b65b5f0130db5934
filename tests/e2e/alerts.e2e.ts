import type { Page } from '@playwright/test'
import { obstacles } from './obstacles.ts'
import { takePicture } from './picture.ts'
import type { RunningShop } from './running-shop.ts'
import { part, title, walk, type Place } from './stage.ts'
import { enterAs } from './staff.ts'
import { DESK, expect, open, PHONE, test } from './test.ts'
import { signIn } from '../../demo/shop-client.ts'
import { LOCALES, words } from './words.ts'

const TEA = 'sencha-yame-100g'
const t = words('ja')

test.use({ shopSettings: { ALERT_CHECK_EVERY_MS: '200', ALERT_UNFUNDED_ORDER_AFTER_MS: '1000' } })

/** An order to be paid; after `disagree` it says that it is and is not: rule B tells of it a moment later. */
const payable = async (shop: RunningShop) => {
  const buyer = await signIn(shop.url, `${crypto.randomUUID()}@example.com`)
  const { orderId, amount } = await buyer.place(TEA)
  await buyer.payable(orderId)
  return { orderId, disagree: () => shop.payUnseen(orderId, amount.amountMinor) }
}
const disagreeing = async (shop: RunningShop): Promise<string> => {
  const { orderId, disagree } = await payable(shop)
  await disagree()
  return orderId
}
const rows = (page: Page) => page.getByRole('main').getByRole('article')

test('an alert arrives on an open page, is taken up, noted on and resolved, by keyboard alone', async ({
  page,
  shop,
  context,
}) => {
  await enterAs('operator', context, shop)
  // Other tests of this shop have alerts of their own.
  const { orderId, disagree } = await payable(shop)
  await open(page, `/admin/alerts?orderId=${orderId}`)
  await expect(part(page, t('admin.alerts.noneSuch'))).toBeVisible()
  await disagree()
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page)).toContainText(orderId)

  await rows(page).getByRole('link').focus()
  await page.keyboard.press('Enter')
  await expect(title(page, t('admin.alerts.rule.B'))).toBeVisible()
  await expect(page.getByText(t('admin.alerts.action.hold-shipment-and-ask-provider'))).toBeVisible()
  await expect(page.getByRole('link', { name: orderId })).toHaveAttribute('href', `/orders/${orderId}`)
  await page.getByRole('button', { name: t('admin.alerts.acknowledge') }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText(t('admin.alerts.done.acknowledge'))).toBeVisible()
  await expect(page.getByRole('button', { name: t('admin.alerts.acknowledge') })).toHaveCount(0)

  await page.getByRole('button', { name: t('admin.alerts.note.save') }).click()
  await expect(page.getByText(t('admin.alerts.note.missing'))).toBeVisible()
  await page.keyboard.type('PayPay に確認中')
  await page.getByRole('button', { name: t('admin.alerts.note.save') }).press('Enter')
  await expect(page.getByText(t('admin.alerts.done.note'))).toBeVisible()
  await expect(page.locator('blockquote')).toHaveText('PayPay に確認中')

  await page.getByRole('button', { name: t('admin.alerts.resolve'), exact: true }).press('Enter')
  const dialog = page.getByRole('dialog', { name: t('admin.alerts.sure.title') })
  await dialog.getByRole('button', { name: t('admin.alerts.sure.no') }).press('Enter')
  await expect(dialog).toHaveCount(0)
  await page.getByRole('button', { name: t('admin.alerts.resolve'), exact: true }).press('Enter')
  await dialog.getByRole('textbox').fill('取引なし')
  await dialog.getByRole('button', { name: t('admin.alerts.sure.yes') }).press('Enter')
  await expect(page.getByText(t('admin.alerts.done.resolve'))).toBeVisible()
  await expect(page.locator('blockquote')).toHaveText(['PayPay に確認中', '取引なし'])

  await open(page, `/admin/alerts?orderId=${orderId}`)
  await expect(part(page, t('admin.alerts.noneSuch'))).toBeVisible()
  await expect(rows(page)).toHaveCount(0)
  await page
    .getByRole('main')
    .getByRole('link', { name: t('admin.alerts.status.RESOLVED'), exact: true })
    .click()
  await expect(page).toHaveURL(/status=RESOLVED/)
  await expect(rows(page)).toHaveCount(1)
  await open(page, `/admin/alerts?status=ALL&orderId=${orderId}`)
  await expect(rows(page)).toHaveCount(1)
  await open(page, `/admin/alerts?status=ALL&severity=P1&orderId=${orderId}`)
  await expect(part(page, t('admin.alerts.noneSuch'))).toBeVisible()
})

test('a deed whose answer was lost is done once, and each role is offered what it may do', async ({
  page,
  shop,
  context,
  watch,
}) => {
  watch.expectTrouble()
  const orderId = await disagreeing(shop)
  await enterAs('support', context, shop)
  await open(page, `/admin/alerts?orderId=${orderId}`)
  await expect(rows(page)).toHaveCount(1)
  await rows(page).getByRole('link').click()
  await expect(page.getByRole('button', { name: t('admin.alerts.acknowledge') })).toHaveCount(0)
  let isLost = true
  await page.route('**/api/ops/alerts/*/note', async (route) => {
    const reply = await route.fetch()
    if (isLost) await route.abort()
    else await route.fulfill({ response: reply })
    isLost = false
  })
  await page.getByRole('textbox', { name: t('admin.alerts.note.label') }).fill('電話済み')
  await page.getByRole('button', { name: t('admin.alerts.note.save') }).click()
  await expect(page.getByText(t('admin.problem.offline.title'))).toBeVisible()
  await page.getByRole('button', { name: t('admin.alerts.note.save') }).click()
  await expect(page.getByText(t('admin.alerts.done.note'))).toBeVisible()
  await expect(page.locator('blockquote')).toHaveCount(1)
  await enterAs('auditor', context, shop)
  await page.reload()
  await expect(page.locator('blockquote')).toHaveCount(1)
  await expect(page.getByRole('button', { name: t('admin.alerts.note.save') })).toHaveCount(0)
})

test.describe('the alerts’ pages', () => {
  test.use({ viewport: PHONE, reducedMotion: 'reduce' })

  const PLACES: readonly Place[] = [
    {
      name: 'admin-alerts-none',
      path: async ({ page, shop }) => {
        await enterAs('operator', page.context(), shop)
        return '/admin/alerts?rule=refund-stuck'
      },
      shows: (page, say) => part(page, say('admin.alerts.noneSuch')),
    },
    {
      name: 'admin-alerts',
      path: async ({ page, shop }) => {
        await enterAs('operator', page.context(), shop)
        await disagreeing(shop)
        return '/admin/alerts'
      },
      shows: (page) => rows(page).first(),
    },
    {
      name: 'admin-alert',
      path: '/admin/alerts',
      reach: (page) => rows(page).first().getByRole('link').click(),
      shows: (page, say) => part(page, say('admin.alerts.next')),
    },
  ]

  test('keep nobody out, and can be pictured', async ({ page, shop, visitor, watch }) => {
    test.setTimeout(900_000)
    watch.expectTrouble()
    await walk({ page, shop, visitor }, PLACES, LOCALES, async ({ place, locale }) => {
      for (const [where, found] of Object.entries(await obstacles(page, locale, place)))
        expect.soft(found, `${place.name} in ${locale}, ${where}`).toEqual([])
      for (const size of [PHONE, DESK]) {
        await page.setViewportSize(size)
        await takePicture(page, `${place.name}-${size.width}-${locale}-light`)
      }
      await page.setViewportSize(PHONE)
    })
  })
})
