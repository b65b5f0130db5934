import type { Page } from '@playwright/test'
import { NOTEBOOK } from './payments.ts'
import { obstacles } from './obstacles.ts'
import { takePicture } from './picture.ts'
import { refundBy, staffOf } from './refunds.ts'
import { DESK, expect, open, PHONE, test } from './test.ts'
import { orderFromWallet } from './wallets.ts'
import { at, words } from './words.ts'

test.use({ viewport: PHONE, reducedMotion: 'reduce' })

/** Waits until the shop has told the page such news, whatever the page made of it. */
const toldTo = (page: Page) => {
  const told: string[] = []
  page.on('websocket', (socket) => {
    if (socket.url().endsWith('/ws/me'))
      socket.on('framereceived', ({ payload }) => told.push(payload.toString()))
  })
  return (type: string) => expect.poll(() => told.some((text) => text.includes(`"${type}"`))).toBe(true)
}

test('who pays in one tab hears of it on the catalogue in another, and of the money that comes back', async ({
  context,
  page,
  shop,
  visitor,
}) => {
  const t = words('en')
  const buyer = await visitor()
  const { orderId } = await buyer.place(NOTEBOOK)
  const { payment } = await buyer.until(orderId, 'a code', (order) => order.payment?.url !== undefined)
  await open(page, at('en', `/orders/${orderId}/payment`))
  const other = await context.newPage()
  await other.setViewportSize(PHONE)
  const listens = other
    .waitForEvent('websocket', (socket) => socket.url().endsWith('/ws/me'))
    .then((socket) => socket.waitForEvent('framereceived'))
  await open(other, at('en', '/products'))
  await listens

  await shop.simulate('pay', { merchantPaymentId: payment?.merchantPaymentId })
  const news = other.getByRole('region', { name: t('news.region') })
  await expect(news).toContainText(t('news.paid.title'))
  await expect(news).toContainText('¥')
  // The order's own pages say it themselves.
  await expect(page).toHaveURL(new RegExp(`/orders/${orderId}/result$`))
  await expect(page.getByText(t('news.paid.title'))).toHaveCount(0)

  const toldHere = toldTo(page)
  await open(page, at('en', `/orders/${orderId}`))
  await refundBy(await staffOf(shop), orderId, {})
  await expect(news).toContainText(t('news.refunded.title'))
  const isBack = t('orders.refunds.COMPLETED.text', { amount: '¥990' })
  await expect(page.getByText(isBack, { exact: true })).toBeVisible()
  await toldHere('REFUND_DONE')
  const newsHere = page.getByRole('region', { name: t('news.region') })
  await expect(newsHere.getByRole('listitem')).toHaveCount(0)
  // Once the reader has left them, what happens later is told wherever they are.
  await page.getByRole('banner').getByRole('link', { name: 'Hibi' }).click()
  await orderFromWallet(buyer, NOTEBOOK, 'FAILED')
  await expect(newsHere).toContainText(t('news.funds.title'))
  await expect(newsHere.getByRole('listitem')).toHaveCount(1)
  await expect(news).toContainText(t('news.funds.title'))
  await other.keyboard.press('Escape')
  await expect(news).not.toContainText(t('news.funds.title'))
  const seen = { name: 'news', path: '/products', shows: () => news }
  for (const [where, found] of Object.entries(await obstacles(other, 'en', seen)))
    expect(found, where).toEqual([])
  await takePicture(other, 'news-360')
  await other.setViewportSize(DESK)
  await takePicture(other, 'news-desk')

  // It stays until it is put away, or until the reader goes to see the order.
  await other.keyboard.press('Escape')
  await expect(news.getByRole('listitem').filter({ hasText: t('news.refunded.title') })).toHaveCount(0)
})

test('news wait for who was away, lead to the order, and are told once', async ({ page, shop, visitor }) => {
  const t = words('ja')
  const buyer = await visitor()
  await open(page, '/products')
  const { orderId } = await buyer.place(NOTEBOOK)
  const { payment } = await buyer.until(orderId, 'a code', (order) => order.payment?.url !== undefined)
  await page.goto('about:blank')
  await shop.simulate('pay', { merchantPaymentId: payment?.merchantPaymentId })
  await buyer.until(orderId, 'paid', ({ status }) => status === 'PAID')
  await refundBy(await staffOf(shop), orderId, { amountMinor: 100 })
  await buyer.until(orderId, 'given back', ({ refunds }) => refunds?.[0]?.status === 'COMPLETED')

  await open(page, '/products')
  const news = page.getByRole('region', { name: t('news.region') })
  const item = news.getByRole('listitem').filter({ hasText: t('news.partlyRefunded.title') })
  await expect(item).toContainText('¥100')
  await takePicture(page, 'news-360-ja')
  await item.getByRole('link', { name: t('news.order') }).click()
  await expect(page).toHaveURL(new RegExp(`/orders/${orderId}$`))
  await expect(news.getByRole('listitem')).toHaveCount(0)
  // Shown once: another visit does not tell it again.
  await open(page, '/products')
  await expect(page.getByRole('main')).toBeVisible()
  await expect(news.getByRole('listitem')).toHaveCount(0)
})
