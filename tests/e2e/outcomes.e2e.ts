import { z } from 'zod'
import { NOTEBOOK, outcomeAt, paidOnce, paymentPage } from './payments.ts'
import { settleRefund } from './refunds.ts'
import { DESK, expect, open, test } from './test.ts'
import { cartOf, RECIPIENT } from './till.ts'
import { words } from './words.ts'

test.use({ viewport: DESK, locale: 'en-US' })

/** As PayPay does it, in seconds rather than on command. */
test.afterEach(({ shop }) => shop.simulate('knobs', { refundSettleMs: 3_000 }))

const TEA = 'barley-tea-fukui-30p'
const t = words('en')
const yen = (amountMinor: number): string => `¥${amountMinor.toLocaleString('en')}`

const Placed = z.object({ orderId: z.string() })
const Taxes = z.object({
  amount: z.object({ amountMinor: z.int() }),
  taxes: z.array(z.object({ ratePercent: z.int(), grossMinor: z.int(), taxMinor: z.int() })),
})
const Shop = z.object({ seller: z.object({ registrationNumber: z.string() }) })

test('a paid order tells its story, where it goes, and what the tax was', async ({ page, shop, visitor }) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  const { name, ...delivery } = RECIPIENT
  const reply = await buyer.call(
    'POST',
    '/api/orders',
    {
      items: [
        { productId: TEA, quantity: 2 },
        { productId: NOTEBOOK, quantity: 1 },
      ],
      paymentMethod: 'PAYPAY',
      locale: 'en',
      contact: { name },
      delivery,
    },
    { 'idempotency-key': crypto.randomUUID() },
  )
  const { orderId } = Placed.parse(reply.body)
  const { merchantPaymentId } = await buyer.payable(orderId)

  await open(page, `/en/orders/${orderId}/receipt`)
  await expect(page.getByRole('heading', { name: t('orders.receipt.later.title') })).toBeVisible()
  await payment.open(orderId)
  await shop.simulate('pay', { merchantPaymentId })
  await payment.result(orderId, 'paid')
  const { amount, taxes } = Taxes.parse((await buyer.call('GET', `/api/orders/${orderId}`)).body)
  await expect(
    page.getByText(t('payment.result.paid.money', { amount: yen(amount.amountMinor) })),
  ).toBeVisible()

  await page.getByRole('link', { name: t('payment.result.toOrder') }).click()
  const story = page.getByRole('region', { name: t('orders.timeline.title') })
  await expect(story.getByRole('listitem').filter({ hasText: t('orders.timeline.paid') })).toBeVisible()
  const told = await story.getByRole('listitem').allInnerTexts()
  expect(told.map((step) => step.split('\n')[0]).slice(0, 3)).toEqual([
    t('orders.timeline.placed'),
    t('orders.timeline.reserved'),
    t('orders.timeline.codeIssued'),
  ])
  expect(told.join()).toContain(t('orders.timeline.paymentSucceeded'))
  const recipient = page.getByRole('region', { name: t('orders.recipient.title') })
  await expect(recipient).toContainText(name)
  await expect(recipient).toContainText(`${delivery.prefecture}${delivery.city}${delivery.addressLine1}`)

  await page.getByRole('link', { name: t('orders.receipt.show') }).click()
  const receipt = page.getByRole('article', { name: t('orders.receipt.title') })
  const { seller } = Shop.parse(await (await page.request.get('/api/shop?locale=en')).json())
  await expect(receipt).toContainText(t('orders.receipt.registration', { number: seller.registrationNumber }))
  await expect(receipt).toContainText(yen(amount.amountMinor))
  expect(taxes.map(({ ratePercent }) => ratePercent).toSorted((a, b) => a - b)).toEqual([8, 10])
  for (const { ratePercent, grossMinor, taxMinor } of taxes) {
    expect(Math.abs(taxMinor - (grossMinor * ratePercent) / (100 + ratePercent))).toBeLessThan(1)
    const row = receipt.getByRole('term').filter({ hasText: t('orders.totals.rate', { rate: ratePercent }) })
    await expect(row).toContainText(yen(grossMinor))
    await expect(
      receipt
        .getByRole('definition')
        .filter({ hasText: yen(taxMinor) })
        .first(),
    ).toBeVisible()
  }
  expect(taxes.reduce((sum, { grossMinor }) => sum + grossMinor, 0)).toBe(amount.amountMinor)
  await page.getByLabel(t('orders.receipt.name')).fill('Hibi & Co.')
  await expect(receipt).toContainText(t('orders.receipt.to', { name: 'Hibi & Co.' }))
  await expect(receipt.getByText('※').first()).toBeVisible()
  expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce())
})

test('a payment PayPay did not approve, or stock that ran out, costs nothing and can be ordered again', async ({
  page,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)

  await test.step('not approved', async () => {
    const { orderId } = await buyer.place(NOTEBOOK, 2)
    const { merchantPaymentId } = await buyer.payable(orderId)
    await payment.open(orderId)
    await shop.simulate('fail', { merchantPaymentId, hook: true })
    await payment.result(orderId, 'payment-failed')
    await expect(page.getByText(t('payment.result.payment-failed.why'))).toBeVisible()
    await expect(page.getByText(t('payment.result.payment-failed.money'))).toBeVisible()
    await page.reload()
    await expect(page.getByText(t('payment.result.payment-failed.money'))).toBeVisible()
    await payment.open(orderId)
    await expect(payment.says('ended.before')).toBeVisible()
    await expect(payment.picture).toHaveCount(0)
    await open(page, `/en/orders/${orderId}/receipt`)
    await expect(page.getByRole('heading', { name: t('orders.receipt.never.title') })).toBeVisible()
    await open(page, `/en/orders/${orderId}/result`)
    await page.getByRole('button', { name: t('orders.again') }).dblclick()
    await expect(page).toHaveURL(/\/en\/cart$/)
    await expect.poll(() => cartOf(buyer)).toEqual([{ productId: NOTEBOOK, quantity: 2 }])
    expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({ status: 'FAILED', captures: 0, payable: 0 })
  })

  await test.step('sold out', async () => {
    const { orderId } = await buyer.place('paper-lamp-gifu-42cm', 2)
    await buyer.until(orderId, 'failed', ({ status }) => status === 'FAILED')
    await open(page, `/en/orders/${orderId}/result`)
    await payment.result(orderId, 'shortage')
    await expect(page.getByText(t('payment.result.shortage.money'))).toBeVisible()
    expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({ status: 'FAILED', codes: 0, captures: 0 })
  })
})

test('money that comes after a cancelled order is shown on its way back until it has arrived', async ({
  page,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  await shop.simulate('knobs', { refundSettleMs: null })
  const { orderId, amount } = await buyer.place(NOTEBOOK)
  const { merchantPaymentId } = await buyer.payable(orderId)
  await payment.open(orderId)
  await payment.cancel.click()
  await payment.dialog.getByRole('button', { name: t('payment.cancel.confirm') }).click()
  await payment.result(orderId, 'cancelled')
  await expect.poll(async () => (await outcomeAt(shop, buyer, orderId)).payable).toBe(0)

  await shop.simulate('pay', { merchantPaymentId, late: true })
  const money = { amount: yen(amount.amountMinor) }
  await expect(page.getByText(t('payment.surplus.LATE', money))).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(t('payment.refund.REQUESTED', money))).toBeVisible({ timeout: 60_000 })
  // With money on its way back this would not be true.
  await expect(page.getByText(t('payment.result.cancelled.money'))).toBeHidden()
  await settleRefund(shop, buyer, orderId)
  await expect(page.getByText(t('payment.refund.COMPLETED', money))).toBeVisible({ timeout: 60_000 })
  await open(page, '/en/orders')
  await expect(page.getByRole('article').getByText(t('orders.refund.done'))).toBeVisible()
  expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({
    status: 'CANCELLED',
    captures: 1,
    timesPaid: 0,
  })
  const { surplus } = await buyer.order(orderId)
  expect(surplus).toEqual([expect.objectContaining({ kind: 'LATE', refund: 'COMPLETED' })])
})

test('orders are found again by page and by state', async ({ page, visitor }) => {
  const buyer = await visitor()
  await open(page, '/en/orders')
  await expect(page.getByRole('heading', { name: t('orders.empty.title') })).toBeVisible()
  const placed: string[] = []
  for (let number = 1; number <= 21; number += 1) placed.push((await buyer.place(NOTEBOOK)).orderId)
  const [oldest = '', ...others] = placed
  await buyer.payable(oldest)
  await buyer.call('POST', `/api/orders/${oldest}/cancel`)
  await buyer.until(oldest, 'cancelled', ({ status }) => status === 'CANCELLED')
  for (const orderId of others) await buyer.payable(orderId)

  await open(page, '/en/orders')
  const orders = page.getByRole('main').getByRole('article')
  const count = (number: number) => page.getByText(t('orders.count', { count: number }), { exact: true })
  await expect(count(21)).toBeVisible()
  await expect(orders).toHaveCount(10)
  await expect(orders.first()).toContainText(placed.at(-1)?.slice(0, 8) ?? '')
  for (const number of [2, 3]) {
    await page.getByRole('link', { name: t('orders.pages.older') }).click()
    await expect(page).toHaveURL(new RegExp(`[?&]page=${number}`))
    await expect(page.getByText(t('orders.pages.now', { page: number, pages: 3 }))).toBeVisible()
  }
  await expect(orders).toHaveCount(1)
  await expect(orders.first()).toContainText(oldest.slice(0, 8))
  await expect(page.getByRole('link', { name: t('orders.pages.older') })).toHaveCount(0)
  await page.reload()
  await expect(orders).toHaveCount(1)
  await page.getByRole('link', { name: t('orders.pages.newer') }).click()
  await expect(orders).toHaveCount(10)

  const filters = page.getByRole('navigation', { name: t('orders.filter.label') })
  await filters.getByRole('link', { name: t('orders.status.CANCELLED') }).click()
  await expect(count(1)).toBeVisible()
  await expect(orders.first()).toContainText(oldest.slice(0, 8))
  await filters.getByRole('link', { name: t('orders.status.PAID'), exact: true }).click()
  await expect(page.getByRole('heading', { name: t('orders.empty.filtered') })).toBeVisible()
  await page.getByRole('link', { name: t('orders.filter.clear') }).click()
  await expect(count(21)).toBeVisible()
})

test('nobody sees an order that is not there or not theirs', async ({
  page,
  shop,
  visitor,
  watch,
  device,
}) => {
  // The browser reports every page that is answered with 404.
  watch.expectTrouble()
  const buyer = await visitor()
  const { orderId } = await buyer.place(NOTEBOOK)
  await buyer.payable(orderId)
  const stranger = await visitor()
  expect((await stranger.call('GET', `/api/orders/${orderId}`)).status).toBe(404)
  for (const path of [
    '/en/orders/00000000-0000-4000-8000-000000000000',
    '/en/orders/garbage/payment',
    ...['', '/payment', '/result', '/receipt'].map((ending) => `/en/orders/${orderId}${ending}`),
  ]) {
    const answer = await page.goto(path)
    expect(answer?.status(), path).toBe(404)
    await expect(page.getByRole('heading', { level: 1, name: t('orders.missing.title') })).toBeVisible()
    await expect(page.getByText('¥')).toHaveCount(0)
  }
  const own = await (await device(buyer)).newPage()
  await paymentPage(own).open(orderId)
  await expect(paymentPage(own).picture).toBeVisible()
  expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({ status: 'WAITING_PAYMENT', payable: 1 })
})
