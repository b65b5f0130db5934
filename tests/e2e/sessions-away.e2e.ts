import { keepingSessions, startRedisStandIn, type RedisStandIn } from '../../platform/redis/testing.ts'
import { DESK, expect, open, ready, test as base } from './test.ts'
import { atTheTill, RECIPIENT } from './till.ts'
import { words } from './words.ts'

const t = words('en')

/** A shop whose sessions are in a Redis that can be made to fall silent. */
const test = base.extend<object, { readonly redis: RedisStandIn }>({
  redis: [
    async ({ browserName: _any }, use) => {
      const redis = await startRedisStandIn(keepingSessions())
      await use(redis)
      await redis.stop()
    },
    { scope: 'worker' },
  ],
  shopSettings: [
    async ({ redis }, use) => {
      await use({ REDIS_URL: redis.url })
    },
    { scope: 'worker' },
  ],
})

test.use({ viewport: DESK, locale: 'en-US' })

test('while sessions cannot be looked up, browsing and the cart go on, and pages of one’s own say so', async ({
  page,
  watch,
  redis,
  visitor,
  shop,
}) => {
  watch.expectTrouble()
  const buyer = await visitor()
  const main = page.getByRole('main')
  await open(page, '/en/orders')
  await expect(main.getByText(t('orders.empty.title'))).toBeVisible()
  redis.behave = 'hanging'

  await open(page, '/en/orders')
  await expect(main.getByText(t('orders.unavailable.title'))).toBeVisible()
  await page.screenshot({ path: 'test-results/screenshots/sessions-away-orders.png' })
  const health = await fetch(`${shop.url}/health/ready`)
  expect([health.status, await health.json()]).toEqual([
    200,
    expect.objectContaining({
      parts: expect.arrayContaining([expect.objectContaining({ name: 'sessions', ok: false })]),
    }),
  ])

  for (const [path, says] of [
    ['wallet', 'wallet.unavailable.title'],
    ['profile', 'profile.unavailable.title'],
    ['mailbox', 'mailbox.unavailable'],
  ] as const) {
    await open(page, `/en/${path}`)
    await expect(main.getByText(t(says))).toBeVisible()
    await expect(page).toHaveURL(`/en/${path}`)
  }

  await open(page, '/en/products')
  await expect(main.getByRole('article').first()).toBeVisible()
  await main.getByRole('article').first().getByRole('link').first().click()
  await main.getByRole('button', { name: t('catalogue.buy.add') }).click()
  await expect(page.getByRole('dialog').getByRole('listitem').first()).toBeVisible()
  await open(page, '/en/cart')
  await expect(main.getByRole('listitem').first()).toBeVisible()

  await open(page, '/en/sign-in')
  await expect(main.getByText(t('checkout.signIn.problem.resting.title'))).toBeVisible()
  await expect(main.getByRole('textbox')).toHaveCount(0)
  await page.screenshot({ path: 'test-results/screenshots/sessions-away-sign-in.png' })

  await open(page, '/en/orders')
  redis.behave = 'well'
  await expect
    .poll(async () => (await fetch(`${shop.url}/api/orders`, { headers: { cookie: buyer.cookie } })).status)
    .toBe(200)
  await main.getByRole('button', { name: t('shell.again') }).click()
  await expect(main.getByText(t('orders.empty.title'))).toBeVisible()
})

test('a checkout neither loses what was typed nor sends anybody away while sessions are away', async ({
  page,
  watch,
  redis,
  visitor,
  shop,
}) => {
  watch.expectTrouble()
  redis.behave = 'well'
  const main = page.getByRole('main')
  const checkout = await atTheTill(page, await visitor(), [{ productId: 'mug-shigaraki-280ml', quantity: 1 }])
  const orders = await shop.ordersPlaced()
  redis.behave = 'hanging'
  await checkout.place.click()
  await expect(checkout.news('resting')).toBeFocused()
  await expect(page).toHaveURL(/\/en\/checkout$/)

  await page.reload()
  await ready(page)
  await expect(main.getByText(t('checkout.resting.title'))).toBeVisible()
  await expect(checkout.field('city')).toHaveValue(RECIPIENT.city)
  await page.screenshot({ path: 'test-results/screenshots/sessions-away-checkout.png', fullPage: true })
  await main.getByRole('button', { name: t('shell.again') }).click()
  await expect(main.getByText(t('checkout.resting.title'))).toBeVisible()
  expect(await shop.ordersPlaced()).toBe(orders)

  redis.behave = 'well'
  await expect(async () => {
    await main.getByRole('button', { name: t('shell.again') }).click({ timeout: 5_000 })
    await expect(main.getByText(t('checkout.resting.title'))).toBeHidden({ timeout: 5_000 })
  }).toPass({ timeout: 60_000 })
  await expect(checkout.field('city')).toHaveValue(RECIPIENT.city)
  await checkout.place.click()
  await checkout.placed()
  expect(await shop.ordersPlaced()).toBe(orders + 1)
})
