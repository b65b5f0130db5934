import { expect, open, PHONE, test } from './test.ts'
import { words } from './words.ts'

test.use({ viewport: PHONE, locale: 'zh-CN' })

test('a buyer reads in the mailbox what the shop would have mailed, and it can do nothing to the page', async ({
  page,
  shop,
  visitor,
}) => {
  const t = words('zh')
  const buyer = await visitor()
  const { orderId } = await buyer.place('sencha-yame-100g')
  const { merchantPaymentId } = await buyer.payable(orderId)
  await shop.simulate('pay', { merchantPaymentId })
  await buyer.until(orderId, 'paid', ({ status }) => status === 'PAID')

  await open(page, `/zh/orders/${orderId}`)
  await page
    .getByRole('main')
    .getByRole('link', { name: t('mailbox.link') })
    .click()
  await expect(page).toHaveURL(/\/zh\/mailbox$/)
  const mails = page.getByRole('listitem').filter({ hasText: orderId })
  // Mails follow the payment a moment later.
  await expect(async () => {
    await open(page, '/zh/mailbox')
    await expect(mails).toHaveCount(2, { timeout: 2_000 })
  }).toPass({ timeout: 60_000 })
  await mails.first().getByRole('link').click()

  await expect(page.getByRole('heading', { level: 1 })).toContainText(orderId)
  const frame = page.locator('iframe')
  await expect(frame).toHaveAttribute('sandbox', 'allow-popups allow-popups-to-escape-sandbox')
  const letter = page.frameLocator('iframe')
  await expect(letter.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(letter.getByText(/1,296/).first()).toBeVisible()
  expect(await frame.evaluate((element: HTMLIFrameElement) => element.contentDocument)).toBeNull()
  await page.getByText(t('mailbox.plain')).click()
  await expect(page.locator('.mail__text')).toContainText(orderId)
})
