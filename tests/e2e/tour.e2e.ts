import type { Locator, Page } from '@playwright/test'
import { DESK, expect, open, PHONE, test } from './test.ts'
import { words } from './words.ts'

const t = words('ja')
const STEPS = ['account', 'search', 'result', 'cart', 'pay'] as const
type Step = (typeof STEPS)[number]

test.use({ isTourOver: false, viewport: PHONE, reducedMotion: 'reduce' })

const step = (page: Page, id: Step): Locator => page.getByRole('dialog', { name: t(`tour.${id}.title`) })
const next = (page: Page, name = t('tour.next')) =>
  page.getByRole('dialog').getByRole('button', { name }).click()
const mark = (page: Page) => page.evaluate(() => localStorage.getItem('kessai.tour'))

/** The popover and what it points at are on the screen. */
const seen = async (page: Page, id: Step): Promise<void> => {
  const popover = step(page, id)
  await expect(popover).toBeVisible()
  await expect(popover).toBeInViewport({ ratio: 1 })
  await expect(popover).toContainText(
    t('tour.progress', { step: STEPS.indexOf(id) + 1, steps: STEPS.length }),
  )
}

/** Lets the quiet moments pass that the tour waits for; nothing else in these tests depends on the time. */
const afterAWhile = (page: Page) => page.clock.runFor(20_000)

for (const size of [PHONE, DESK])
  test.describe(`at ${size.width} px`, () => {
    test.use({ viewport: size })

    test('it comes by itself on the first visit, shows the way to paying in five steps, and never comes again', async ({
      page,
      visitor,
    }) => {
      await page.clock.install()
      const buyer = await visitor()
      await buyer.call('PUT', '/api/cart', { items: [{ productId: 'teapot-tokoname-300ml', quantity: 1 }] })
      await open(page, '/legal')
      await afterAWhile(page)
      await expect(page.getByRole('dialog'), 'only at home').toHaveCount(0)
      await open(page, '/')
      await afterAWhile(page)
      await seen(page, 'account')
      await next(page)
      await seen(page, 'search')
      await next(page)
      await seen(page, 'result')
      await next(page, t('tour.result.lead'))
      await expect(page).toHaveURL('/products')
      await seen(page, 'result')
      await next(page)
      await seen(page, 'cart')
      await next(page)
      await seen(page, 'pay')
      await next(page, t('tour.pay.lead'))
      await expect(page).toHaveURL('/cart')
      await seen(page, 'pay')
      await next(page, t('tour.done'))
      await expect(page.getByRole('dialog')).toHaveCount(0)

      await open(page, '/')
      await afterAWhile(page)
      await expect(page.getByRole('dialog')).toHaveCount(0)
    })
  })

test('it goes on where it was after a reload, and steps whose thing is not there are passed over', async ({
  page,
}) => {
  await open(page, '/products?maxPrice=1&tour=true')
  await seen(page, 'account')
  await expect(page).toHaveURL('/products?maxPrice=1')
  await next(page)
  await seen(page, 'search')
  await page.reload()
  await seen(page, 'search')
  await next(page, t('tour.back'))
  await seen(page, 'account')
  await next(page)
  await next(page)
  await seen(page, 'cart')
})

test('Tab stays in it, Esc ends it for good, and the footer brings it back', async ({ page }) => {
  await page.clock.install()
  await open(page, '/about')
  const wanted = page.getByRole('contentinfo').getByRole('link', { name: t('shell.tour') })
  await wanted.click()
  await afterAWhile(page)
  await seen(page, 'account')
  await expect(page).toHaveURL('/')
  await expect(page.getByRole('status').filter({ hasText: t('tour.account.title') })).toBeAttached()
  for (const key of ['Tab', 'Tab', 'Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab']) {
    await page.keyboard.press(key)
    const isInside = await step(page, 'account').evaluate((popover) =>
      popover.contains(document.activeElement),
    )
    expect(isInside, `after ${key}`).toBe(true)
  }
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect.poll(() => mark(page)).toBe('done')
  expect(await page.evaluate(() => document.activeElement !== document.body), 'the focus is somewhere').toBe(
    true,
  )

  await open(page, '/')
  await afterAWhile(page)
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await open(page, '/products?tour=true')
  await afterAWhile(page)
  await seen(page, 'account')
})

test('it is in nobody’s way: a press elsewhere does what it does and ends it, a press on what it shows goes on', async ({
  page,
}) => {
  await open(page, '/?tour=true')
  await seen(page, 'account')
  await page.getByRole('link', { name: t('shell.signIn') }).click()
  await expect(page).toHaveURL(/\/sign-in$/)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.getByRole('dialog'), 'nobody is interrupted while signing in').toHaveCount(0)
  await expect.poll(() => mark(page)).toBe('search')
  await page.goBack()
  await seen(page, 'search')

  await page.getByRole('link', { name: t('catalogue.home.all') }).click()
  await expect(page).toHaveURL('/products')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect.poll(() => mark(page)).toBe('done')
})
