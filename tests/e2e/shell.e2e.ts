import type { Page } from '@playwright/test'
import { z } from 'zod'
import { obstacles } from './obstacles.ts'
import { takePicture } from './picture.ts'
import { DESK, expect, open, PHONE, ready, test } from './test.ts'
import { at, LOCALES, words } from './words.ts'

const LANGUAGE_TAGS = { ja: 'ja-JP', en: 'en-US', zh: 'zh-CN' } as const
const TEAPOT = 'teapot-tokoname-300ml'
const NUMBER = /[0-9a-f]{8}-[0-9a-f-]{27}/

const title = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true })

test.describe('with a keyboard or a screen reader', () => {
  test.use({ viewport: DESK, reducedMotion: 'reduce' })

  test('one skips to the content, and goes on at the content of the next page, whose name is said', async ({
    page,
  }) => {
    const t = words('ja')
    const main = page.getByRole('main')
    await open(page, '/')
    await page.keyboard.press('Tab')
    const skip = page.getByRole('link', { name: t('shell.skip') })
    await expect(skip).toBeFocused()
    await expect(skip).toBeInViewport({ ratio: 1 })
    await page.keyboard.press('Enter')
    await expect(main).toBeFocused()

    await page.getByRole('link', { name: t('shell.about') }).click()
    await expect(title(page, t('pages.about.title'))).toBeVisible()
    await expect(main).toBeFocused()
    await expect(page.getByRole('status').filter({ hasText: t('pages.about.title') })).toHaveText(
      `${t('pages.about.title')} · ${t('shell.shopName')}`,
    )
    await page.goBack()
    await expect(title(page, t('catalogue.home.title'))).toBeVisible()
    await expect(main).toBeFocused()
  })

  test('the account opens as a menu, leads to what is one’s own, and lets one out', async ({
    page,
    visitor,
  }) => {
    const t = words('en')
    await visitor('hanako@example.com')
    await open(page, '/en/products')
    const account = page.getByRole('banner').getByRole('button', { name: t('shell.account.title') })
    const menu = page.getByRole('menu', { name: t('shell.account.title') })
    await account.focus()
    await page.keyboard.press('Enter')
    await expect(menu).toContainText('hanako@example.com')
    await expect(account).toHaveAttribute('aria-expanded', 'true')
    await expect(menu.getByRole('menuitem')).toHaveText([
      t('shell.orders'),
      t('wallet.title'),
      t('shell.profile'),
      t('mailbox.title'),
      t('checkout.signedIn.out'),
    ])
    await expect(menu.getByRole('menuitem').first()).toBeFocused()
    const seen = { name: 'account-menu', path: '/products', shows: () => menu, only: DESK }
    for (const [where, found] of Object.entries(await obstacles(page, 'en', seen)))
      expect(found, where).toEqual([])
    await takePicture(page, 'account-menu-desk')
    await page.keyboard.press('Escape')
    await expect(menu).toBeHidden()
    await expect(account).toBeFocused()

    await account.click()
    await expect(menu).toBeVisible()
    await account.click()
    await expect(menu).toBeHidden()
    await expect(account).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await expect(menu.getByRole('menuitem').first()).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await expect(menu.getByRole('menuitem', { name: t('wallet.title') })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL('/en/wallet')
    await expect(menu).toBeHidden()

    await account.click()
    await menu.getByRole('menuitem', { name: t('checkout.signedIn.out') }).click()
    await expect(page).toHaveURL('/en')
    await expect(page.getByRole('main')).toBeFocused()
    await expect(page.getByRole('banner').getByRole('link', { name: t('shell.signIn') })).toBeVisible()
    await expect(account).toHaveCount(0)
  })
})

test.describe('on a phone', () => {
  test.use({ viewport: PHONE })

  test('the menu leads everywhere, keeps the focus inside, and changes the language of this very page', async ({
    page,
  }) => {
    const t = words('ja')
    await open(page, `/search?q=tea&sort=price-asc`)
    const menu = page.getByRole('button', { name: t('shell.menu') })
    await menu.click()
    const dialog = page.getByRole('dialog', { name: t('shell.menu') })
    await expect(dialog.getByRole('link', { name: t('shell.orders') })).toHaveAttribute('href', '/orders')
    await expect(dialog.locator(':focus')).toHaveCount(1)
    for (let tabs = 0; tabs < 15; tabs++) {
      await page.keyboard.press('Tab')
      expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
    }
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await expect(menu).toBeFocused()

    await menu.click()
    await dialog.getByRole('combobox', { name: t('shell.language') }).selectOption('zh')
    await expect(page).toHaveURL('/zh/search?q=tea&sort=price-asc')
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
    await expect(title(page, words('zh')('catalogue.search.titleFor', { q: 'tea' }))).toBeVisible()
    await expect(dialog).toBeHidden()
  })

  test('without a network what is on the page stays, a new page says so, and opens by itself afterwards', async ({
    page,
    context,
    watch,
  }) => {
    watch.expectTrouble()
    const t = words('ja')
    await open(page, `/products/${TEAPOT}`)
    await context.setOffline(true)
    const bar = page.getByRole('status').filter({ hasText: t('shell.offline') })
    await expect(bar).toBeVisible()
    await expect(page.getByRole('button', { name: t('catalogue.buy.add') })).toBeEnabled()

    await page
      .getByRole('contentinfo')
      .getByRole('link', { name: t('shell.privacy') })
      .click()
    await expect(title(page, t('shell.error.offline.title'))).toBeVisible()
    await expect(page).toHaveURL('/privacy')
    await expect(bar, 'said once').toBeHidden()
    await context.setOffline(false)
    await expect(title(page, t('pages.privacy.title'))).toBeVisible()
    await expect(bar).toBeHidden()
  })

  test('while the shop is down a new page says so, and “try again” opens it when the shop is back', async ({
    page,
    shop,
    watch,
  }) => {
    watch.expectTrouble()
    const t = words('en')
    await open(page, `/en/products/${TEAPOT}`)
    await shop.kill()
    await page
      .getByRole('contentinfo')
      .getByRole('link', { name: t('shell.legal') })
      .click()
    await expect(title(page, t('shell.error.busy.title'))).toBeVisible()
    await expect(page.getByText(t('shell.error.busy.text'))).toBeVisible()
    await expect(page).toHaveURL('/en/legal')
    await shop.restart()
    await page.getByRole('button', { name: t('shell.again') }).click()
    await expect(title(page, t('pages.legal.title'))).toBeVisible()
  })
})

for (const locale of LOCALES)
  test(`an address with nothing behind it answers 404, in ${locale}, with a way on and its number`, async ({
    page,
    watch,
  }) => {
    watch.expectTrouble()
    const t = words(locale)
    const response = await page.goto(at(locale, '/tea/for-two?and=biscuits'))
    await ready(page)
    expect(response?.status()).toBe(404)
    await expect(page.locator('html')).toHaveAttribute('lang', LANGUAGE_TAGS[locale])
    await expect(title(page, t('shell.error.missing.title'))).toBeVisible()
    const number = z.string().parse(response?.headers()['x-correlation-id'])
    expect(number).toMatch(NUMBER)
    await expect(page.getByText(t('shell.error.id', { id: number }))).toBeVisible()
    await page
      .getByRole('main')
      .getByRole('link', { name: t('shell.home') })
      .click()
    await expect(page).toHaveURL(at(locale, '/'))
    await expect(title(page, t('catalogue.home.title'))).toBeVisible()
  })
