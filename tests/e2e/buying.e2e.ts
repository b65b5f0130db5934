import type { Locator, Page } from '@playwright/test'
import { z } from 'zod'
import { DESK, expect, open, PHONE, ready, test } from './test.ts'
import { words } from './words.ts'

const MOST_TABS = 120

const Payable = z.object({ payment: z.object({ merchantPaymentId: z.string() }) })

/** Walks there as somebody without a mouse does. */
const tabTo = async (page: Page, target: Locator): Promise<void> => {
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${String(target)} cannot be reached with the Tab key`)
}

test.describe('on a phone, in Japanese', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true })

  test('a person buys two things with PayPay', async ({ page, shop }) => {
    const t = words('ja')
    await open(page, '/')
    await page.getByRole('link', { name: /うつわと食卓/ }).tap()
    await page
      .getByRole('link', { name: /常滑の急須/ })
      .first()
      .tap()
    await page.getByRole('button', { name: t('catalogue.buy.add') }).tap()
    const drawer = page.getByRole('dialog')
    await expect(drawer).toContainText('常滑の急須')
    await drawer.getByRole('link', { name: t('cart.toCheckout') }).tap()

    await expect(page).toHaveURL(/\/sign-in\?next=/)
    await ready(page)
    await page.getByLabel(t('checkout.field.email')).fill('hanako@example.com')
    await page.getByRole('button', { name: t('checkout.signIn.submit') }).tap()

    await expect(page).toHaveURL(/\/checkout$/)
    await page.getByLabel(t('checkout.field.name')).fill('日々 花子')
    await expect(page.getByLabel(t('checkout.field.email'))).toHaveValue('hanako@example.com')
    await page.getByLabel(t('checkout.field.postalCode')).fill('812-0011')
    await page.getByLabel(t('checkout.field.prefecture')).selectOption('福岡県')
    await page.getByLabel(t('checkout.field.city')).fill('福岡市博多区')
    await page.getByLabel(t('checkout.field.addressLine1')).fill('博多駅前1-1')
    const confirmation = page.getByRole('region', { name: t('checkout.confirmation') })
    await expect(confirmation).toContainText('常滑の急須')
    await expect(confirmation).toContainText('5,500')
    await expect(confirmation).toContainText(t('checkout.terms.returns'))
    await page.getByRole('button', { name: t('checkout.place') }).tap()

    await expect(page).toHaveURL(/\/orders\/[0-9a-f-]+\/payment$/)
    const app = page.getByRole('link', { name: t('payment.code.openApp') })
    await expect(app).toBeVisible()
    await expect(page.getByText('5,500').first()).toBeVisible()
    const orderId = /orders\/([0-9a-f-]+)\//.exec(page.url())?.[1] ?? ''
    const state = await page.request.get(`/api/orders/${orderId}`)
    const { payment } = Payable.parse(await state.json())
    await shop.simulate('pay', { merchantPaymentId: payment.merchantPaymentId })

    await expect(page).toHaveURL(new RegExp(`/orders/${orderId}/result$`))
    await expect(page.getByRole('heading', { name: t('payment.result.paid.title') })).toBeVisible()
    // What was bought is not in the cart any more.
    await open(page, '/cart')
    await expect(page.getByRole('heading', { name: t('cart.empty.title') })).toBeVisible()
  })
})

test.describe('on a desktop, in English', () => {
  test.use({ viewport: DESK, locale: 'en-US' })

  test('a person buys with the keyboard alone', async ({ page, shop }) => {
    const t = words('en')
    const press = async (target: Locator, key = 'Enter') => {
      await tabTo(page, target)
      await page.keyboard.press(key)
    }
    const type = async (label: string, text: string) => {
      await tabTo(page, page.getByLabel(label))
      await page.keyboard.press('Control+A')
      await page.keyboard.type(text)
    }
    await open(page, '/en')
    await tabTo(page, page.getByRole('combobox', { name: t('catalogue.search.label') }))
    // Slow typing is answered letter by letter; the last answer counts.
    const answered = page.waitForResponse(/\/suggest\?(?:.*&)?q=teapot(?:&|$)/)
    await page.keyboard.type('teapot')
    await (await answered).finished()
    await expect(page.getByRole('option').first()).toContainText('Tokoname Teapot')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/en\/products\/teapot-tokoname-300ml$/)

    await press(page.getByRole('button', { name: t('catalogue.buy.add') }))
    await press(page.getByRole('dialog').getByRole('link', { name: t('cart.toCheckout') }))
    await expect(page).toHaveURL(/\/en\/sign-in/)
    await ready(page)
    await type(t('checkout.field.email'), 'keyboard@example.com')
    await page.keyboard.press('Enter')

    await expect(page).toHaveURL(/\/en\/checkout$/)
    await type(t('checkout.field.name'), 'Kei Board')
    await type(t('checkout.field.postalCode'), '8120011')
    await tabTo(page, page.getByLabel(t('checkout.field.prefecture')))
    await page.keyboard.type('Fuk')
    await type(t('checkout.field.city'), 'Hakata-ku, Fukuoka')
    await type(t('checkout.field.addressLine1'), 'Hakata Ekimae 1-1')
    await press(page.getByRole('button', { name: t('checkout.place') }))

    await expect(page).toHaveURL(/\/en\/orders\/[0-9a-f-]+\/payment$/)
    const picture = page.getByRole('img', { name: /PayPay payment code/ })
    await expect(picture).toBeVisible()
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThanOrEqual(
      256,
    )
    const orderId = /orders\/([0-9a-f-]+)\//.exec(page.url())?.[1] ?? ''
    const state = await page.request.get(`/api/orders/${orderId}`)
    const { payment } = Payable.parse(await state.json())
    await shop.simulate('pay', { merchantPaymentId: payment.merchantPaymentId })
    await expect(page.getByRole('heading', { name: t('payment.result.paid.title') })).toBeVisible()
    await press(page.getByRole('link', { name: t('payment.result.toOrder') }))
    await expect(page).toHaveURL(new RegExp(`/en/orders/${orderId}$`))
    await expect(page.getByText('Hakata Ekimae 1-1')).toBeVisible()
  })
})
