import type { Page } from '@playwright/test'
import { signIn } from '../../demo/shop-client.ts'
import { obstacles } from './obstacles.ts'
import { takePicture } from './picture.ts'
import type { RunningShop } from './running-shop.ts'
import { enterAs } from './staff.ts'
import { part, title, walk, type Place } from './stage.ts'
import { DESK, expect, open, PHONE, test } from './test.ts'
import { LOCALES, words } from './words.ts'

const TEA = 'sencha-yame-100g'
/** Another product, so that one test does not mend what the other one looks at. */
const TEAPOT = 'teapot-tokoname-300ml'
const t = words('ja')

// A shop of its own: what was unreadable leaves its mark on the read models.
test.use({ shopSettings: { ALERT_CHECK_EVERY_MS: '250' } })

/** An order that cannot go on, for the stock of what it asks for cannot be read. */
const standingStill = async (shop: RunningShop, productId: string): Promise<string> => {
  const buyer = await signIn(shop.url, `${crypto.randomUUID()}@example.com`)
  await shop.spoilStock(productId)
  return (await buyer.place(productId)).orderId
}
const rowOf = (page: Page, orderId: string) =>
  page.getByRole('main').getByRole('article').filter({ hasText: orderId })

test('an order that was set aside is seen, replayed in vain, and goes on once its cause is mended', async ({
  page,
  shop,
  context,
}) => {
  await enterAs('operator', context, shop)
  await open(page, '/admin/parked')
  await expect(title(page, t('admin.parked.title'))).toBeVisible()
  const orderId = await standingStill(shop, TEA)
  const row = rowOf(page, orderId)
  await expect(row).toContainText('stock-sencha-yame-100g')
  await expect(row).toContainText(t('admin.parked.stands'))

  const button = row.getByRole('button', { name: t('admin.parked.replay') })
  await button.focus()
  await page.keyboard.press('Enter')
  await expect(row.getByText(t('admin.parked.failed'))).toBeVisible()
  await expect(row.getByText(t('admin.parked.tried'))).toBeVisible()

  await row.getByRole('link', { name: t('admin.parked.alert') }).click()
  await expect(title(page, t('admin.alerts.rule.process-parked'))).toBeVisible()
  await shop.mendStock(TEA, 10)
  await page.getByRole('link', { name: t('admin.parked.toList') }).click()
  await expect(row).toHaveCount(1)
  await button.click()
  await expect(row).toHaveCount(0)
  await open(page, `/admin/alerts?status=RESOLVED&orderId=${orderId}`)
  await expect(page.getByRole('main').getByRole('article')).toHaveCount(1)
})

test.describe('the page of what was set aside', () => {
  test.use({ viewport: PHONE, reducedMotion: 'reduce' })

  const LIST = '**/api/ops/parked?*'
  const PLACES: readonly Place[] = [
    {
      name: 'admin-parked-none',
      path: async ({ page, shop }) => {
        await enterAs('auditor', page.context(), shop)
        return '/admin/parked?after=9007199254740991.a'
      },
      shows: (page, say) => part(page, say('admin.parked.none')),
    },
    {
      name: 'admin-parked',
      path: async ({ page, shop }) => {
        await enterAs('operator', page.context(), shop)
        await standingStill(shop, TEAPOT)
        return '/admin/parked'
      },
      shows: (page, say) => page.getByRole('button', { name: say('admin.parked.replay') }).first(),
    },
    {
      name: 'admin-parked-away',
      path: '/admin/parked',
      reach: (page) => page.route(LIST, (route) => route.abort()),
      shows: (page, say) => page.getByText(say('admin.alerts.stale')),
      leave: (page) => page.unroute(LIST),
    },
  ]

  test('keeps nobody out, and can be pictured', async ({ page, shop, visitor, watch }) => {
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
