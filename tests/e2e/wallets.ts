import { randomUUID } from 'node:crypto'
import type { Locator, Page } from '@playwright/test'
import { z } from 'zod'
import type { Buyer } from '../../demo/shop-client.ts'
import { expect, open } from './test.ts'
import { at, words, type Locale } from './words.ts'

const Wallet = z.object({ balance: z.object({ amountMinor: z.number() }) })
const Placed = z.object({ orderId: z.string() })

/** What the shop says the wallet holds, whatever a page shows. */
export const balanceOf = async (buyer: Buyer): Promise<number> =>
  Wallet.parse((await buyer.call('GET', '/api/wallet')).body).balance.amountMinor

/** Tops up beside the page, and waits until every page shows it. */
export const topUp = async (buyer: Buyer, amountMinor: number): Promise<void> => {
  const headers = { 'idempotency-key': randomUUID() }
  const { status, body } = await buyer.call('POST', '/api/wallet/deposits', { amountMinor }, headers)
  expect(status).toBe(201)
  await expect.poll(() => balanceOf(buyer)).toBe(Wallet.parse(body).balance.amountMinor)
}

/** Orders one of it, to be paid from the wallet, and waits until the order has ended. */
export const orderFromWallet = async (buyer: Buyer, productId: string, status: string): Promise<string> => {
  const placed = await buyer.call(
    'POST',
    '/api/orders',
    { items: [{ productId, quantity: 1 }], paymentMethod: 'WALLET' },
    { 'idempotency-key': randomUUID() },
  )
  expect(placed.status).toBe(201)
  const { orderId } = Placed.parse(placed.body)
  await buyer.until(orderId, status, (order) => order.status === status)
  return orderId
}

/** The wallet as a page. */
export const walletPage = (page: Page, locale: Locale = 'en') => {
  const t = words(locale)
  const topUpPart = page.getByRole('region', { name: t('wallet.topUp.title') })
  return {
    t,
    balance: page.getByRole('region', { name: t('wallet.balance') }),
    amount: page.getByLabel(t('wallet.topUp.amount')),
    preset: (price: string): Locator => topUpPart.getByRole('button', { name: price, exact: true }),
    press: (amount: string): Locator =>
      topUpPart.getByRole('button', { name: t('wallet.topUp.press', { amount }) }),
    send: topUpPart.getByRole('form').getByRole('button').last(),
    news: (kind: string, blanks: Record<string, string> = {}): Locator =>
      topUpPart.getByRole('status').filter({ hasText: t(`wallet.topUp.news.${kind}.title`, blanks) }),
    entries: page.getByRole('region', { name: t('wallet.statement.title') }).getByRole('listitem'),
    older: page.getByRole('button', { name: t('wallet.statement.older') }),
    open: (query = ''): Promise<void> => open(page, at(locale, `/wallet${query}`)),
  }
}
