import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'
import { z } from 'zod'
import { signIn, type Buyer } from '../../demo/shop-client.ts'
import { shelfOf } from './shelf.ts'
import { cartOf, putInCart } from './till.ts'
import { DESK, expect, open, ready, test } from './test.ts'
import { words } from './words.ts'

const t = words('en')
const MUG = { id: 'mug-shigaraki-280ml', title: 'Shigaraki Mug, 280 ml' }
const NOTEBOOK = { id: 'notebook-a5-grid', title: 'Thread-Bound Notebook, A5 Grid' }

const lineOf = (page: Page, title: string) =>
  page.getByRole('main').getByRole('listitem').filter({ hasText: title })
const quantityOf = (page: Page, title: string) =>
  page.getByRole('main').getByRole('spinbutton', { name: t('shell.quantity.of', { label: title }) })
const oneMore = (page: Page, title: string) =>
  page.getByRole('main').getByRole('button', { name: t('shell.quantity.more', { label: title }) })
const badge = (page: Page, count: number) =>
  page.getByRole('link', { name: t('shell.cart', { count }), exact: true })
const isUnsaved = (page: Page) => page.getByRole('main').getByText(t('cart.unsaved.title'))

/** Puts so many into the cart as a reader of the product's page does, and leaves the drawer. */
const add = async (page: Page, { id, title }: typeof MUG, quantity: number): Promise<void> => {
  await open(page, `/en/products/${id}`)
  await quantityOf(page, title).fill(String(quantity))
  await page.getByRole('button', { name: t('catalogue.buy.add') }).click()
  await expect(page.getByRole('dialog')).toContainText(title)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
}

const signInOnPage = async (page: Page, email: string): Promise<void> => {
  await open(page, '/en/sign-in?next=/en/cart')
  await page.getByLabel(t('checkout.field.email')).fill(email)
  await page.getByRole('button', { name: t('checkout.signIn.submit') }).click()
  await expect(page).toHaveURL(/\/en\/cart$/)
}

const held = (buyer: Buyer) =>
  expect.poll(async () =>
    Object.fromEntries((await cartOf(buyer)).map(({ productId, quantity }) => [productId, quantity])),
  )

test.describe('the cart', () => {
  test.use({ viewport: DESK, locale: 'en-US' })

  test('the drawer opens by adding and from the header, Esc closes it, and the focus goes back', async ({
    page,
  }) => {
    await open(page, `/en/products/${MUG.id}`)
    const addButton = page.getByRole('button', { name: t('catalogue.buy.add') })
    await addButton.click()
    const drawer = page.getByRole('dialog', { name: t('cart.titleCount', { count: 1 }) })
    await expect(drawer).toContainText(MUG.title)
    await page.keyboard.press('Escape')
    await expect(drawer).toBeHidden()
    await expect(addButton).toBeFocused()

    await badge(page, 1).press('Enter')
    await expect(drawer).toBeVisible()
    await expect(page).toHaveURL(/\/en\/products\//)
    await page.keyboard.press('Escape')
    await expect(drawer).toBeHidden()
    await expect(badge(page, 1)).toBeFocused()
  })

  test("a visitor's cart outlives a reload and is the same in two tabs", async ({ page, context }) => {
    await add(page, MUG, 2)
    await open(page, '/en/cart')
    await expect(quantityOf(page, MUG.title)).toHaveValue('2')

    const second = await context.newPage()
    await open(second, '/en/cart')
    await oneMore(second, MUG.title).click()
    await expect(quantityOf(page, MUG.title)).toHaveValue('3')
    await page.getByRole('button', { name: t('cart.line.remove', { title: MUG.title }) }).click()
    await expect(second.getByRole('heading', { name: t('cart.empty.title') })).toBeVisible()
    const undo = page.getByRole('button', { name: t('cart.undo') })
    await expect(undo).toBeFocused()
    await undo.press('Enter')
    await expect(quantityOf(second, MUG.title)).toHaveValue('3')

    await page.reload()
    await expect(quantityOf(page, MUG.title)).toHaveValue('3')
    await expect(badge(page, 3)).toBeVisible()
  })

  test('signing in joins both carts and keeps the larger number of each product', async ({ page, shop }) => {
    const email = `${randomUUID()}@example.com`
    const buyer = await signIn(shop.url, email)
    await putInCart(buyer, [
      { productId: MUG.id, quantity: 3 },
      { productId: NOTEBOOK.id, quantity: 1 },
      { productId: 'tea-caddy-washi-150g', quantity: 1 },
    ])
    await add(page, MUG, 1)
    await add(page, NOTEBOOK, 4)
    await signInOnPage(page, email)

    await expect(quantityOf(page, MUG.title)).toHaveValue('3')
    await expect(quantityOf(page, NOTEBOOK.title)).toHaveValue('4')
    await expect(badge(page, 8)).toBeVisible()
    await held(buyer).toEqual({ [MUG.id]: 3, [NOTEBOOK.id]: 4, 'tea-caddy-washi-150g': 1 })
  })

  test('signing out leaves the cart in the account and takes it out of the browser', async ({
    page,
    visitor,
  }) => {
    const email = `${randomUUID()}@example.com`
    const buyer = await visitor(email)
    await putInCart(buyer, [{ productId: MUG.id, quantity: 1 }])
    await open(page, '/en/cart')
    await oneMore(page, MUG.title).click()
    await page.goto('/en/sign-in')
    await ready(page)
    await page.getByRole('button', { name: t('checkout.signedIn.out'), exact: true }).click()
    await expect(page.getByText(t('checkout.signIn.signedOut'))).toBeVisible()
    await expect(badge(page, 0)).toBeVisible()
    await page.reload()
    await expect(badge(page, 0)).toBeVisible()

    // The session of the page is over, so the account is looked at with one of its own.
    await signInOnPage(page, email)
    await expect(quantityOf(page, MUG.title)).toHaveValue('2')
  })

  test('changes made on two devices at once are both kept', async ({ page, visitor, device, watch }) => {
    // The shop's "changed elsewhere" is a failed request to the browser.
    watch.expectTrouble()
    const buyer = await visitor()
    await putInCart(buyer, [
      { productId: MUG.id, quantity: 1 },
      { productId: NOTEBOOK.id, quantity: 1 },
    ])
    const phone = await (await device(buyer)).newPage()
    await open(page, '/en/cart')
    await open(phone, '/en/cart')
    await expect(quantityOf(page, MUG.title)).toHaveValue('1')

    await oneMore(phone, NOTEBOOK.title).click()
    await held(buyer).toEqual({ [MUG.id]: 1, [NOTEBOOK.id]: 2 })
    const conflict = page.waitForResponse(
      (response) => response.url().endsWith('/api/cart') && response.status() === 409,
    )
    await oneMore(page, MUG.title).click()
    await conflict
    await held(buyer).toEqual({ [MUG.id]: 2, [NOTEBOOK.id]: 2 })
    await expect(quantityOf(page, NOTEBOOK.title)).toHaveValue('2')
    await phone.reload()
    await expect(quantityOf(phone, MUG.title)).toHaveValue('2')
  })

  test('a device that sees the cart for the first time never calls it empty', async ({ page, visitor }) => {
    await putInCart(await visitor(), [{ productId: MUG.id, quantity: 1 }])
    await page.addInitScript(() => {
      const seen = new Set<string>()
      Reflect.set(window, 'headingsSeen', seen)
      new MutationObserver(() => {
        for (const { textContent } of document.querySelectorAll('h1, h2')) seen.add(textContent)
      }).observe(document, { childList: true, subtree: true, characterData: true })
    })
    await open(page, '/en/cart')
    await expect(quantityOf(page, MUG.title)).toHaveValue('1')
    const seen = z
      .array(z.string())
      .parse(await page.evaluate(() => [...Reflect.get(window, 'headingsSeen')]))
    expect(seen).toContain(t('cart.title'))
    expect(seen).not.toContain(t('cart.empty.title'))
  })

  test('what is changed offline is kept, said to be unsaved, and saved once back', async ({
    page,
    context,
    visitor,
    watch,
  }) => {
    watch.expectTrouble()
    const buyer = await visitor()
    await putInCart(buyer, [{ productId: MUG.id, quantity: 1 }])
    await open(page, '/en/cart')
    await expect(quantityOf(page, MUG.title)).toHaveValue('1')

    await context.setOffline(true)
    await oneMore(page, MUG.title).click()
    await expect(page.getByText(t('shell.offline'))).toBeVisible()
    await expect(isUnsaved(page)).toBeVisible()
    await expect(quantityOf(page, MUG.title)).toHaveValue('2')
    await held(buyer).toEqual({ [MUG.id]: 1 })
    await context.setOffline(false)
    await held(buyer).toEqual({ [MUG.id]: 2 })
    await expect(isUnsaved(page)).toBeHidden()

    // Even when the page is closed before there is a network again.
    await context.setOffline(true)
    await oneMore(page, MUG.title).click()
    await expect(isUnsaved(page)).toBeVisible()
    await page.close()
    await context.setOffline(false)
    const later = await context.newPage()
    await open(later, '/en')
    await held(buyer).toEqual({ [MUG.id]: 3 })
  })

  test('a line that cannot be ordered says why and has a way out', async ({ page, shop, visitor }) => {
    const gone = 'candles-haze-omi-10p'
    const soldOut = { id: 'bath-bucket-kiso-sawara', title: 'Kiso Sawara Bath Bucket' }
    const scarce = { id: 'tray-chestnut-hida-27cm', title: 'Hida Chestnut Round Tray, 27 cm' }
    const shelf = shelfOf(shop)
    await Promise.all([shelf.leave(soldOut.id, 0), shelf.leave(scarce.id, 2), shelf.delist(gone)])
    const buyer = await visitor()
    await putInCart(buyer, [
      { productId: MUG.id, quantity: 1 },
      { productId: gone, quantity: 1 },
      { productId: soldOut.id, quantity: 1 },
      { productId: scarce.id, quantity: 5 },
    ])
    await open(page, '/en/cart')
    await expect(lineOf(page, t('cart.line.gone'))).toContainText(t('cart.line.goneText'))
    await expect(lineOf(page, soldOut.title)).toContainText(t('cart.line.soldOutText'))
    await expect(lineOf(page, scarce.title)).toContainText(t('cart.line.onlyLeft', { count: 2 }))
    await expect(page.getByText(t('cart.attention', { count: 3 }))).toBeVisible()
    const toCheckout = page.getByRole('link', { name: t('cart.toCheckout') })
    await expect(toCheckout).toBeHidden()

    await page.getByRole('button', { name: t('cart.showAttention') }).click()
    const removeGone = page.getByRole('button', {
      name: t('cart.line.remove', { title: t('cart.line.gone') }),
    })
    await expect(removeGone).toBeFocused()
    await removeGone.press('Enter')
    await page.getByRole('button', { name: t('cart.line.remove', { title: soldOut.title }) }).click()
    await page.getByRole('button', { name: t('cart.line.take', { count: 2 }) }).click()
    await expect(quantityOf(page, scarce.title)).toHaveValue('2')
    // One mug and two trays.
    await expect(page.getByRole('complementary', { name: t('cart.totals.title') })).toContainText('13,640')
    await expect(toCheckout).toBeVisible()
    await held(buyer).toEqual({ [MUG.id]: 1, [scarce.id]: 2 })
  })
})
