import { refundBy, staffOf } from './refunds.ts'
import { DESK, expect, open, ready, test } from './test.ts'
import { atTheTill } from './till.ts'
import { balanceOf, orderFromWallet, topUp, walletPage } from './wallets.ts'
import { at, words } from './words.ts'

const t = words('en')
/** ¥3,080 and ¥1,296. */
const MUG = 'mug-shigaraki-280ml'
const TEA = 'sencha-yame-100g'

test.use({ viewport: DESK, locale: 'en-US' })

test('money is added once, whatever is lost on the way, and the statement tells each of it', async ({
  page,
  visitor,
  watch,
}) => {
  // A request that is cut off is a complaint to the browser.
  watch.expectTrouble()
  const buyer = await visitor()
  const wallet = walletPage(page)
  await wallet.open()
  await expect(wallet.balance).toContainText('¥0')
  await expect(page.getByText(t('wallet.statement.empty'))).toBeVisible()

  await wallet.amount.fill('ten')
  await wallet.send.click()
  await expect(wallet.amount).toBeFocused()
  await expect(wallet.amount).toHaveAccessibleDescription(new RegExp(t('wallet.topUp.problem.unreadable')))

  // The shop books it, and its answer is lost.
  await page.route('**/api/wallet/deposits', async (route) => {
    await route.fetch()
    await route.abort()
  })
  await wallet.preset('¥3,000').click()
  await wallet.press('¥3,000').click()
  await expect(wallet.news('unsure')).toBeFocused()
  await page.unroute('**/api/wallet/deposits')
  await page.reload()
  await ready(page)
  await expect(wallet.news('unsure')).toBeVisible()
  await wallet.press('¥3,000').click()
  await expect(wallet.news('booked', { amount: '¥3,000' })).toBeFocused()
  await expect(wallet.balance).toContainText('¥3,000')
  expect(await balanceOf(buyer)).toBe(3_000)

  for (let n = 0; n < 10; n += 1) await topUp(buyer, 100)
  await wallet.amount.fill('￥２００')
  await wallet.press('¥200').click()
  await expect(wallet.balance).toContainText('¥4,200')
  await expect(wallet.entries).toHaveCount(10)
  await expect(wallet.entries.first()).toContainText(
    `+¥200${t('wallet.entry.balance', { balance: '¥4,200' })}`,
  )
  await wallet.older.press('Enter')
  await expect(wallet.entries).toHaveCount(12)
  await expect(wallet.entries.nth(10)).toBeFocused()
  await expect(wallet.older).toBeHidden()
  await expect(wallet.entries.last()).toContainText('+¥3,000')
})

test('the wallet pays at once, and what staff give back is in it again', async ({ page, shop, visitor }) => {
  const buyer = await visitor()
  await topUp(buyer, 5_000)
  const checkout = await atTheTill(page, buyer, [{ productId: MUG, quantity: 1 }])
  await expect(page.getByText(t('wallet.checkout.balance', { amount: '¥5,000' }))).toBeVisible()
  await page.getByRole('radio', { name: t('checkout.method.WALLET.name') }).check()
  await expect(checkout.confirmation).toContainText(t('wallet.instead.checkout.terms.paymentTime'))
  await page.getByRole('button', { name: t('wallet.instead.checkout.place') }).click()

  await expect(page).toHaveURL(/\/result$/)
  await expect(page.getByRole('heading', { level: 1, name: t('payment.result.paid.title') })).toBeVisible()
  await expect(
    page.getByText(t('wallet.instead.payment.result.paid.money', { amount: '¥3,080' })),
  ).toBeVisible()
  const orderId = /orders\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? ''
  expect((await buyer.order(orderId)).status).toBe('PAID')
  await expect.poll(() => balanceOf(buyer)).toBe(1_920)
  const wallet = walletPage(page)
  await wallet.open()
  await expect(wallet.balance).toContainText('¥1,920')
  await expect(wallet.entries.first()).toContainText(t('wallet.entry.payment'))
  await expect(wallet.entries.first()).toContainText('−¥3,080')

  await refundBy(await staffOf(shop), orderId, { amountMinor: 80 })
  await expect.poll(() => balanceOf(buyer)).toBe(2_000)
  await wallet.open()
  await expect(wallet.entries.first()).toContainText(t('wallet.entry.refund'))
  await expect(wallet.entries.first()).toContainText('+¥80')
  await wallet.entries.first().getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`/orders/${orderId}$`))
  const back = { amount: '¥80' }
  await expect(page.getByText(t('wallet.instead.orders.refunds.COMPLETED.text', back))).toBeVisible()
  await expect(page.getByText(t('wallet.instead.orders.timeline.paymentSucceeded'))).toBeVisible()
  await open(page, at('en', `/orders/${orderId}/receipt`))
  await expect(page.getByRole('article')).toContainText(t('orders.payment.methods.WALLET'))
  await expect(page.getByRole('main')).not.toContainText('PayPay')
})

test('what was spent elsewhere meanwhile is told in plain words; topped up, the same things can be ordered', async ({
  page,
  visitor,
}) => {
  const buyer = await visitor()
  await topUp(buyer, 4_000)
  await atTheTill(page, buyer, [{ productId: MUG, quantity: 1 }])
  const choice = page.getByRole('radio', { name: t('checkout.method.WALLET.name') })
  await choice.check()
  await orderFromWallet(buyer, TEA, 'PAID')
  await page.getByRole('button', { name: t('wallet.instead.checkout.place') }).click()

  await expect(page).toHaveURL(/\/result$/)
  await expect(page.getByRole('heading', { level: 1, name: t('payment.result.funds.title') })).toBeVisible()
  await expect(page.getByText(t('payment.result.funds.money', { amount: '¥3,080' }))).toBeVisible()
  await expect.poll(() => balanceOf(buyer)).toBe(2_704)

  await page
    .getByRole('main')
    .getByRole('link', { name: t('wallet.topUp.go') })
    .click()
  const wallet = walletPage(page)
  await wallet.preset('¥1,000').click()
  await wallet.press('¥1,000').click()
  await wallet.news('booked', { amount: '¥1,000' }).getByRole('link').click()
  await page.getByRole('button', { name: t('orders.again') }).click()
  await page
    .getByRole('main')
    .getByRole('link', { name: t('cart.toCheckout') })
    .click()
  await choice.check()
  await page.getByRole('button', { name: t('wallet.instead.checkout.place') }).click()
  await expect(page.getByRole('heading', { level: 1, name: t('payment.result.paid.title') })).toBeVisible()
  await expect.poll(() => balanceOf(buyer)).toBe(624)
})
