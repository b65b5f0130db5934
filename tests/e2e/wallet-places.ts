import type { Page } from '@playwright/test'
import { z } from 'zod'
import { refundBy, staffOf } from './refunds.ts'
import { part, somebodyNew, title, type Place, type Stage } from './stage.ts'
import { balanceOf, orderFromWallet, topUp, walletPage } from './wallets.ts'
import { expect, open } from './test.ts'
import { at, words, type Locale } from './words.ts'

/** ¥3,080. */
const MUG = 'mug-shigaraki-280ml'

const holding =
  (path: string, amountMinor: number, items: readonly { productId: string; quantity: number }[] = []) =>
  async (stage: Stage): Promise<string> => {
    const buyer = await somebodyNew(stage)
    if (amountMinor > 0) await topUp(buyer, amountMinor)
    await buyer.call('PUT', '/api/cart', { items })
    return path
  }

/** A page of an order paid from a wallet, some of which came back. */
const givenBack =
  (page: (orderId: string) => string) =>
  async (stage: Stage): Promise<string> => {
    const buyer = await somebodyNew(stage)
    await topUp(buyer, 10_000)
    const orderId = await orderFromWallet(buyer, MUG, 'PAID')
    await refundBy(await staffOf(stage.shop), orderId, { amountMinor: 500 })
    await expect.poll(() => balanceOf(buyer)).toBe(7_420)
    return page(orderId)
  }

const SHOP = '**/api/shop?*'

/**
 * The wallet as a shop for real money shows it, which has no development sign-in to get there by: the shop is asked for
 * its particulars once per language, and by the browser when the language changes.
 */
const whereStaffPayIn = async (page: Page, locale: Locale): Promise<void> => {
  await page.route(SHOP, async (route) => {
    const response = await route.fetch()
    const shop = z.looseObject({}).parse(await response.json())
    await route.fulfill({ response, json: { ...shop, walletDeposits: 'staff' } })
  })
  const before = locale === 'ja' ? 'en' : 'ja'
  const t = words(before)
  await open(page, at(before, '/wallet'))
  await page.getByRole('button', { name: t('shell.menu') }).click()
  await page
    .getByRole('dialog')
    .getByRole('combobox', { name: t('shell.language') })
    .selectOption(locale)
  await expect(page.getByRole('dialog')).toBeHidden()
}

/** The wallet, and what is paid from it. */
export const WALLET: readonly Place[] = [
  {
    name: 'wallet-empty',
    path: holding('/wallet', 0),
    shows: (page, t) => page.getByText(t('wallet.statement.empty')),
  },
  {
    name: 'wallet',
    path: givenBack(() => '/wallet'),
    shows: (page, t) => page.getByText(t('wallet.entry.refund')),
  },
  {
    name: 'wallet-by-staff',
    path: holding('/wallet', 0),
    reach: (page, _t, locale) => whereStaffPayIn(page, locale),
    shows: (page, t) => page.getByText(t('wallet.topUp.byStaff.title')),
    leave: (page) => page.unroute(SHOP),
  },
  {
    name: 'wallet-error',
    path: holding('/wallet', 100),
    reach: async (page, _t, locale) => {
      const wallet = walletPage(page, locale)
      await wallet.amount.fill('99999999')
      await wallet.send.click()
    },
    shows: (page, t) => page.getByText(t('wallet.topUp.problem.too-much', { most: '¥10,000,000' })),
  },
  {
    name: 'wallet-topped-up',
    path: holding('/wallet?next=/checkout', 0),
    reach: async (page, _t, locale) => {
      const wallet = walletPage(page, locale)
      await wallet.preset('¥3,000').click()
      await wallet.send.click()
    },
    shows: (page, t) => page.getByRole('link', { name: t('wallet.topUp.goOn') }),
  },
  {
    name: 'checkout-wallet',
    path: holding('/checkout', 5_000, [{ productId: MUG, quantity: 1 }]),
    reach: (page, t) => page.getByRole('radio', { name: t('checkout.method.WALLET.name') }).check(),
    shows: (page, t) => page.getByRole('button', { name: t('wallet.instead.checkout.place') }),
  },
  {
    name: 'checkout-wallet-short',
    path: holding('/checkout', 1_000, [{ productId: MUG, quantity: 1 }]),
    shows: (page, t) => page.getByText(t('wallet.checkout.short', { amount: '¥2,080' })),
  },
  {
    name: 'result-funds',
    path: async (stage) => {
      const buyer = await somebodyNew(stage)
      return `/orders/${await orderFromWallet(buyer, MUG, 'FAILED')}/result`
    },
    shows: (page, t) => title(page, t('payment.result.funds.title')),
  },
  {
    name: 'order-from-wallet',
    path: givenBack((orderId) => `/orders/${orderId}`),
    shows: (page, t) => part(page, t('orders.refunds.title')),
  },
]
