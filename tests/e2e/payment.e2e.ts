import type { Page } from '@playwright/test'
import {
  codesLast,
  isDead,
  NOTEBOOK,
  outcomeAt,
  paidOnce,
  paymentPage,
  posts,
  pressTwice,
  shortLived,
  USUAL_CODE_LIFE_MS,
} from './payments.ts'
import { DESK, expect, open, PHONE, ready, test } from './test.ts'
import { words } from './words.ts'

test.use({ viewport: DESK, locale: 'en-US' })

test.afterEach(({ shop }) => codesLast(shop, USUAL_CODE_LIFE_MS))

test('an order placed while PayPay is silent shows its one code as soon as PayPay speaks again', async ({
  page,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  await shop.simulate('outage', { on: true })
  const { orderId } = await buyer.place(NOTEBOOK)
  await payment.open(orderId)
  await expect(payment.title('preparing.title')).toBeVisible()
  await expect(payment.says('preparing.text')).toBeVisible()
  await expect(payment.picture).toHaveCount(0)
  await expect(payment.confirm).toHaveCount(0)
  await page.reload()
  await expect(payment.title('preparing.title')).toBeVisible()
  await expect(payment.says('preparing.slow')).toBeVisible()

  await shop.simulate('outage', { on: false })
  await expect(payment.picture).toBeVisible({ timeout: 60_000 })
  const { merchantPaymentId } = await buyer.payable(orderId)
  await shop.simulate('pay', { merchantPaymentId })
  await payment.result(orderId, 'paid')
  expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce())
})

test('at a desk the code leads, as a picture and as a link; what PayPay has not seen is not called paid', async ({
  page,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  const count = posts(page)
  const { orderId } = await buyer.place(NOTEBOOK)
  const { merchantPaymentId, url } = await buyer.payable(orderId)
  await payment.open(orderId)
  await expect(payment.picture).toBeVisible()
  await expect(payment.app).toBeHidden()
  await expect(payment.link).toHaveAttribute('href', url ?? '')
  await expect(payment.connection('live')).toBeVisible()
  for (const format of ['svg', 'png']) {
    const picture = await page.request.get(`/api/payments/${orderId}/qrcode?format=${format}`)
    expect(picture.status()).toBe(200)
    expect(picture.headers()['content-type']).toContain(`image/${format}`)
    expect((await picture.body()).length).toBeGreaterThan(500)
  }

  await pressTwice(page, '**/payments/refresh', payment.confirm)
  await expect(payment.says('asked.not-paid.title')).toBeVisible()
  await expect(payment.says('asked.not-paid.text')).toBeVisible()
  await expect(payment.picture).toBeVisible()
  expect(count('/payments/refresh')).toBe(1)
  expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({ status: 'WAITING_PAYMENT', captures: 0 })

  const pictures: string[] = []
  await test.step('while the buyer is paying there is no code, after a reload either', async () => {
    await shop.simulate('in-flight', { merchantPaymentId })
    await expect(payment.title('confirming.buyer.title')).toBeVisible()
    page.on('request', (request) => {
      if (request.url().includes('/qrcode')) pictures.push(request.url())
    })
    await expect(payment.picture).toHaveCount(0)
    await page.reload()
    await expect(payment.title('confirming.buyer.title')).toBeVisible()
    await expect(payment.says('confirming.buyer.todo')).toBeVisible()
    await expect(payment.picture).toHaveCount(0)
    await expect(payment.renew).toHaveCount(0)
    await expect(page.getByRole('link', { name: payment.t('payment.confirming.backToApp') })).toBeVisible()
  })

  await test.step('paid, although PayPay’s announcement is lost', async () => {
    await shop.simulate('pay', { merchantPaymentId, dropHook: true })
    await payment.result(orderId, 'paid')
    expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce())
    expect(pictures, 'codes shown after the buyer had begun to pay').toEqual([])
  })

  await test.step('back from the result there is nothing left to pay', async () => {
    await payment.open(orderId)
    await page.getByRole('link', { name: payment.t('payment.ended.toResult') }).click()
    await payment.result(orderId, 'paid')
    await page.goBack()
    await expect(payment.says('ended.before')).toBeVisible()
    await expect(payment.picture).toHaveCount(0)
    await expect(payment.confirm).toHaveCount(0)
    expect((await page.request.get(`/api/payments/${orderId}/qrcode`)).status()).toBe(409)
  })
})

test('“I have paid” while PayPay is silent: the money is safe, no second code, and it is paid by itself', async ({
  page,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  const { orderId } = await buyer.place(NOTEBOOK)
  const { merchantPaymentId, url } = await buyer.payable(orderId)
  await payment.open(orderId)
  await shop.simulate('outage', { on: true })
  await shop.simulate('pay', { merchantPaymentId, dropHook: true })
  await payment.confirm.click()
  await expect(payment.title('confirming.unknown.title')).toBeVisible()
  await expect(payment.says('confirming.unknown.text')).toBeVisible()
  await expect(payment.says('confirming.unknown.todo')).toBeVisible()
  // The turning ring goes round the whole sign, in whatever order the styles of the parts came.
  await expect(page.locator('.message__turning')).toHaveCSS('width', '80px')
  await expect(payment.picture).toHaveCount(0)
  await expect(payment.renew).toHaveCount(0)
  // Whoever is sure that they have not paid sees the code they had.
  await page.getByRole('button', { name: payment.t('payment.confirming.showCode') }).click()
  await expect(payment.link).toHaveAttribute('href', url ?? '')
  await page.reload()
  await ready(page)
  await expect(payment.link).toHaveAttribute('href', url ?? '')
  await payment.confirm.click()
  await payment.askAgain.dblclick()
  await expect(payment.title('confirming.unknown.title')).toBeVisible()
  expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({ status: 'WAITING_PAYMENT', codes: 1 })

  await shop.simulate('outage', { on: false })
  await payment.result(orderId, 'paid')
  expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce())
})

test('a code that ran out is replaced by one press, and only the fresh one can be paid', async ({
  page,
  shop,
  visitor,
}) => {
  const buyer = await visitor()
  const payment = paymentPage(page)
  const count = posts(page)
  await codesLast(shop, 3_000)
  const { orderId } = await buyer.place(NOTEBOOK)
  const first = await shortLived(buyer, orderId)
  await codesLast(shop, USUAL_CODE_LIFE_MS)
  await payment.open(orderId)
  await expect(payment.renew).toBeVisible()
  await expect(payment.panel).toContainText(payment.t('payment.lapsed.title').split('{time}')[0] ?? '')
  await expect(payment.says('lapsed.text')).toBeVisible()
  await expect(payment.picture).toHaveCount(0)
  await page.reload()
  await expect(payment.renew).toBeVisible()
  await payment.open(orderId)

  await pressTwice(page, '**/payments', payment.renew)
  await expect(payment.picture).toBeVisible()
  expect(count('/payments')).toBe(1)
  const fresh = await buyer.payable(orderId)
  expect(fresh.merchantPaymentId).not.toBe(first.merchantPaymentId)
  await expect(payment.link).toHaveAttribute('href', fresh.url ?? '')
  expect(await isDead(shop, first.merchantPaymentId)).toBe(true)
  expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({ codes: 2, payable: 1, captures: 0 })

  await shop.simulate('pay', { merchantPaymentId: fresh.merchantPaymentId })
  await payment.result(orderId, 'paid')
  expect(await outcomeAt(shop, buyer, orderId)).toEqual(paidOnce(2))
})

/** Notes each sentence of the countdown's that a screen reader would hear, from before the page is there. */
const keepWhatIsReadOut = (page: Page) =>
  page.addInitScript(() => {
    const said: string[] = []
    Reflect.set(window, 'said', said)
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement
        const text = element?.closest('.countdown [aria-live=polite]')?.textContent?.trim() ?? ''
        if (text !== '') said.push(text)
      }
    }).observe(document, { subtree: true, characterData: true, childList: true })
  })

test('the time left is the shop’s, however wrong the buyer’s clock, and is read out at 60, 30 and 10 seconds', async ({
  page,
  shop,
  visitor,
  device,
}) => {
  const t = words('en')
  const buyer = await visitor()
  const late = await (await device(buyer)).newPage()
  const early = paymentPage(page)
  const later = paymentPage(late)
  const HOUR_MS = 3_600_000
  // The browser has no other way to be an hour wrong than to be told so; only its idea of the date is changed.
  await page.clock.setSystemTime(Date.now() - HOUR_MS)
  await late.clock.setSystemTime(Date.now() + HOUR_MS)
  await Promise.all([page, late].map(keepWhatIsReadOut))
  // The page is there before the code is, so that however slow it is to open, no mark has passed by then.
  const shown = async (payment: typeof early, codeLifeMs: number) => {
    await codesLast(shop, codeLifeMs)
    await shop.simulate('outage', { on: true })
    const { orderId } = await buyer.place(NOTEBOOK)
    await payment.open(orderId)
    await expect(payment.title('preparing.title')).toBeVisible()
    await shop.simulate('outage', { on: false })
    const { expiresAt } = await buyer.payable(orderId)
    await expect(payment.picture).toBeVisible()
    return { orderId, expiresAtMs: Date.parse(expiresAt ?? '') }
  }
  const said = (of: Page) => of.evaluate((): unknown => Reflect.get(window, 'said'))
  const seconds = (...marks: number[]) =>
    marks.map((left) => t('payment.countdown.announced', { seconds: left }))
  const { orderId: long, expiresAtMs } = await shown(early, 80_000)
  const wrongByS = async (): Promise<number> => {
    const [, minutes, rest] = /(\d+):(\d\d)/.exec((await early.timeLeft.textContent()) ?? '') ?? []
    return Math.abs(Number(minutes) * 60 + Number(rest) - (expiresAtMs - Date.now()) / 1_000)
  }
  await expect.poll(wrongByS).toBeLessThan(2)
  const { orderId: short } = await shown(later, 45_000)
  await Promise.all([
    expect
      .poll(() => said(page), { timeout: 90_000 })
      .toEqual(seconds(60, 30))
      .then(() => expect(early.picture).toBeVisible()),
    expect.poll(() => said(late), { timeout: 90_000 }).toEqual(seconds(30, 10)),
  ])
  await expect(later.renew).toBeVisible()
  expect(await said(late)).toEqual(seconds(30, 10))
  for (const orderId of [long, short])
    expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({ status: 'WAITING_PAYMENT', captures: 0 })
})

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true })

  test('the app leads, the code is folded away, and an order is given up only on purpose', async ({
    page,
    shop,
    visitor,
  }) => {
    const buyer = await visitor()
    const payment = paymentPage(page)
    const count = posts(page)
    const { orderId } = await buyer.place(NOTEBOOK)
    const { merchantPaymentId, url } = await buyer.payable(orderId)
    await open(page, `/en/orders/${orderId}`)
    await page.getByRole('link', { name: payment.t('orders.payNow') }).tap()
    await expect(payment.app).toHaveAttribute('href', url ?? '')
    await expect(payment.picture).toBeHidden()
    await page.getByRole('button', { name: payment.t('payment.code.unfold') }).tap()
    await expect(payment.picture).toBeVisible()

    await payment.cancel.tap()
    await expect(payment.dialog).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(payment.dialog).toBeHidden()
    await expect(payment.cancel).toBeFocused()
    await payment.cancel.tap()
    await payment.dialog.getByRole('button', { name: payment.t('payment.cancel.keep') }).tap()
    await expect(payment.dialog).toBeHidden()
    expect(count('/cancel')).toBe(0)
    expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({ status: 'WAITING_PAYMENT', payable: 1 })

    await payment.cancel.tap()
    const confirm = payment.dialog.getByRole('button', { name: payment.t('payment.cancel.confirm') })
    await pressTwice(page, '**/cancel', confirm)
    await payment.result(orderId, 'cancelled')
    await expect(page.getByText(payment.t('payment.result.cancelled.money'))).toBeVisible()
    expect(count('/cancel')).toBe(1)
    await expect.poll(async () => (await outcomeAt(shop, buyer, orderId)).payable).toBe(0)
    expect(await isDead(shop, merchantPaymentId)).toBe(true)
    await page.goBack()
    await expect(page).toHaveURL(new RegExp(`/orders/${orderId}$`))
    await payment.open(orderId)
    await expect(payment.says('ended.before')).toBeVisible()
    await expect(payment.picture).toHaveCount(0)
    expect(await outcomeAt(shop, buyer, orderId)).toMatchObject({
      status: 'CANCELLED',
      payable: 0,
      captures: 0,
    })
  })
})
