import { readFile } from 'node:fs/promises'
import { HANAKO, register } from './profile-places.ts'
import type { Page } from '@playwright/test'
import { DESK, expect, open, ready, test } from './test.ts'
import { putInCart, till } from './till.ts'
import { words } from './words.ts'

const t = words('en')
test.use({ viewport: DESK, locale: 'en-US' })

const fields = (page: Page) => (name: string) => page.locator(`[name="${name}"]`)

test('a person registers, and the checkout is filled in for them', async ({ page, visitor }) => {
  const buyer = await visitor()
  await open(page, '/en/register?next=%2Fen%2Fprofile')
  const field = fields(page)
  await field('name').fill(HANAKO.name)
  await field('kana').fill('山田')
  await field('postalCode').fill('８１２００１１')
  await page.getByRole('button', { name: t('profile.register.do') }).click()
  await expect(field('kana')).toBeFocused()
  await expect(field('kana')).toHaveAccessibleDescription(new RegExp(t('profile.problem.kana.kana')))
  await expect(field('city')).toHaveAccessibleDescription(t('profile.problem.missing'))
  await field('kana').fill('ﾋﾋﾞ ﾊﾅｺ')
  await field('birthDate').fill(HANAKO.birthDate)
  await field('gender').selectOption('not-said')
  await field('prefecture').selectOption(HANAKO.address.prefecture)
  await field('city').fill(HANAKO.address.city)
  await field('addressLine1').fill(HANAKO.address.addressLine1)
  await page.getByRole('button', { name: t('profile.register.do') }).click()
  await expect(page).toHaveURL(/\/en\/profile$/)
  await ready(page)
  await expect(field('kana')).toHaveValue('ヒビ ハナコ')
  await expect(field('postalCode')).toHaveValue('812-0011')

  await putInCart(buyer, [{ productId: 'mug-shigaraki-280ml', quantity: 1 }])
  const checkout = till(page)
  await checkout.open()
  await expect(checkout.field('name')).toHaveValue(HANAKO.name)
  await expect(checkout.field('city')).toHaveValue(HANAKO.address.city)
  await expect(field('saveToProfile')).toBeHidden()
  await checkout.field('addressLine2').fill('501')
  await field('saveToProfile').check()
  await checkout.place.click()
  await checkout.placed()
  await expect
    .poll(async () => (await buyer.call('GET', '/api/me')).body)
    .toMatchObject({ profile: { kana: 'ヒビ ハナコ', address: { addressLine2: '501' } } })
})

test('two tabs do not overwrite each other, and a shop that does not answer loses nothing typed', async ({
  page,
  visitor,
  watch,
}) => {
  watch.expectTrouble()
  const buyer = await visitor()
  await register(buyer)
  await open(page, '/en/profile')
  const field = fields(page)
  await field('name').fill('日々 薫')
  await page.route('**/api/me', (route) => route.abort())
  await page.getByRole('button', { name: t('profile.save') }).click()
  await expect(page.getByText(t('profile.news.offline.title'))).toBeVisible()
  await page.unroute('**/api/me')
  await expect(field('name')).toHaveValue('日々 薫')

  await buyer.call('PUT', '/api/me', { ...HANAKO, name: '日々 椿' })
  await page.getByRole('button', { name: t('profile.save') }).click()
  await expect(page.getByText(t('profile.news.changed.title'))).toBeVisible()
  await page.getByRole('button', { name: t('profile.news.changed.show') }).click()
  await expect(field('name')).toHaveValue('日々 椿')
  await field('name').fill('日々 薫')
  await page.getByRole('button', { name: t('profile.save') }).click()
  await expect(page.getByText(t('profile.news.saved.title'))).toBeVisible()
  expect((await buyer.call('GET', '/api/me')).body).toMatchObject({ profile: { name: '日々 薫' } })
})

test('a person takes their data along and is forgotten', async ({ page, visitor }) => {
  const buyer = await visitor()
  await register(buyer)
  await open(page, '/en/profile')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: t('profile.export.do') }).click(),
  ])
  expect(download.suggestedFilename()).toBe('my-data.json')
  expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toMatchObject({
    profile: { ...HANAKO, registered: true },
  })

  await page.getByRole('button', { name: t('profile.forget.ask') }).click()
  const confirmation = page.locator('[name="confirmation"]')
  await confirmation.fill('forget')
  await page.getByRole('button', { name: t('profile.forget.do') }).click()
  await expect(confirmation).toHaveAccessibleDescription(/forget me/)
  expect((await buyer.call('GET', '/api/me')).status).toBe(200)
  await confirmation.fill('Forget me')
  await page.getByRole('button', { name: t('profile.forget.do') }).click()
  await expect(page.getByRole('heading', { level: 1, name: t('profile.gone.title') })).toBeFocused()
  expect((await buyer.call('GET', '/api/me')).status).toBe(401)
  await page.goto('/en/profile')
  await expect(page).toHaveURL(/\/sign-in\?next=/)
})
