import { NOTEBOOK, outcomeAt, paidOnce, paymentPage } from './payments.ts'
import { DESK, expect, test } from './test.ts'

/** Long enough to open a page in on a busy machine, short enough to see the end of. */
test.use({ viewport: DESK, locale: 'en-US', shopSettings: { PAYMENT_WINDOW_MS: '20000' } })

test('when the time to pay is over the code goes, PayPay is asked a last time, and nothing was charged', async ({
  page,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  const { orderId } = await buyer.place(NOTEBOOK)
  await payment.open(orderId)
  await expect(payment.picture).toBeVisible()
  await payment.result(orderId, 'payment-expired')
  await expect(page.getByText(payment.t('payment.result.payment-expired.money'))).toBeVisible()
  await page.reload()
  await payment.result(orderId, 'payment-expired')
  await payment.open(orderId)
  await expect(payment.says('ended.before')).toBeVisible()
  await expect(payment.picture).toHaveCount(0)
  await expect(payment.renew).toHaveCount(0)
  expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({ status: 'FAILED', payable: 0, captures: 0 })
})

test('paid in time, with a PayPay that does not answer until the time is over: it counts', async ({
  page,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  const { orderId } = await buyer.place(NOTEBOOK)
  const { merchantPaymentId } = await buyer.payable(orderId)
  await shop.simulate('outage', { on: true })
  await shop.simulate('pay', { merchantPaymentId, dropHook: true })
  await payment.open(orderId)
  await expect(payment.title('confirming.last.title')).toBeVisible({ timeout: 60_000 })
  await expect(payment.says('confirming.last.todo')).toBeVisible()
  for (const gone of [payment.picture, payment.renew, payment.confirm, payment.cancel])
    await expect(gone).toHaveCount(0)
  await page.reload()
  await expect(payment.title('confirming.last.title')).toBeVisible()

  await shop.simulate('outage', { on: false })
  await payment.result(orderId, 'paid')
  expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce())
})
