import { DESK, expect, open, test } from './test.ts'
import { words } from './words.ts'

const t = words('en')

test.use({ viewport: DESK, locale: 'en-US' })

test('while the search does not answer, searching says so and can be tried again; home and categories go on', async ({
  page,
  watch,
}) => {
  watch.expectTrouble()
  const main = page.getByRole('main')
  const products = main.getByRole('article')
  // The server renders the first page; what is asked for from then on, the browser asks.
  await open(page, '/en/about')
  await page.route(/\/api\/products\/(search|suggest)\b/, (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      json: { code: 'search-unavailable', status: 503 },
    }),
  )

  const box = page.getByRole('combobox', { name: t('catalogue.search.label') })
  await box.fill('teapot')
  await box.press('Enter')
  await expect(page).toHaveURL(/\/en\/search\?q=teapot$/)
  const trouble = main.getByText(t('catalogue.trouble.title'))
  await expect(trouble).toBeVisible()
  await expect(products).toHaveCount(0)

  await page.getByRole('banner').getByRole('link', { name: 'Hibi' }).click()
  await expect(products).toHaveCount(8)
  await main
    .getByRole('link', { name: t('shell.allProducts') })
    .first()
    .click()
  await expect(page).toHaveURL(/\/en\/products$/)
  await expect(products.first()).toBeVisible()
  await expect(trouble).toBeHidden()

  await box.fill('teapot')
  await box.press('Enter')
  await expect(trouble).toBeVisible()
  await page.unroute(/\/api\/products\/(search|suggest)\b/)
  await main.getByRole('button', { name: t('shell.again') }).click()
  await expect(products.first()).toContainText('Teapot')
})
