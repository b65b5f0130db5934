import { keepingSessions, startRedisStandIn, type RedisStandIn } from '../../platform/redis/testing.ts'
import { DESK, expect, open, test as base } from './test.ts'
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

  await open(page, '/en/products')
  await expect(main.getByRole('article').first()).toBeVisible()
  await main.getByRole('article').first().getByRole('link').first().click()
  await main.getByRole('button', { name: t('catalogue.buy.add') }).click()
  await expect(page.getByRole('dialog').getByRole('listitem').first()).toBeVisible()
  await open(page, '/en/cart')
  await expect(main.getByRole('listitem').first()).toBeVisible()

  await open(page, '/en/sign-in')
  await page.getByRole('textbox').first().fill('hanako@example.com')
  await main.getByRole('button', { name: t('checkout.signIn.submit') }).click()
  await expect(main.getByText(t('checkout.signIn.problem.resting.title'))).toBeVisible()
  await page.screenshot({ path: 'test-results/screenshots/sessions-away-sign-in.png' })

  await open(page, '/en/orders')
  redis.behave = 'well'
  await expect
    .poll(async () => (await fetch(`${shop.url}/api/orders`, { headers: { cookie: buyer.cookie } })).status)
    .toBe(200)
  await main.getByRole('button', { name: t('shell.again') }).click()
  await expect(main.getByText(t('orders.empty.title'))).toBeVisible()
})
