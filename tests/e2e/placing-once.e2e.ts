import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { booksOf } from './shelf.ts'
import { DESK, expect, open, ready, test } from './test.ts'
import { atTheTill, cartOf, RECIPIENT, till } from './till.ts'
import { words } from './words.ts'

const t = words('en')
const MUG = { productId: 'mug-shigaraki-280ml', quantity: 1 }

test.use({ viewport: DESK, locale: 'en-US' })

test.describe('one intention, one order', () => {
  test('a double click places one order', async ({ page, shop, visitor }) => {
    const books = await booksOf(shop)
    const buyer = await visitor()
    const checkout = await atTheTill(page, buyer, [MUG])
    await checkout.place.dblclick()
    await buyer.payable(await checkout.placed())
    expect(await booksOf(shop)).toEqual({ ...books, orders: books.orders + 1 })
    await expect.poll(() => cartOf(buyer)).toEqual([])
  })

  test('two tabs pressing at once place one order', async ({ page, context, shop, visitor }) => {
    const books = await booksOf(shop)
    const buyer = await visitor()
    const first = await atTheTill(page, buyer, [MUG])
    const tab = await context.newPage()
    const second = await atTheTill(tab, buyer, [MUG])
    // At once, without waiting for either to stand still: whoever is later would find the button gone.
    await Promise.all(
      [first, second].map(({ place }) => place.evaluate((button: HTMLElement) => button.click())),
    )
    await Promise.all(
      [page, tab].map(async (one) => {
        const lastOrder = one.getByRole('link', { name: t('checkout.empty.toOrder') })
        const payment = one.getByRole('button', { name: t('payment.actions.confirm') })
        await expect(lastOrder.or(payment)).toBeVisible()
      }),
    )
    expect(await booksOf(shop)).toEqual({ ...books, orders: books.orders + 1 })
  })

  test('an answer that was lost, a reload, and another press place one order', async ({
    page,
    shop,
    visitor,
    watch,
  }) => {
    watch.expectTrouble()
    const books = await booksOf(shop)
    const checkout = await atTheTill(page, await visitor(), [MUG])
    let placedId = ''
    // An answer that is lost on its way back cannot be had at will from a shop on the same machine.
    await page.route(
      '**/api/orders',
      async (route) => {
        const answer = await route.fetch()
        placedId = z.object({ orderId: z.string() }).parse(await answer.json()).orderId
        await route.abort('connectionreset')
      },
      { times: 1 },
    )
    await checkout.place.click()
    await expect(checkout.news('unsure')).toBeFocused()
    await page.reload()
    await expect(checkout.news('unsure')).toBeVisible()
    await expect(checkout.field('addressLine1')).toHaveValue(RECIPIENT.addressLine1)
    await checkout.place.click()
    expect(await checkout.placed()).toBe(placedId)
    expect(await booksOf(shop)).toEqual({ ...books, orders: books.orders + 1 })
  })

  test('a shop that dies at the press and comes back takes the order once', async ({
    page,
    shop,
    visitor,
    watch,
  }) => {
    watch.expectTrouble()
    const books = await booksOf(shop)
    const buyer = await visitor()
    const checkout = await atTheTill(page, buyer, [MUG])
    shop.freeze()
    const sent = page.waitForRequest((request) => request.method() === 'POST')
    await checkout.place.click()
    await sent
    await shop.kill()
    await expect(checkout.news('unsure')).toBeFocused()
    await checkout.place.click()
    await expect(checkout.news('unsure')).toBeFocused()
    await shop.restart()
    await checkout.place.click()
    await buyer.payable(await checkout.placed())
    expect(await booksOf(shop)).toEqual({ ...books, orders: books.orders + 1 })
  })

  test('whoever was signed out meanwhile signs in, finds the form as it was, and orders once', async ({
    page,
    shop,
    visitor,
    watch,
  }) => {
    watch.expectTrouble()
    const books = await booksOf(shop)
    const email = `${randomUUID()}@example.com`
    const buyer = await visitor(email)
    const checkout = await atTheTill(page, buyer, [MUG])
    await checkout.field('phone').fill('090-1234-5678')
    expect((await buyer.call('POST', '/api/auth/logout', { everywhere: false })).status).toBeLessThan(300)

    await checkout.place.click()
    await expect(page).toHaveURL(/\/en\/sign-in\?next=/)
    await ready(page)
    await page.getByLabel(t('checkout.field.email')).fill(email)
    await page.getByRole('button', { name: t('checkout.signIn.submit') }).click()
    await expect(page).toHaveURL(/\/en\/checkout$/)
    await expect(checkout.field('name')).toHaveValue(RECIPIENT.name)
    await expect(checkout.field('phone')).toHaveValue('090-1234-5678')
    expect((await booksOf(shop)).orders).toBe(books.orders)
    await checkout.place.click()
    await checkout.placed()
    expect(await booksOf(shop)).toEqual({ ...books, orders: books.orders + 1 })
  })

  test('going back and forward at every step places nothing again', async ({ page, shop, visitor }) => {
    const books = await booksOf(shop)
    await visitor()
    const product = page.getByRole('heading', { level: 1, name: 'Shigaraki Mug' })
    const step = async (go: () => Promise<unknown>, there: () => Promise<void>) => {
      await go()
      await there()
      await page.goBack()
      await page.goForward()
      await there()
    }
    const checkout = till(page)
    await open(page, '/en/products')
    await step(
      () => page.getByRole('link', { name: 'Shigaraki Mug' }).click(),
      () => expect(product).toBeVisible(),
    )
    await page.getByRole('button', { name: t('catalogue.buy.add') }).click()
    await step(
      () =>
        page
          .getByRole('dialog')
          .getByRole('link', { name: t('cart.view') })
          .click(),
      () => expect(page.getByRole('heading', { level: 1, name: t('cart.title') })).toBeVisible(),
    )
    await step(
      () => page.getByRole('link', { name: t('cart.toCheckout') }).click(),
      () => expect(checkout.confirmation).toBeVisible(),
    )
    await checkout.fillIn()
    await checkout.place.click()
    const orderId = await checkout.placed()
    await expect(page.getByRole('button', { name: t('payment.actions.confirm') })).toBeVisible()

    // The checkout is not behind the payment any more; the cart is, and what was ordered is not in it.
    await page.goBack()
    await expect(page).toHaveURL(/\/en\/cart$/)
    await expect(page.getByRole('heading', { name: t('cart.empty.title') })).toBeVisible()
    await page.goBack()
    await expect(product).toBeVisible()
    await page.goForward()
    await page.goForward()
    expect(await checkout.placed()).toBe(orderId)
    await page.goto('/en/checkout')
    await expect(page.getByText(t('checkout.empty.placed'))).toBeVisible()
    await page.getByRole('link', { name: t('checkout.empty.toOrder') }).click()
    await expect(page).toHaveURL(new RegExp(`/en/orders/${orderId}$`))
    expect(await booksOf(shop)).toEqual({ ...books, orders: books.orders + 1 })
  })
})
