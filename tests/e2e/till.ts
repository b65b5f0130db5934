import type { Locator, Page } from '@playwright/test'
import { z } from 'zod'
import type { Buyer } from '../../demo/shop-client.ts'
import { expect, open } from './test.ts'
import { at, words, type Locale } from './words.ts'

export interface Item {
  readonly productId: string
  readonly quantity: number
}

const Cart = z.object({ items: z.array(z.object({ productId: z.string(), quantity: z.int() })) })

/** What the account holds, whatever a page shows. */
export const cartOf = async (buyer: Buyer): Promise<readonly Item[]> =>
  Cart.parse((await buyer.call('GET', '/api/cart')).body).items

/** Puts these in place of what the account's cart holds, as another device of the buyer would. */
export const putInCart = async (buyer: Buyer, items: readonly Item[]): Promise<void> => {
  const { status } = await buyer.call('PUT', '/api/cart', { items })
  expect(status).toBe(200)
}

/** Somebody to send things to. The e-mail address is the session's. */
export const RECIPIENT = {
  name: '日々 花子',
  postalCode: '812-0011',
  prefecture: '福岡県',
  city: '福岡市博多区',
  addressLine1: '博多駅前1-1',
} as const

/** The checkout as a page: its fields and its one button. */
export const till = (page: Page, locale: Locale = 'en') => {
  const t = words(locale)
  const field = (name: string): Locator => page.getByLabel(new RegExp(`^${t(`checkout.field.${name}`)}`))
  const confirmation = page.getByRole('region', { name: t('checkout.confirmation') })
  return {
    field,
    confirmation,
    place: page.getByRole('button', { name: t('checkout.place') }),
    /** What the last press came to, by the name of its words. */
    news: (kind: string): Locator =>
      page.getByRole('status').filter({ hasText: t(`checkout.news.${kind}.title`) }),
    open: async (): Promise<void> => {
      await open(page, at(locale, '/checkout'))
      await expect(confirmation).toBeVisible()
    },
    fillIn: async (): Promise<void> => {
      await field('name').fill(RECIPIENT.name)
      await field('postalCode').fill(RECIPIENT.postalCode)
      await field('prefecture').selectOption(RECIPIENT.prefecture)
      await field('city').fill(RECIPIENT.city)
      await field('addressLine1').fill(RECIPIENT.addressLine1)
    },
    /** Waits until the page has gone on to paying; answers for which order. */
    placed: async (): Promise<string> => {
      const payment = /\/orders\/([0-9a-f-]{36})\/payment$/
      await expect(page).toHaveURL(payment)
      return payment.exec(page.url())?.[1] ?? ''
    },
  }
}

/** Signed in, with these things, before a filled form: one press away from an order. */
export const atTheTill = async (
  page: Page,
  buyer: Buyer,
  items: readonly Item[],
): Promise<ReturnType<typeof till>> => {
  await putInCart(buyer, items)
  const checkout = till(page)
  await checkout.open()
  await checkout.fillIn()
  return checkout
}
