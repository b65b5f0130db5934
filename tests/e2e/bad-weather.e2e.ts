import type { Browser } from '@playwright/test'
import {
  codesLast,
  NOTEBOOK,
  outcomeAt,
  paidOnce,
  paymentPage,
  posts,
  shortLived,
  USUAL_CODE_LIFE_MS,
} from './payments.ts'
import { DESK, expect, open, ready, test } from './test.ts'

test.use({ viewport: DESK, locale: 'en-US' })
test.beforeEach(({ watch }) => {
  watch.expectTrouble()
})

/** Stops the processes that run pages, as a closed lid does: no script, no timer, nothing is heard. */
const sleep = async (browser: Browser): Promise<() => void> => {
  const devtools = await browser.newBrowserCDPSession()
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
  const pages = processInfo.filter(({ type }) => type === 'renderer')
  expect(pages.length).toBeGreaterThan(0)
  for (const { id } of pages) process.kill(id, 'SIGSTOP')
  return () => {
    for (const { id } of pages) process.kill(id, 'SIGCONT')
  }
}

/** Longer than the page waits before it tries anew, at its most patient. */
const BACK_MS = 90_000

test('without a network the page says so and keeps the code; once back it shows what happened meanwhile', async ({
  page,
  context,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  const { orderId } = await buyer.place(NOTEBOOK)
  const { merchantPaymentId } = await buyer.payable(orderId)
  await payment.open(orderId)
  await expect(payment.connection('live')).toBeVisible()
  await context.setOffline(true)
  await expect(payment.connection('offline')).toBeVisible()
  await expect(payment.picture).toBeVisible()
  await payment.confirm.click()
  await expect(payment.says('trouble.not-through.text')).toBeVisible()
  await shop.simulate('pay', { merchantPaymentId })
  await buyer.until(orderId, 'paid', ({ status }) => status === 'PAID')
  await expect(payment.picture).toBeVisible()
  await context.setOffline(false)
  await payment.result(orderId, 'paid', BACK_MS)
  expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce())
})

test('a page that slept through a restart of the shop and the payment shows it when it wakes', async ({
  page,
  browser,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  const { orderId } = await buyer.place(NOTEBOOK)
  const { merchantPaymentId } = await buyer.payable(orderId)
  await payment.open(orderId)
  await expect(payment.connection('live')).toBeVisible()
  const wake = await sleep(browser)
  try {
    await shop.kill()
    await shop.restart()
    await shop.simulate('pay', { merchantPaymentId })
    await buyer.until(orderId, 'paid', ({ status }) => status === 'PAID')
  } finally {
    wake()
  }
  await payment.result(orderId, 'paid', BACK_MS)
  expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce())
})

test('a shop that is killed while somebody pays loses nothing and takes the money once', async ({
  page,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  const placed = await shop.ordersPlaced()
  const { orderId } = await buyer.place(NOTEBOOK)
  const { merchantPaymentId } = await buyer.payable(orderId)
  await payment.open(orderId)
  await expect(payment.connection('live')).toBeVisible()
  // It would ask PayPay by itself, and might do so between the payment and its end.
  shop.freeze()
  await shop.simulate('pay', { merchantPaymentId, dropHook: true })
  await shop.kill()
  try {
    await expect(payment.connection('reconnecting')).toBeVisible()
    await expect(payment.title('result.paid.title')).toHaveCount(0)
  } finally {
    await shop.restart()
  }
  await payment.result(orderId, 'paid', BACK_MS)
  expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce())
  expect(await shop.ordersPlaced()).toBe(placed + 1)
})

test('a shop that is killed before anything was paid shows the same code again, and no other', async ({
  page,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  const { orderId } = await buyer.place(NOTEBOOK)
  const { merchantPaymentId, url } = await buyer.payable(orderId)
  await payment.open(orderId)
  await expect(payment.connection('live')).toBeVisible()
  await shop.kill()
  try {
    await expect(payment.connection('reconnecting')).toBeVisible()
    await payment.confirm.click()
    await expect(payment.says('trouble.not-through.text')).toBeVisible()
  } finally {
    await shop.restart()
  }
  await expect(payment.connection('live')).toBeVisible({ timeout: BACK_MS })
  await expect(payment.link).toHaveAttribute('href', url ?? '')
  await page.reload()
  await expect(payment.link).toHaveAttribute('href', url ?? '')
  await shop.simulate('pay', { merchantPaymentId })
  await payment.result(orderId, 'paid')
  expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce())
})

test('where sockets do not come through, the page asks instead', async ({ page, shop, visitor }) => {
  // Some networks let pages through and sockets not; the shop itself has no way to be like that.
  await page.routeWebSocket('**/ws/orders**', (socket) => socket.close())
  const buyer = await visitor()
  const payment = paymentPage(page)
  const { orderId } = await buyer.place(NOTEBOOK)
  await payment.open(orderId)
  await expect(payment.connection('reconnecting')).toBeVisible()
  await expect(payment.picture).toBeVisible()
  const { merchantPaymentId } = await buyer.payable(orderId)
  await shop.simulate('pay', { merchantPaymentId })
  await payment.result(orderId, 'paid', BACK_MS)
  expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce())
})

test('a PayPay that hangs while the buyer pays changes nothing on the page, and the order is paid by itself', async ({
  page,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  const { orderId } = await buyer.place(NOTEBOOK)
  const { merchantPaymentId } = await buyer.payable(orderId)
  await payment.open(orderId)
  await expect(payment.connection('live')).toBeVisible()
  await shop.simulate('outage', { on: true, kind: 'hang' })
  await shop.simulate('pay', { merchantPaymentId, dropHook: true })
  await payment.confirm.click()
  await expect(payment.title('confirming.unknown.title')).toBeVisible({ timeout: 60_000 })
  await shop.simulate('outage', { on: false })
  await payment.result(orderId, 'paid', BACK_MS)
  expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce())
})

test('what is done in one tab is shown in the other', async ({ page, context, shop, visitor }) => {
  const buyer = await visitor()
  const here = paymentPage(page)
  const otherPage = await context.newPage()
  const there = paymentPage(otherPage)
  const count = posts(otherPage)
  await codesLast(shop, 3_000)
  const { orderId } = await buyer.place(NOTEBOOK)
  const first = await shortLived(buyer, orderId)
  await codesLast(shop, USUAL_CODE_LIFE_MS)
  await here.open(orderId)
  await there.open(orderId)
  await expect(there.renew).toBeVisible()
  await here.renew.click()
  await expect(here.picture).toBeVisible()
  const { merchantPaymentId, url } = await buyer.payable(orderId)
  expect(merchantPaymentId).not.toBe(first.merchantPaymentId)
  for (const tab of [here, there]) await expect(tab.link).toHaveAttribute('href', url ?? '')
  expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({ codes: 2, payable: 1 })
  expect(count('/payments')).toBe(0)

  await here.cancel.click()
  await here.dialog.getByRole('button', { name: here.t('payment.cancel.confirm') }).click()
  await Promise.all([here.result(orderId, 'cancelled'), there.result(orderId, 'cancelled')])
  await expect.poll(async () => (await outcomeAt(shop, buyer, orderId)).payable).toBe(0)
  expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({ status: 'CANCELLED', captures: 0 })
})

test('coming back from PayPay proves nothing: paid goes to the result, unpaid back to paying', async ({
  page,
  shop,
  visitor,
  device,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  const { orderId } = await buyer.place(NOTEBOOK)
  const { merchantPaymentId } = await buyer.payable(orderId)
  await page.goto(`/en/checkout/return/${orderId}`)
  await expect(page).toHaveURL(new RegExp(`/en/orders/${orderId}/payment$`))
  await expect(payment.says('asked.not-paid.title')).toBeVisible()
  await expect(payment.picture).toBeVisible()

  await test.step('with the browser’s own button there is no code any more', async () => {
    await payment.link.click()
    await expect(page).toHaveURL((address) => address.origin === shop.simulatorUrl)
    await shop.simulate('pay', { merchantPaymentId })
    await buyer.until(orderId, 'paid', ({ status }) => status === 'PAID')
    await page.goBack()
    await expect(page.getByRole('heading', { name: payment.t('payment.result.paid.title') })).toBeVisible()
    await expect(payment.picture).toHaveCount(0)
  })

  await page.goto(`/en/checkout/return/${orderId}`)
  await payment.result(orderId, 'paid')
  expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce())

  const elsewhere = await (await device()).newPage()
  await open(elsewhere, `/en/checkout/return/${orderId}`)
  await expect(
    elsewhere.getByRole('heading', { name: payment.t('payment.return.stranger.title') }),
  ).toBeVisible()
  await expect(elsewhere.getByText(payment.t('payment.return.stranger.text'))).toBeVisible()
  await expect(elsewhere.getByText('¥')).toHaveCount(0)
  await expect(elsewhere.getByText(payment.t('payment.result.paid.title'))).toHaveCount(0)
})

test('signed out meanwhile: after signing in again the buyer is back at the payment', async ({
  page,
  shop,
  visitor,
}) => {
  const email = `${crypto.randomUUID()}@example.com`
  const buyer = await visitor(email)
  const payment = paymentPage(page)
  const { orderId } = await buyer.place(NOTEBOOK)
  const { merchantPaymentId, url } = await buyer.payable(orderId)
  await payment.open(orderId)
  await expect(payment.connection('live')).toBeVisible()
  await buyer.call('POST', '/api/auth/logout', { everywhere: true })
  await payment.confirm.click()
  await expect(page).toHaveURL(/\/en\/sign-in\?next=/)
  await expect(page.getByText('¥')).toHaveCount(0)
  await ready(page)
  await page.getByLabel(payment.t('checkout.field.email')).fill(email)
  await page.getByRole('button', { name: payment.t('checkout.signIn.submit') }).click()
  await expect(page).toHaveURL(new RegExp(`/en/orders/${orderId}/payment$`))
  await expect(payment.link).toHaveAttribute('href', url ?? '')
  await expect(payment.connection('live')).toBeVisible()
  await shop.simulate('pay', { merchantPaymentId })
  await payment.result(orderId, 'paid')
  const reply = await page.request.get(`/api/orders/${orderId}`)
  expect(await reply.json()).toMatchObject({ status: 'PAID' })
})
