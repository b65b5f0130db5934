import { expect, open, PHONE } from './test.ts'
import { part, somebodyNew, title, type Place, type Stage } from './stage.ts'
import { at, type Locale } from './words.ts'

const TEA = 'sencha-yame-100g'
const TEAPOT = 'teapot-tokoname-300ml'
/** Seeded with three, with one, and with none. */
const LAST_THREE = 'donabe-iga-25cm'
const LAST_ONE = 'paper-lamp-gifu-42cm'
const SOLD_OUT = 'wind-chime-nambu-iron'
/** Something to look for that has suggestions in its language. */
const WANTED: Readonly<Record<Locale, string>> = { ja: '急須', en: 'teapot', zh: '茶壶' }

/** Something that many products have to do with. */
const WIDE: Readonly<Record<Locale, string>> = { ja: '茶', en: 'tea', zh: '茶' }

const withCart =
  (path: string, items: readonly (readonly [productId: string, quantity: number])[]) =>
  async (stage: Stage): Promise<string> => {
    const buyer = await somebodyNew(stage)
    const body = { items: items.map(([productId, quantity]) => ({ productId, quantity })) }
    const { status } = await buyer.call('PUT', '/api/cart', body)
    expect(status).toBe(200)
    return path
  }

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
    name: 'search-filters',
    path: '/search?q=900',
    reach: async (page, t, locale) => {
      await open(page, at(locale, `/search?q=${encodeURIComponent(WIDE[locale])}&inStock=true`))
      const form = page.getByRole('form', { name: t('catalogue.filters.form') })
      await form.locator('summary').click()
      await form
        .getByRole('list', { name: t('catalogue.filters.ranges') })
        .getByRole('link')
        .first()
        .click()
      await expect(form.locator('[aria-current=true]')).toBeVisible()
    },
    shows: (page, t) => page.getByRole('list', { name: t('catalogue.filters.ranges') }),
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
