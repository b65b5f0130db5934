import { takePicture } from './picture.ts'
import { MAILS } from './mail-places.ts'
import { AFTERWARDS, PAYING } from './order-places.ts'
import { BUYING, CATALOGUE, STANDING } from './places.ts'
import { PROFILE } from './profile-places.ts'
import { REFUNDS } from './refund-places.ts'
import { walk } from './stage.ts'
import { WALLET } from './wallet-places.ts'
import { DESK, PHONE, test } from './test.ts'

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

/** Also kept in English, and in dark. */
const FACES = [
  'home',
  'product',
  'checkout',
  'payment-waiting',
  'result-paid',
  'order-partly-refunded',
  'wallet',
]

test.use({ viewport: PHONE, reducedMotion: 'reduce' })

for (const [room, places] of Object.entries(ROOMS))
  test(`pictures of ${room} can be taken, on a phone and on a desk`, async ({
    page,
    shop,
    visitor,
    watch,
  }) => {
    test.setTimeout(900_000)
    // Pages that are missing or cut off are among the places.
    watch.expectTrouble()
    const faces = places.filter(({ name }) => FACES.includes(name))
    for (const [some, locale] of [
      [places, 'ja'],
      [faces, 'en'],
    ] as const)
      await walk({ page, shop, visitor }, some, [locale], async ({ place: { name, only } }) => {
        for (const size of only === undefined ? [PHONE, DESK] : [only]) {
          await page.setViewportSize(size)
          await takePicture(page, `${name}-${size.width}-${locale}-light`)
          if (!FACES.includes(name)) continue
          await page.emulateMedia({ colorScheme: 'dark' })
          await takePicture(page, `${name}-${size.width}-${locale}-dark`)
          await page.emulateMedia({ colorScheme: 'light' })
        }
        await page.setViewportSize(PHONE)
      })
  })
