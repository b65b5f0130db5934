import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { z } from 'zod'
import { ADMINISTRATION, chooseList, MIXED_LIST } from './admin-places.ts'
import { obstacles } from './obstacles.ts'
import { takePicture } from './picture.ts'
import { title, walk } from './stage.ts'
import { enterAs } from './staff.ts'
import { DESK, expect, open, PHONE, test } from './test.ts'
import { LOCALES, words } from './words.ts'

const TEA = 'sencha-yame-100g'
/** Of no other test: it is given another price and picture. */
const SCISSORS = 'scissors-ono-17cm'
const t = words('ja')
const photograph = (background: string) =>
  sharp({ create: { width: 900, height: 600, channels: 3, background } })
    .jpeg()
    .toBuffer()

test.describe('whoever looks for the staff’s rooms', () => {
  test('finds nothing there as a buyer, and is asked to sign in as nobody', async ({
    page,
    visitor,
    watch,
  }) => {
    watch.expectTrouble()
    await open(page, `/admin/products/${TEA}`)
    await expect(page).toHaveURL(/\/sign-in\?next=/)
    await visitor()
    for (const path of ['/admin', '/admin/products', `/admin/products/${TEA}`, '/admin/import']) {
      const reply = await page.goto(path)
      expect(reply?.status(), path).toBe(404)
      await expect(title(page, t('shell.error.missing.title'))).toBeVisible()
    }
  })

  test('takes a role with development sign-in, by keyboard alone, and comes to where they wanted to be', async ({
    page,
  }) => {
    await open(page, '/admin/import')
    await page.getByLabel(t('admin.signIn.label')).focus()
    await page.getByLabel(t('admin.signIn.label')).selectOption('admin')
    await page.keyboard.press('Tab')
    await page.keyboard.type('owner@example.com')
    await page.keyboard.press('Enter')
    await expect(title(page, t('admin.import.title'))).toBeVisible()
    await expect(page).toHaveURL(/\/admin\/import$/)
    await expect(page.getByRole('contentinfo').getByRole('link', { name: t('shell.admin') })).toBeVisible()

    await page
      .getByRole('banner')
      .getByRole('combobox', { name: t('shell.language') })
      .selectOption('en')
    await expect(page).toHaveURL(/\/en\/admin\/import$/)
    await expect(title(page, words('en')('admin.import.title'))).toBeVisible()
  })

  test('is offered only what the role may do', async ({ page, shop, context, watch }) => {
    watch.expectTrouble()
    await enterAs('operator', context, shop)
    await open(page, `/admin/products/${TEA}`)
    await expect(page.getByRole('button', { name: t('admin.receive.save') })).toBeVisible()
    await expect(page.getByRole('button', { name: t('admin.price.save') })).toHaveCount(0)
    await expect(page.getByRole('button', { name: t('admin.picture.save') })).toHaveCount(0)
    expect((await page.goto('/admin/import'))?.status()).toBe(404)
    await enterAs('auditor', context, shop)
    await open(page, `/admin/products/${TEA}`)
    await expect(page.getByRole('button', { name: t('admin.receive.save') })).toHaveCount(0)
  })
})

test('no visitor loads what only staff read', async ({ page, shop, context }) => {
  const wordsOfStaff = t('admin.adjust.deltaHint')
  const isLoadedBy = async (path: string): Promise<boolean> => {
    const loaded: Promise<string>[] = []
    page.on('response', (response) => {
      if (['document', 'script', 'fetch'].includes(response.request().resourceType()))
        loaded.push(response.text().catch(() => ''))
    })
    await open(page, path)
    await page.waitForLoadState('networkidle')
    page.removeAllListeners('response')
    return (await Promise.all(loaded)).some((text) => text.includes(wordsOfStaff))
  }
  for (const path of ['/', '/products', '/sign-in']) expect(await isLoadedBy(path), path).toBe(false)
  await enterAs('operator', context, shop)
  expect(await isLoadedBy('/admin/products')).toBe(true)
})

test('a product is found by a part of its name, repriced, shown by a photograph and taken off sale', async ({
  page,
  shop,
  context,
  watch,
}) => {
  const admin = await enterAs('admin', context, shop)
  await open(page, '/admin/products')
  await page.getByRole('searchbox', { name: t('admin.products.search') }).fill('scissors')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/q=scissors/)
  await expect(page.getByRole('main').getByRole('article')).toHaveCount(1)
  await page.getByRole('main').getByRole('article').getByRole('link').click()
  const price = page.getByLabel(t('admin.price.label'))
  await price.fill('0')
  await price.press('Enter')
  await expect(page.getByText(t('admin.price.invalid'))).toBeVisible()
  await expect(price).toBeFocused()
  await price.fill('￥9,900')
  await price.press('Enter')
  await expect(page.getByText(t('admin.price.done'))).toBeVisible()

  const file = page.getByLabel(t('admin.picture.label'))
  await file.setInputFiles({ name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') })
  watch.expectTrouble()
  await page.getByRole('button', { name: t('admin.picture.save') }).click()
  await expect(page.getByText(t('admin.problem.picture-type-unsupported.title'))).toBeVisible()
  await file.setInputFiles({ name: '鋏.jpg', mimeType: 'image/jpeg', buffer: await photograph('#2f6b45') })
  await page.getByRole('button', { name: t('admin.picture.save') }).click()
  await expect(page.getByText(t('admin.picture.done'))).toBeVisible()

  await open(page, `/products/${SCISSORS}`)
  await expect(page.getByRole('article').first()).toContainText('¥9,900')
  const shown = page.getByRole('article').getByRole('img').first()
  await expect(shown).toHaveAttribute('src', /^\/images\/[0-9a-f]{64}\.jpg$/)
  expect(await shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(900)

  await open(page, `/admin/products/${SCISSORS}`)
  await page.getByRole('button', { name: t('admin.sale.turn.INACTIVE') }).click()
  await expect(page.getByText(t('admin.sale.now.INACTIVE'))).toBeVisible()
  expect((await admin.call('GET', `/api/products/${SCISSORS}`)).status).toBe(404)
  await page.getByRole('button', { name: t('admin.sale.turn.ACTIVE') }).click()
  await expect(page.getByText(t('admin.sale.now.ACTIVE'))).toBeVisible()
  expect((await admin.call('GET', `/api/products/${SCISSORS}`)).body).toMatchObject({ priceMinor: 9_900 })
})

test('goods are booked in once, although the first answer was lost, and a count takes some away', async ({
  page,
  shop,
  context,
  watch,
}) => {
  watch.expectTrouble()
  const operator = await enterAs('operator', context, shop)
  const levels = async () => (await operator.call('GET', `/api/ops/stock/${TEA}`)).body
  const { available } = z.object({ available: z.int() }).parse(await levels())
  await open(page, `/admin/products/${TEA}`)
  let isLost = true
  await page.route(`**/api/ops/stock/${TEA}`, async (route) => {
    const reply = await route.fetch()
    if (isLost) await route.abort()
    else await route.fulfill({ response: reply })
    isLost = false
  })
  await page.getByLabel(t('admin.receive.quantity')).fill('１２')
  await page.getByRole('button', { name: t('admin.receive.save') }).click()
  await expect(page.getByText(t('admin.problem.offline.title'))).toBeVisible()
  await page.getByRole('button', { name: t('admin.receive.save') }).click()
  await expect(page.getByText(t('admin.receive.done'))).toBeVisible()
  expect(await levels()).toMatchObject({ available: available + 12 })

  await page.getByLabel(t('admin.adjust.delta')).fill('−2')
  await page.getByRole('button', { name: t('admin.adjust.save') }).click()
  await expect(page.getByText(t('admin.adjust.noReason'))).toBeVisible()
  await page.getByLabel(t('admin.adjust.reason')).fill('割れていた')
  await page.getByRole('button', { name: t('admin.adjust.save') }).click()
  await expect(page.getByText(t('admin.adjust.done'))).toBeVisible()
  expect(await levels()).toMatchObject({ available: available + 10, adjusted: -2 })
  await expect(page.getByRole('definition').nth(1)).toHaveText(String(available + 10))
})

test('a list is imported with its pictures, each wrong row is named, and the example can be had', async ({
  page,
  shop,
  context,
  watch,
}) => {
  const admin = await enterAs('admin', context, shop)
  await open(page, '/admin/import')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: t('admin.list.example') }).click()
  const example = await readFile((await (await download).path()) ?? '', 'utf8')
  expect(example).toContain('productId,title,description,price,status,createdAt,imageFile')

  await page.getByLabel(t('admin.pictures.label')).setInputFiles([
    { name: 'cup.jpg', mimeType: 'image/jpeg', buffer: await photograph('#23497f') },
    { name: 'bowl.jpg', mimeType: 'image/jpeg', buffer: await photograph('#8a5a00') },
  ])
  await page.getByRole('button', { name: t('admin.pictures.send') }).click()
  await expect(page.getByText(t('admin.pictures.done', { count: 2 }))).toBeVisible()

  await chooseList(page, t, `${MIXED_LIST}\nadmin-cup,湯のみ,湯のみです。,1500,ACTIVE,2026-11-20,cup.jpg\n`)
  await page.getByRole('button', { name: t('admin.list.send'), exact: true }).click()
  const table = page.getByRole('table', { name: t('admin.result.caption') })
  await expect(table.getByRole('row')).toHaveCount(4)
  await expect(table.getByRole('row').nth(1)).toContainText(`3Wrong Id${t('admin.row.product-id-invalid')}`)
  await expect(table.getByRole('row').nth(2)).toContainText(`4admin-place-pot${t('admin.row.price-invalid')}`)
  await expect(table.getByRole('row').nth(3)).toContainText(t('admin.row.image-not-found'))
  expect((await admin.call('GET', '/api/products/admin-cup')).body).toMatchObject({
    imageUrl: expect.stringMatching(/^\/images\/[0-9a-f]{64}\.jpg$/),
  })

  await chooseList(page, t, example)
  await page.getByRole('button', { name: t('admin.list.send'), exact: true }).click()
  await expect(
    page.getByText(t('admin.result.summary', { total: 2, success: 2, unchanged: 0, failed: 0 })),
  ).toBeVisible()
  await expect(table).toHaveCount(0)

  // Other tests of this shop count what is on sale.
  for (const productId of ['admin-cup', 'example-sencha-80g']) await shop.delist(productId)

  watch.expectTrouble()
  await chooseList(page, t, Buffer.from([0x61, 0x2c, 0x8b, 0x7d, 0x90, 0x7b, 0x0a]))
  await page.getByRole('button', { name: t('admin.list.send'), exact: true }).click()
  await expect(page.getByText(t('admin.problem.csv-not-utf-8.title'))).toBeVisible()
})

test.describe('the staff’s rooms', () => {
  test.use({ viewport: PHONE, reducedMotion: 'reduce' })

  test('keep nobody out: axe finds nothing, nothing is too small or too wide, every word is there', async ({
    page,
    shop,
    visitor,
    watch,
  }) => {
    test.setTimeout(900_000)
    watch.expectTrouble()
    await walk({ page, shop, visitor }, ADMINISTRATION, LOCALES, async ({ place, locale }) => {
      for (const [where, found] of Object.entries(await obstacles(page, locale, place)))
        expect.soft(found, `${place.name} in ${locale}, ${where}`).toEqual([])
    })
  })

  test('can be pictured, on a phone and on a desk', async ({ page, shop, visitor, watch }) => {
    watch.expectTrouble()
    await walk({ page, shop, visitor }, ADMINISTRATION, ['ja'], async ({ place: { name } }) => {
      for (const size of [PHONE, DESK]) {
        await page.setViewportSize(size)
        await takePicture(page, `${name}-${size.width}-ja-light`)
      }
      await page.emulateMedia({ colorScheme: 'dark' })
      await takePicture(page, `${name}-${DESK.width}-ja-dark`)
      await page.emulateMedia({ colorScheme: 'light' })
      await page.setViewportSize(PHONE)
    })
  })
})
