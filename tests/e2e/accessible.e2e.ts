import { obstacles } from './obstacles.ts'
import { MAILS } from './mail-places.ts'
import { AFTERWARDS, PAYING } from './order-places.ts'
import { BUYING, CATALOGUE, STANDING } from './places.ts'
import { PROFILE } from './profile-places.ts'
import { REFUNDS } from './refund-places.ts'
import { walk } from './stage.ts'
import { WALLET } from './wallet-places.ts'
import { expect, PHONE, test } from './test.ts'
import { at, LOCALES } from './words.ts'

const ROOMS = {
  'the standing pages': STANDING,
  'the catalogue': CATALOGUE,
  'the cart and the checkout': BUYING,
  'the payment': PAYING,
  'results and orders': AFTERWARDS,
  'the mailbox': MAILS,
  refunds: REFUNDS,
  'the profile': PROFILE,
  'the wallet': WALLET,
}

/** Three languages, two themes and two widths take their time on two cores. */
const LIMIT_MS = 900_000

test.use({ viewport: PHONE, reducedMotion: 'reduce' })

for (const [room, places] of Object.entries(ROOMS))
  test(`nobody is kept out of ${room}: axe finds nothing, nothing is too small or too wide, every word is there`, async ({
    page,
    shop,
    visitor,
    watch,
  }) => {
    test.setTimeout(LIMIT_MS)
    // Pages that are missing or cut off are among the places.
    watch.expectTrouble()
    await walk({ page, shop, visitor }, places, LOCALES, async ({ place, locale }) => {
      for (const [where, found] of Object.entries(await obstacles(page, locale, place)))
        expect.soft(found, `${place.name} in ${locale}, ${where}`).toEqual([])
    })
  })

test('every page has a title of its own in every language', async ({ page, visitor }) => {
  const buyer = await visitor()
  const { orderId } = await buyer.place('sencha-yame-100g')
  const order = `/orders/${orderId}`
  const paths = [
    '/',
    '/products',
    '/categories/table',
    '/categories/kitchen',
    '/search?q=tea',
    '/products/sencha-yame-100g',
    '/products/matcha-uji-30g',
    '/cart',
    '/checkout',
    '/sign-in',
    '/orders',
    '/wallet',
    order,
    `${order}/payment`,
    `${order}/result`,
    `${order}/receipt`,
    `/checkout/return/${orderId}`,
    '/legal',
    '/privacy',
    '/about',
    '/mailbox',
    '/no-such-page',
  ]
  for (const locale of LOCALES) {
    const titles = new Map<string, string>()
    for (const path of paths) {
      const html = await (await page.request.get(at(locale, path))).text()
      const title = /<title>([^<]+)<\/title>/.exec(html)?.[1] ?? ''
      expect(title, `${path} in ${locale}`).not.toBe('')
      expect(titles.get(title), `“${title}” is also the title of ${path} in ${locale}`).toBeUndefined()
      titles.set(title, path)
    }
  }
})
