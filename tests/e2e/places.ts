import type { Locator, Page } from '@playwright/test'
import type { Buyer } from '../../demo/shop-client.ts'
import type { RunningShop } from './running-shop.ts'
import { type DESK, expect, open, PHONE } from './test.ts'
import { at, type Locale, words } from './words.ts'

/** Whose browser goes through the places, and in which shop. */
export interface Stage {
  readonly page: Page
  readonly shop: RunningShop
  readonly visitor: (email?: string) => Promise<Buyer>
}

type Say = ReturnType<typeof words>

/** A page in one of its states, and how to get there on purpose. */
export interface Place {
  readonly name: string
  /** Brings the shop into the state and answers where the page is, before its language. */
  readonly path: string | ((stage: Stage) => Promise<string> | string)
  /** What only this state shows. */
  readonly shows: (page: Page, t: Say) => Locator
  /** What a visitor does on the page to get there, in every language anew. */
  readonly reach?: (page: Page, t: Say, locale: Locale) => Promise<unknown>
  /** Undoes it before the next page. */
  readonly leave?: (page: Page) => Promise<unknown>
  /** Where it is only to be had on one of both. */
  readonly only?: typeof PHONE | typeof DESK
}

const TEA = 'sencha-yame-100g'
const TEAPOT = 'teapot-tokoname-300ml'
/** Seeded with three, with one, and with none. */
const LAST_THREE = 'donabe-iga-25cm'
const LAST_ONE = 'paper-lamp-gifu-42cm'
const SOLD_OUT = 'wind-chime-nambu-iron'
const NO_ORDER = '00000000-0000-4000-8000-000000000000'
/** Something to look for that has suggestions in its language. */
const WANTED: Readonly<Record<Locale, string>> = { ja: '急須', en: 'teapot', zh: '茶壶' }

const title = (page: Page, name?: string): Locator =>
  page.getByRole('heading', { level: 1, ...(name === undefined ? {} : { name, exact: true }) })
const part = (page: Page, name: string): Locator => page.getByRole('heading', { level: 2, name, exact: true })

/** Forgets what the browser kept of an earlier visitor, and signs in a new one. */
const somebodyNew = async ({ page, visitor }: Stage): Promise<Buyer> => {
  await page.goto('/robots.txt')
  await page.evaluate(() => {
    localStorage.clear()
    sessionStorage.clear()
  })
  return await visitor()
}
const withCart =
  (path: string, items: readonly (readonly [productId: string, quantity: number])[]) =>
  async (stage: Stage): Promise<string> => {
    const buyer = await somebodyNew(stage)
    const body = { items: items.map(([productId, quantity]) => ({ productId, quantity })) }
    const { status } = await buyer.call('PUT', '/api/cart', body)
    expect(status).toBe(200)
    return path
  }

type Deed = (stage: Stage, buyer: Buyer, orderId: string) => Promise<unknown>
/** A page of an order that somebody new has placed, after `deed` happened to it. */
const ofOrder =
  (page: string, deed: Deed, [productId, quantity]: readonly [string, number] = [TEAPOT, 1]) =>
  async (stage: Stage): Promise<string> => {
    const buyer = await somebodyNew(stage)
    const { orderId } = await buyer.place(productId, quantity)
    await deed(stage, buyer, orderId)
    return `/orders/${orderId}${page}`
  }
const waiting: Deed = (_stage, buyer, orderId) => buyer.payable(orderId)
const paid: Deed = async ({ shop }, buyer, orderId) => {
  const { merchantPaymentId } = await buyer.payable(orderId)
  await shop.simulate('pay', { merchantPaymentId })
  await buyer.until(orderId, 'paid', ({ status }) => status === 'PAID')
}
const cancelled: Deed = async (_stage, buyer, orderId) => {
  await buyer.payable(orderId)
  await buyer.call('POST', `/api/orders/${orderId}/cancel`)
  await buyer.until(orderId, 'cancelled', ({ status }) => status === 'CANCELLED')
}
const failed: Deed = async ({ shop }, buyer, orderId) => {
  const { merchantPaymentId } = await buyer.payable(orderId)
  await shop.simulate('fail', { merchantPaymentId, hook: true })
  await buyer.until(orderId, 'failed', ({ status }) => status === 'FAILED')
}
const paidTooLate: Deed = async (stage, buyer, orderId) => {
  const { merchantPaymentId } = await buyer.payable(orderId)
  await cancelled(stage, buyer, orderId)
  await stage.shop.simulate('knobs', { refundSettleMs: 0 })
  await stage.shop.simulate('pay', { merchantPaymentId, late: true })
  await buyer.until(orderId, 'refunded', ({ surplus }) => surplus?.[0]?.refund === 'COMPLETED')
  await stage.shop.simulate('knobs', { refundSettleMs: 3_000 })
}
const silent: Deed = async ({ shop }, buyer, orderId) => {
  await buyer.payable(orderId)
  await shop.simulate('outage', { on: true })
}
const lapsing: Deed = async ({ shop }, buyer, orderId) => {
  const { expiresAt } = await buyer.payable(orderId)
  await shop.simulate('knobs', { codeLifeMs: 300_000, codeLifeJitterMs: 2_000 })
  expect(Date.parse(expiresAt ?? '') - Date.now()).toBeLessThan(5_000)
}
const ended: Deed = (_stage, buyer, orderId) =>
  buyer.until(orderId, 'ended', ({ status }) => status === 'FAILED', 20_000)

/** Open to everybody. */
export const STANDING: readonly Place[] = [
  { name: 'home', path: '/', shows: (page, t) => title(page, t('catalogue.home.title')) },
  { name: 'about', path: '/about', shows: (page, t) => title(page, t('pages.about.title')) },
  { name: 'legal', path: '/legal', shows: (page, t) => title(page, t('pages.legal.title')) },
  { name: 'privacy', path: '/privacy', shows: (page, t) => title(page, t('pages.privacy.title')) },
  {
    name: 'menu',
    path: '/',
    only: PHONE,
    reach: (page, t) => page.getByRole('button', { name: t('shell.menu') }).click(),
    shows: (page, t) => page.getByRole('dialog').getByRole('link', { name: t('shell.allProducts') }),
  },
  {
    name: 'tour',
    path: '/?tour=true',
    shows: (page, t) => page.getByRole('dialog', { name: t('tour.account.title') }),
  },
  {
    name: 'offline',
    path: '/privacy',
    reach: (page) => page.context().setOffline(true),
    shows: (page, t) => page.getByText(t('shell.offline')),
    leave: (page) => page.context().setOffline(false),
  },
  {
    name: 'missing',
    path: '/no-such-page',
    shows: (page, t) => title(page, t('shell.error.missing.title')),
  },
]

/** What there is to buy. */
export const CATALOGUE: readonly Place[] = [
  { name: 'list', path: '/products', shows: (page, t) => title(page, t('shell.allProducts')) },
  {
    name: 'category',
    path: '/categories/table?maxPrice=3000&inStock=true',
    shows: (page, t) => page.getByRole('list', { name: t('catalogue.filters.set') }),
  },
  {
    name: 'search',
    path: '/search?q=900',
    reach: (page, _t, locale) => open(page, at(locale, `/search?q=${encodeURIComponent(WANTED[locale])}`)),
    shows: (page, t) =>
      page
        .getByRole('region', { name: t('catalogue.list.label') })
        .getByRole('link')
        .first(),
  },
  {
    name: 'no-result',
    path: '/search?q=qqqqqqqqqq',
    shows: (page, t) => part(page, t('catalogue.nothing.unknown.title', { q: 'qqqqqqqqqq' })),
  },
  {
    name: 'suggestions',
    path: '/products',
    reach: (page, t, locale) =>
      page
        .getByRole('combobox', { name: t('catalogue.search.label') })
        .pressSequentially(WANTED[locale], { delay: 0 }),
    shows: (page) => page.getByRole('option').first(),
  },
  {
    name: 'product',
    path: `/products/${TEAPOT}`,
    shows: (page, t) => page.getByRole('article').getByText(t('catalogue.stock.in-stock')),
  },
  {
    name: 'product-last-three',
    path: `/products/${LAST_THREE}`,
    shows: (page, t) => page.getByRole('article').getByText(t('catalogue.stock.last', { count: 3 })),
  },
  {
    name: 'product-sold-out',
    path: `/products/${SOLD_OUT}`,
    shows: (page, t) => page.getByRole('article').getByText(t('catalogue.stock.sold-out')).first(),
  },
]

/** From choosing to the press that orders. */
export const BUYING: readonly Place[] = [
  {
    name: 'sign-in',
    path: '/sign-in?next=/checkout',
    shows: (page, t) => page.getByText(t('checkout.signIn.back')),
  },
  {
    name: 'sign-in-error',
    path: '/sign-in',
    reach: async (page, t) => {
      await page.getByLabel(t('checkout.field.email')).fill('hanako')
      await page.getByRole('button', { name: t('checkout.signIn.submit') }).click()
    },
    shows: (page, t) => page.getByText(t('checkout.signIn.problem.email')),
  },
  { name: 'cart-empty', path: '/cart', shows: (page, t) => title(page, t('cart.empty.title')) },
  {
    name: 'cart',
    path: withCart('/cart', [
      [TEA, 2],
      [TEAPOT, 1],
    ]),
    shows: (page, t) => page.getByRole('link', { name: t('cart.toCheckout') }),
  },
  {
    name: 'cart-trouble',
    path: withCart('/cart', [
      [TEA, 1],
      [LAST_ONE, 3],
      [SOLD_OUT, 1],
    ]),
    shows: (page, t) => page.getByText(t('cart.line.onlyLeft', { count: 1 })),
  },
  {
    name: 'cart-drawer',
    path: withCart('/products', [
      [TEA, 2],
      [TEAPOT, 1],
    ]),
    reach: (page, t) => page.getByRole('link', { name: t('shell.cart', { count: 3 }) }).click(),
    shows: (page, t) => page.getByRole('dialog').getByRole('link', { name: t('cart.toCheckout') }),
  },
  {
    name: 'checkout',
    path: withCart('/checkout', [
      [TEA, 2],
      [TEAPOT, 1],
    ]),
    reach: async (page, t) => {
      await page.getByLabel(t('checkout.field.name')).fill('日々 花子')
      await page.getByLabel(t('checkout.field.postalCode')).fill('812-0011')
      await page.getByLabel(t('checkout.field.prefecture')).selectOption('福岡県')
      await page.getByLabel(t('checkout.field.city')).fill('福岡市博多区')
      await page.getByLabel(t('checkout.field.addressLine1')).fill('博多駅前1-1')
    },
    shows: (page, t) => page.getByRole('region', { name: t('checkout.confirmation') }),
  },
  {
    name: 'checkout-errors',
    path: withCart('/checkout', [[TEA, 1]]),
    reach: (page, t) => page.getByRole('button', { name: t('checkout.place') }).click(),
    shows: (page, t) => page.getByText(t('checkout.problem.name.missing')).first(),
  },
]

/** An order that is not paid yet. */
export const PAYING: readonly Place[] = [
  {
    name: 'payment-preparing',
    path: async (stage) => {
      await stage.shop.simulate('outage', { on: true })
      return await ofOrder('/payment', () => Promise.resolve())(stage)
    },
    shows: (page, t) => part(page, t('payment.preparing.title')),
  },
  {
    name: 'payment-waiting',
    path: ofOrder('/payment', waiting),
    shows: (page, t) => page.getByRole('button', { name: t('payment.actions.confirm') }),
  },
  {
    name: 'payment-not-paid',
    path: ofOrder('/payment', waiting),
    reach: (page, t) => page.getByRole('button', { name: t('payment.actions.confirm') }).click(),
    shows: (page, t) => page.getByText(t('payment.asked.not-paid.title')),
  },
  {
    name: 'payment-cancelling',
    path: ofOrder('/payment', waiting),
    reach: (page, t) => page.getByRole('button', { name: t('payment.actions.cancel') }).click(),
    shows: (page, t) => page.getByRole('dialog', { name: t('payment.cancel.title') }),
  },
  {
    name: 'payment-buyer-confirming',
    path: ofOrder('/payment', async ({ shop }, buyer, orderId) => {
      const { merchantPaymentId } = await buyer.payable(orderId)
      await shop.simulate('in-flight', { merchantPaymentId })
      await buyer.call('POST', `/api/orders/${orderId}/payments/refresh`)
    }),
    shows: (page, t) => part(page, t('payment.confirming.buyer.title')),
  },
  {
    name: 'payment-unknown',
    path: ofOrder('/payment', silent),
    reach: (page, t) => page.getByRole('button', { name: t('payment.actions.confirm') }).click(),
    shows: (page, t) => part(page, t('payment.confirming.unknown.title')),
  },
  {
    name: 'payment-lapsed',
    path: async (stage) => {
      await stage.shop.simulate('knobs', { codeLifeMs: 1_000, codeLifeJitterMs: 0 })
      return await ofOrder('/payment', lapsing)(stage)
    },
    shows: (page, t) => page.getByRole('button', { name: t('payment.lapsed.renew') }),
  },
  {
    name: 'order-waiting',
    path: ofOrder('', waiting),
    shows: (page, t) => page.getByRole('link', { name: t('orders.payNow') }),
  },
  {
    name: 'receipt-not-yet',
    path: ofOrder('/receipt', waiting),
    shows: (page, t) => title(page, t('orders.receipt.later.title')),
  },
  {
    name: 'return-stranger',
    path: async ({ page }) => {
      await page.context().clearCookies()
      return `/checkout/return/${NO_ORDER}`
    },
    shows: (page, t) => title(page, t('payment.return.stranger.title')),
  },
]

/** How orders end, and where they are found again. */
export const AFTERWARDS: readonly Place[] = [
  {
    name: 'result-paid',
    path: ofOrder('/result', paid),
    shows: (page, t) => title(page, t('payment.result.paid.title')),
  },
  {
    name: 'payment-ended',
    path: ofOrder('/payment', paid),
    shows: (page, t) => part(page, t('payment.result.paid.title')),
  },
  {
    name: 'order-paid',
    path: ofOrder('', paid),
    shows: (page, t) => page.getByText(t('orders.timeline.paid')),
  },
  {
    name: 'receipt',
    path: ofOrder('/receipt', paid),
    shows: (page, t) => title(page, t('orders.receipt.title')),
  },
  {
    name: 'result-failed',
    path: ofOrder('/result', failed),
    shows: (page, t) => title(page, t('payment.result.payment-failed.title')),
  },
  {
    name: 'result-cancelled',
    path: ofOrder('/result', cancelled),
    shows: (page, t) => title(page, t('payment.result.cancelled.title')),
  },
  {
    name: 'result-shortage',
    path: ofOrder('/result', ended, [LAST_ONE, 2]),
    shows: (page, t) => title(page, t('payment.result.shortage.title')),
  },
  {
    name: 'result-refunded',
    path: ofOrder('/result', paidTooLate),
    shows: (page, t) => page.getByText(t('payment.refund.COMPLETED', { amount: '' }).slice(-12)),
  },
  {
    name: 'orders-none',
    path: async (stage) => {
      await somebodyNew(stage)
      return '/orders'
    },
    shows: (page, t) => part(page, t('orders.empty.title')),
  },
  {
    name: 'orders',
    path: async (stage) => {
      const buyer = await somebodyNew(stage)
      for (const deed of [cancelled, failed, paid, waiting]) {
        const { orderId } = await buyer.place(TEA, 2)
        await deed(stage, buyer, orderId)
      }
      return '/orders'
    },
    shows: (page, t) => page.getByRole('listitem').getByText(t('orders.status.CANCELLED')).first(),
  },
  {
    name: 'order-missing',
    path: `/orders/${NO_ORDER}`,
    shows: (page, t) => title(page, t('orders.missing.title')),
  },
]

/** For a shop in which orders are to be paid within seconds. */
export const TOO_LATE: readonly Place[] = [
  {
    name: 'result-expired',
    path: ofOrder('/result', ended),
    shows: (page, t) => title(page, t('payment.result.payment-expired.title')),
  },
]

export type Look = (at: { readonly place: Place; readonly locale: Locale }) => Promise<void>

/** Goes through the places in these languages and looks at each once it shows what it should. */
export const walk = async (
  stage: Stage,
  places: readonly Place[],
  locales: readonly Locale[],
  look: Look,
): Promise<void> => {
  const { page, shop } = stage
  const width = page.viewportSize()?.width
  for (const place of places.filter(({ only }) => only === undefined || only.width === width)) {
    const { name, path, reach, shows, leave } = place
    const where = typeof path === 'string' ? path : await path(stage)
    for (const locale of locales) {
      const t = words(locale)
      await open(page, at(locale, where))
      await reach?.(page, t, locale)
      await expect(shows(page, t), `${name} in ${locale}`).toBeVisible()
      await look({ place, locale })
      await leave?.(page)
    }
    await shop.calm()
  }
}
