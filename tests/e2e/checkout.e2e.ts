import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { booksOf, shelfOf } from './shelf.ts'
import { DESK, expect, open, ready, test } from './test.ts'
import { atTheTill, putInCart, RECIPIENT, till } from './till.ts'
import { words } from './words.ts'

const t = words('en')
const MUG = { productId: 'mug-shigaraki-280ml', quantity: 1 }
const Seller = z.object({
  paymentWindowMs: z.number(),
  seller: z.object({
    extraFees: z.string(),
    deliveryFee: z.string(),
    paymentTiming: z.string(),
    deliveryTiming: z.string(),
    returns: z.string(),
  }),
})

test.use({ viewport: DESK, locale: 'en-US' })

test.describe('the form', () => {
  test('every field says what is wrong with it, and nothing is sent before that is put right', async ({
    page,
    shop,
    visitor,
  }) => {
    const books = await booksOf(shop)
    await putInCart(await visitor(), [MUG])
    const checkout = till(page)
    await checkout.open()
    const form = page.getByRole('form', { name: t('checkout.title') })
    const fields = await form.getByRole('textbox').or(form.getByRole('combobox')).count()
    expect(fields).toBeLessThanOrEqual(8)

    await checkout.place.click()
    const summary = page.getByRole('group', { name: t('checkout.problems.title', { count: 5 }) })
    await expect(summary).toBeFocused()
    await expect(checkout.field('name')).toHaveAccessibleDescription(t('checkout.problem.name.missing'))
    for (const empty of ['postalCode', 'prefecture', 'city', 'addressLine1'])
      await expect(checkout.field(empty)).toHaveAccessibleDescription(t('checkout.problem.missing'))

    await checkout.fillIn()
    await expect(summary).toBeHidden()
    await checkout.field('name').fill('花'.repeat(81))
    await checkout.field('email').fill('hanako.example.com')
    await checkout.field('phone').fill('as ever')
    await checkout.field('postalCode').fill('812')
    await checkout.place.click()
    await expect(page.getByRole('group', { name: t('checkout.problems.title', { count: 4 }) })).toBeFocused()
    await expect(checkout.field('name')).toHaveAccessibleDescription(
      t('checkout.problem.tooLong', { count: 80 }),
    )
    for (const malformed of ['email', 'phone', 'postalCode'])
      await expect(checkout.field(malformed)).toHaveAccessibleDescription(t(`checkout.problem.${malformed}`))

    await page.getByRole('button', { name: t('checkout.field.phone'), exact: true }).click()
    await expect(checkout.field('phone')).toBeFocused()
    await checkout.field('phone').fill('090-1234-5678')
    await expect(checkout.field('phone')).not.toHaveAttribute('aria-invalid')
    expect(await booksOf(shop)).toEqual(books)
  })

  test('the final confirmation names everything the buyer agrees to', async ({ page, shop, visitor }) => {
    const { seller, paymentWindowMs } = Seller.parse(
      await (await fetch(`${shop.url}/api/shop?lang=en`)).json(),
    )
    await putInCart(await visitor(), [{ productId: 'sencha-yame-100g', quantity: 2 }, MUG])
    const checkout = till(page)
    await checkout.open()
    const { confirmation } = checkout
    const tea = confirmation.getByRole('listitem').filter({ hasText: 'Yame Sencha, 100 g' })
    await expect(tea).toContainText(t('checkout.unitTimes', { price: '¥1,296', count: 2 }))
    await expect(tea).toContainText('¥2,592')
    const mug = confirmation.getByRole('listitem').filter({ hasText: 'Shigaraki Mug' })
    await expect(mug).toContainText(t('checkout.unitTimes', { price: '¥3,080', count: 1 }))
    await expect(confirmation).toContainText(`${t('cart.totals.reducedTax', { rate: 8 })}¥192`)
    await expect(confirmation).toContainText(`${t('cart.totals.tax', { rate: 10 })}¥280`)
    await expect(confirmation).toContainText(`${t('cart.totals.total')}¥5,672`)
    await expect(confirmation).toContainText(t('checkout.method.PAYPAY.name'))
    await expect(confirmation).toContainText(
      t('checkout.terms.paymentTime', { minutes: Math.round(paymentWindowMs / 60_000) }),
    )
    for (const term of Object.values(seller)) await expect(confirmation).toContainText(term)

    const paypay = page.getByRole('radio', { name: t('checkout.method.PAYPAY.name') })
    await expect(paypay).toBeChecked()
    const wallet = page.getByRole('radio', { name: t('checkout.method.WALLET.name') })
    await expect(wallet).toBeDisabled()
    await expect(wallet).toHaveAccessibleDescription(t('wallet.checkout.short', { amount: '¥5,672' }))
  })

  test('the second order is filled in from the first', async ({ page, shop, visitor }) => {
    const buyer = await visitor()
    const { name, ...delivery } = RECIPIENT
    const contact = { name, email: 'elsewhere@example.com', phone: '090-1234-5678' }
    const first = await buyer.call(
      'POST',
      '/api/orders',
      { items: [MUG], paymentMethod: 'PAYPAY', contact, delivery },
      { 'idempotency-key': randomUUID() },
    )
    expect(first.status).toBe(201)
    const { orderId: firstId } = z.object({ orderId: z.string() }).parse(first.body)
    await expect
      .poll(async () => (await buyer.call('GET', '/api/orders?size=1')).body)
      .toMatchObject({ items: [{ orderId: firstId }] })
    const books = await booksOf(shop)

    await putInCart(buyer, [MUG])
    const checkout = till(page)
    await checkout.open()
    await expect(checkout.field('addressLine1')).toHaveValue(RECIPIENT.addressLine1)
    await checkout.place.click()
    const orderId = await checkout.placed()
    const { body } = await buyer.call('GET', `/api/orders/${orderId}/recipient`)
    // The address one signed in with goes before the one of an earlier order.
    expect(body).toMatchObject({
      contact: { name, phone: '090-1234-5678', email: expect.not.stringContaining('elsewhere') },
      delivery,
    })
    expect((await booksOf(shop)).orders).toBe(books.orders + 1)
  })
})

test.describe('what changed between looking and pressing', () => {
  test('a new price is told with the old one and must be agreed to', async ({
    page,
    shop,
    visitor,
    watch,
  }) => {
    // What the shop refuses is a failed request to the browser.
    watch.expectTrouble()
    const product = 'pen-tray-takaoka-brass'
    const shelf = shelfOf(shop)
    await shelf.reprice(product, 5_720)
    const buyer = await visitor()
    const checkout = await atTheTill(page, buyer, [{ productId: product, quantity: 2 }])
    const books = await booksOf(shop)
    await shelf.reprice(product, 6_050)

    await checkout.place.click()
    const news = checkout.news('price-changed')
    await expect(news).toBeFocused()
    await expect(news).toContainText('¥11,440')
    await expect(news).toContainText('¥12,100')
    await expect(checkout.confirmation).toContainText(`${t('cart.totals.total')}¥12,100`)
    expect(await booksOf(shop)).toEqual(books)

    await checkout.place.click()
    const { amount } = await buyer.order(await checkout.placed())
    expect(amount.amountMinor).toBe(12_100)
    expect(await booksOf(shop)).toEqual({ ...books, orders: books.orders + 1 })
  })

  test('a product that went off sale is named and nothing is ordered', async ({
    page,
    shop,
    visitor,
    watch,
  }) => {
    watch.expectTrouble()
    const product = 'incense-awaji-hinoki'
    const buyer = await visitor()
    const checkout = await atTheTill(page, buyer, [MUG, { productId: product, quantity: 1 }])
    const books = await booksOf(shop)
    await shelfOf(shop).delist(product)

    await checkout.place.click()
    const news = checkout.news('lines')
    await expect(news).toBeFocused()
    await expect(news).toContainText('Awaji Incense, Hinoki')
    await expect(checkout.confirmation).toContainText(t('cart.line.notSold'))
    expect(await booksOf(shop)).toEqual(books)

    await news.getByRole('link', { name: t('checkout.toCart') }).click()
    await page.getByRole('button', { name: t('cart.line.remove', { title: t('cart.line.gone') }) }).click()
    await page.getByRole('link', { name: t('cart.toCheckout') }).click()
    // What was typed is still there.
    await expect(checkout.field('name')).toHaveValue(RECIPIENT.name)
    await checkout.place.click()
    await checkout.placed()
    expect(await booksOf(shop)).toEqual({ ...books, orders: books.orders + 1 })
  })

  test('the last one sold meanwhile: the order ends, and nothing is charged', async ({
    page,
    shop,
    visitor,
  }) => {
    const product = 'bud-vase-tamba-15cm'
    const shelf = shelfOf(shop)
    await shelf.leave(product, 1)
    const buyer = await visitor()
    const checkout = await atTheTill(page, buyer, [{ productId: product, quantity: 1 }])
    const books = await booksOf(shop)
    await shelf.leave(product, 0)

    await checkout.place.click()
    await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}\/(payment|result)$/)
    const orderId = /orders\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? ''
    await buyer.until(orderId, 'failed', ({ status }) => status === 'FAILED')
    await open(page, `/en/orders/${orderId}/result`)
    await expect(page.getByRole('heading', { name: t('payment.result.shortage.title') })).toBeVisible()
    await expect(page.getByText(t('payment.result.shortage.money'))).toBeVisible()
    const { status, failureReason } = await buyer.order(orderId)
    expect({ status, failureReason }).toEqual({ status: 'FAILED', failureReason: 'INVENTORY_SHORTAGE' })
    expect((await booksOf(shop)).capturedMinor).toBe(books.capturedMinor)
  })

  test('while PayPay refuses the shop it is said before and after pressing, and nothing is ordered', async ({
    page,
    shop,
    visitor,
    watch,
  }) => {
    watch.expectTrouble()
    const isOffered = async () => {
      const methods = z.object({
        paymentMethods: z.array(z.object({ method: z.string(), available: z.boolean() })),
      })
      const { paymentMethods } = methods.parse(await (await fetch(`${shop.url}/api/shop`)).json())
      return paymentMethods.some(({ method, available }) => method === 'PAYPAY' && available)
    }
    const buyer = await visitor()
    const checkout = await atTheTill(page, buyer, [MUG])
    try {
      // PayPay takes nobody's signature whose clock is not its own.
      await shop.simulate('clock', { advanceMs: 10 * 60_000 })
      // The shop learns it from the first it asks PayPay for: this order, or one of an earlier test that is still to be paid.
      await buyer.call(
        'POST',
        '/api/orders',
        { items: [{ productId: 'notebook-a5-grid', quantity: 1 }], paymentMethod: 'PAYPAY' },
        { 'idempotency-key': randomUUID() },
      )
      await expect.poll(isOffered).toBe(false)
      const books = await booksOf(shop)

      await checkout.place.click()
      await expect(checkout.news('method')).toBeFocused()
      await page.reload()
      await ready(page)
      const out = page.getByRole('status').filter({ hasText: t('checkout.paypayOut.title') })
      await expect(out).toBeVisible()
      await expect(page.getByRole('radio', { name: t('checkout.method.PAYPAY.name') })).toBeDisabled()
      await checkout.fillIn()
      await checkout.place.click()
      await expect(checkout.news('method')).toBeFocused()
      expect(await booksOf(shop)).toEqual(books)

      await shop.simulate('clock', { reset: true })
      await expect.poll(isOffered, { timeout: 60_000 }).toBe(true)
      await out.getByRole('button', { name: t('checkout.paypayOut.retry') }).click()
      await expect(out).toBeHidden()
      await checkout.place.click()
      await buyer.payable(await checkout.placed())
      expect(await booksOf(shop)).toEqual({ ...books, orders: books.orders + 1 })
    } finally {
      await shop.simulate('clock', { reset: true })
    }
  })
})
