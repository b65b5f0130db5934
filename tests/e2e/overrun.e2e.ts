import { expect, ready, test } from './test.ts'
import { words } from './words.ts'

/** So few that anybody can use them up: the pages ask the same API for the same visitor. */
const PER_MINUTE = 20

test.use({ shopSettings: { RATE_LIMIT_PER_MINUTE: String(PER_MINUTE) } })

test('a page for which the shop has no answer says so with 503, keeps its frame, and names its number', async ({
  page,
  shop,
  watch,
}) => {
  watch.expectTrouble()
  const t = words('en')
  /** Of the minute that has just begun, where one has. */
  const useUp = async (): Promise<void> => {
    for (let asked = 0; asked < PER_MINUTE; asked++) await fetch(`${shop.url}/api/shop`)
    expect((await fetch(`${shop.url}/api/shop`)).status, 'used up').toBe(429)
  }
  await useUp()
  const response = await page.goto('/en/legal')
  await ready(page)
  expect(response?.status()).toBe(503)
  await expect(page.getByRole('heading', { level: 1, name: t('shell.error.busy.title') })).toBeVisible()
  await expect(page.getByText(t('shell.error.busy.text'))).toBeVisible()
  const number = response?.headers()['x-correlation-id'] ?? 'none'
  await expect(page.getByText(t('shell.error.id', { id: number }))).toBeVisible()
  await expect(page.getByRole('button', { name: t('shell.again') })).toBeVisible()
  await expect(page.getByRole('contentinfo').getByRole('link', { name: t('shell.privacy') })).toBeVisible()
  expect(await page.locator('meta[name=robots]').getAttribute('content')).toBe('noindex')

  await useUp()
  const list = await page.goto('/en/products')
  expect(list?.status()).toBe(503)
  await expect(page.getByText(t('catalogue.trouble.title'))).toBeVisible()
})
