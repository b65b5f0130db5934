import { obstacles } from './obstacles.ts'
import { takePicture } from './picture.ts'
import { TOO_LATE } from './order-places.ts'
import { walk } from './stage.ts'
import { DESK, expect, PHONE, test } from './test.ts'
import { LOCALES } from './words.ts'

test.use({ viewport: PHONE, reducedMotion: 'reduce', shopSettings: { PAYMENT_WINDOW_MS: '1500' } })

test('nobody is kept out of the result of an order that ran out', async ({ page, shop, visitor }) => {
  await walk({ page, shop, visitor }, TOO_LATE, LOCALES, async ({ place, locale }) => {
    for (const [where, found] of Object.entries(await obstacles(page, locale, place)))
      expect.soft(found, `${place.name} in ${locale}, ${where}`).toEqual([])
  })
})

test('pictures of an order that ran out can be taken, on a phone and on a desk', async ({
  page,
  shop,
  visitor,
}) => {
  await walk({ page, shop, visitor }, TOO_LATE, ['ja'], async ({ place: { name } }) => {
    for (const size of [PHONE, DESK]) {
      await page.setViewportSize(size)
      await takePicture(page, `${name}-${size.width}-ja-light`)
    }
  })
})
