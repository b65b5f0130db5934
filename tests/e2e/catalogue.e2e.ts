import type { Page } from '@playwright/test'
import { shelfOf } from './shelf.ts'
import { DESK, expect, open, ready, test } from './test.ts'
import { words } from './words.ts'

const t = words('en')

const searchBox = (page: Page) => page.getByRole('combobox', { name: t('catalogue.search.label') })
const suggestions = (page: Page) => page.getByRole('listbox', { name: t('catalogue.search.suggestions') })
/** Types a word letter by letter, and waits for what is suggested for the whole of it rather than for its beginning. */
const typeWord = async (page: Page, word: string): Promise<void> => {
  const answered = page.waitForResponse(new RegExp(`/suggest\\?(?:.*&)?q=${word}(?:&|$)`))
  await searchBox(page).pressSequentially(word)
  await (await answered).finished()
}
const list = (page: Page) => page.getByRole('region', { name: t('catalogue.list.label') })
/** The names of the products on the shelf, in order. */
const shown = (page: Page) => list(page).getByRole('heading', { level: 2 })

/** Comes back to the page: a browser under test never loses the focus, so the page is told that it was regained. */
const comeBack = (page: Page) => page.evaluate(() => window.dispatchEvent(new Event('focus')))

test.use({ viewport: DESK, locale: 'en-US' })

test.describe('searching', () => {
  test('suggestions are walked through with the arrows, left with Esc and opened with Enter', async ({
    page,
  }) => {
    await open(page, '/en')
    const box = searchBox(page)
    await typeWord(page, 'tea')
    const options = suggestions(page).getByRole('option')
    await expect(options.nth(1)).toBeVisible()
    const chosen = suggestions(page).getByRole('option', { selected: true })
    await expect(chosen).toHaveCount(0)
    await box.press('ArrowDown')
    await box.press('ArrowDown')
    await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true')
    await expect(box).toHaveAttribute('aria-activedescendant', (await chosen.getAttribute('id')) ?? '')
    await box.press('ArrowUp')
    await box.press('ArrowUp')
    await expect(chosen).toHaveCount(0)
    await box.press('Escape')
    await expect(suggestions(page)).toBeHidden()
    await expect(box).toHaveValue('tea')
    await expect(box).toBeFocused()

    await box.press('ArrowDown')
    await expect(options.first()).toBeVisible()
    await box.press('ArrowDown')
    const title = (await chosen.textContent()) ?? ''
    await box.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()

    await typeWord(page, 'tea')
    await expect(options.first()).toBeVisible()
    await box.press('Enter')
    await expect(page).toHaveURL(/\/en\/search\?q=tea$/)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      t('catalogue.search.titleFor', { q: 'tea' }),
    )
  })

  test('what is typed while a page is on its way is kept when it arrives', async ({ page }) => {
    await open(page, '/en')
    let letThrough = (): void => {}
    const held = new Promise<void>((resolve) => {
      letThrough = resolve
    })
    await page.route(/\/_nuxt\/.*\.js$/, async (route) => {
      await held
      await route.continue()
    })
    const asked = page.waitForRequest(/\/_nuxt\/.*\.js$/)
    // So far down that nothing of its page has been fetched ahead.
    await page
      .getByRole('contentinfo')
      .getByRole('link', { name: t('shell.about') })
      .click()
    await asked
    const box = searchBox(page)
    await box.fill('tea')
    letThrough()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(t('pages.about.title'))
    await expect(box).toHaveValue('tea')
    await box.press('Enter')
    await expect(page).toHaveURL(/\/en\/search\?q=tea$/)
    await expect(box).toHaveValue('tea')
  })

  test('text that an input method is still composing is neither asked about nor sent', async ({
    page,
    context,
  }) => {
    const asked: string[] = []
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url())
      if (pathname === '/api/products/suggest') asked.push(searchParams.get('q') ?? '')
    })
    await open(page, '/')
    const t = words('ja')
    const box = page.getByRole('combobox', { name: t('catalogue.search.label') })
    await box.focus()
    const input = await context.newCDPSession(page)
    const compose = (text: string) =>
      input.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
    for (const text of ['き', 'きゅ', 'きゅう', 'きゅうす']) await compose(text)
    await expect(box).toHaveValue('きゅうす')
    // Enter, as it takes over what was composed.
    await page.keyboard.press('Enter')
    await input.send('Input.insertText', { text: '急須' })
    await expect(box).toHaveValue('急須')
    await expect(page.getByRole('option', { name: /常滑の急須/ })).toBeVisible()
    await expect(page).toHaveURL('/')
    expect(asked).toEqual(['急須'])

    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(`/search?q=${encodeURIComponent('急須')}`)
    await expect(page.getByRole('link', { name: /常滑の急須/ })).toBeVisible()
  })

  test('a search that finds nothing offers the word that was meant, and ways on', async ({ page }) => {
    await open(page, '/en/search?q=teapto')
    await page.getByRole('link', { name: t('catalogue.nothing.didYouMean', { q: 'teapot' }) }).click()
    await expect(page).toHaveURL(/\/en\/search\?q=teapot$/)
    await expect(shown(page).first()).toHaveText(/Teapot/)

    await searchBox(page).fill('qqqqzzzz')
    await searchBox(page).press('Enter')
    await expect(
      page.getByRole('heading', { name: t('catalogue.nothing.unknown.title', { q: 'qqqqzzzz' }) }),
    ).toBeVisible()
    await page
      .getByRole('navigation', { name: t('catalogue.nothing.categories') })
      .getByRole('link', { name: 'Kitchen' })
      .click()
    await expect(page).toHaveURL(/\/en\/categories\/kitchen$/)

    await open(page, '/en/search?q=teapot&minPrice=90000')
    await expect(page.getByRole('heading', { name: t('catalogue.nothing.filtered.title') })).toBeVisible()
    await list(page)
      .getByRole('link', { name: t('catalogue.filters.removeAll') })
      .last()
      .click()
    await expect(shown(page).first()).toHaveText(/Teapot/)
  })
})

test.describe('narrowing a search down', () => {
  const form = (page: Page) => page.getByRole('form', { name: t('catalogue.filters.form') })
  const ranges = (page: Page) =>
    form(page)
      .getByRole('list', { name: t('catalogue.filters.ranges') })
      .getByRole('link')
  /** How many a choice says it would leave. */
  const promisedBy = (text: string | null): number => Number(/(\d+)\D*$/.exec(text ?? '')?.[1])
  const expectCount = (page: Page, count: number) =>
    expect(page.getByText(t('catalogue.list.count', { count }), { exact: true }).first()).toBeVisible()

  test('each choice of category, price and stock says how many it leaves, keyboard alone', async ({
    page,
  }) => {
    await open(page, '/en/search?q=tea')
    await form(page).locator('summary').focus()
    await page.keyboard.press('Enter')
    const all = await ranges(page).count()
    expect(all).toBeGreaterThan(1)
    expect(all).toBeLessThanOrEqual(5)

    await page.keyboard.press('Tab')
    await expect(ranges(page).first()).toBeFocused()
    const promised = promisedBy(await ranges(page).first().locator('.figures').textContent())
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/en\/search\?q=tea&maxPrice=\d+$/)
    await expectCount(page, promised)
    await expect(shown(page)).toHaveCount(promised)
    await expect(ranges(page).first()).toHaveAttribute('aria-current', 'true')
    // The other ranges are still there to be chosen, and the reader has not lost the place.
    await expect(ranges(page)).toHaveCount(all)
    await expect(ranges(page).first()).toBeFocused()

    const category = form(page).getByRole('combobox', { name: t('catalogue.filters.category') })
    const option = category.getByRole('option', { name: /^Tea & Coffee/ })
    const inCategory = promisedBy(await option.textContent())
    expect(inCategory).toBeLessThanOrEqual(promised)
    await category.selectOption('tea-and-coffee')
    await expect(page).toHaveURL(/category=tea-and-coffee/)
    await expectCount(page, inCategory)

    await open(page, '/en/search?q=iron')
    await form(page).locator('summary').press('Enter')
    const inStock = form(page).getByRole('checkbox', { name: t('catalogue.filters.inStock') })
    const left = promisedBy(await form(page).getByText(t('catalogue.filters.inStock')).textContent())
    // The wind chime is sold out.
    expect(left).toBe((await shown(page).count()) - 1)
    await inStock.press('Space')
    await expect(page).toHaveURL(/inStock=true/)
    await expectCount(page, left)
    await expect(shown(page)).toHaveCount(left)
  })

  test('what is delisted is found no longer', async ({ page, shop }) => {
    await open(page, '/en/search?q=pencils')
    const pencils = shown(page).filter({ hasText: 'Cedar Pencils' })
    await expect(pencils).toHaveCount(1)
    await shelfOf(shop).delist('pencils-cedar-2b-6p')
    await expect(async () => {
      await page.goto('/en/search?q=pencils')
      await expect(pencils).toHaveCount(0, { timeout: 2_000 })
    }).toPass({ timeout: 60_000 })
    await open(page, '/en')
    const answered = page.waitForResponse(/\/suggest\?(?:.*&)?q=pencils(?:&|$)/)
    await searchBox(page).fill('pencils')
    await (await answered).finished()
    await expect(suggestions(page)).toBeHidden()
  })
})

test.describe('lists', () => {
  test('filters and order live in the address, and outlive reload, back and another language', async ({
    page,
  }) => {
    await open(page, '/en/products')
    const form = page.getByRole('form', { name: t('catalogue.filters.form') })
    await form.getByRole('combobox', { name: t('catalogue.sort.label') }).selectOption('price-asc')
    await expect(page).toHaveURL(/\/en\/products\?sort=price-asc$/)
    await form.getByText(t('catalogue.filters.open'), { exact: true }).click()
    await form.getByRole('textbox', { name: t('catalogue.filters.minPrice') }).fill('¥2,000')
    await form.getByRole('textbox', { name: t('catalogue.filters.maxPrice') }).fill('２６００')
    await form.getByRole('button', { name: t('catalogue.filters.apply') }).click()
    await expect(page).toHaveURL(/\/en\/products\?minPrice=2000&maxPrice=2600&sort=price-asc$/)
    await expect(shown(page).first()).toHaveText('Hasami Rice Bowl, Indigo Stripes')
    await expect(shown(page).last()).toHaveText('Nambu Iron Wind Chime')
    const names = await shown(page).allTextContents()

    await form.getByRole('checkbox', { name: t('catalogue.filters.inStock') }).check()
    await expect(page).toHaveURL(/inStock=true/)
    // The wind chime is sold out.
    await expect(shown(page)).toHaveText(names.slice(0, -1))
    await page.goBack()
    await expect(shown(page)).toHaveText(names)
    await page.reload()
    await ready(page)
    await expect(shown(page)).toHaveText(names)

    await page.getByRole('combobox', { name: t('shell.language') }).selectOption('ja')
    await expect(page).toHaveURL(/\/products\?minPrice=2000&maxPrice=2600&sort=price-asc$/)
    await expect(page.locator('html')).toHaveAttribute('lang', /^ja/)
    const ja = words('ja')
    const first = page
      .getByRole('region', { name: ja('catalogue.list.label') })
      .getByRole('heading', { level: 2 })
      .first()
    await expect(first).toHaveText('波佐見の飯碗 藍の縞')
    const prices = ja('catalogue.filters.between', { from: '¥2,000', to: '¥2,600' })
    await page.getByRole('link', { name: ja('catalogue.filters.remove', { name: prices }) }).click()
    await expect(page).toHaveURL(/\/products\?sort=price-asc$/)
  })

  test('pages are links: one goes on, back and past the end, and nothing is shown twice', async ({
    page,
  }) => {
    await open(page, '/en/products?sort=price-asc')
    const pages = page.getByRole('navigation', { name: t('catalogue.pages.label') })
    const here = pages.getByRole('link', { name: t('catalogue.pages.page', { page: 1 }) })
    await expect(here).toHaveAttribute('aria-current', 'page')
    const first = await shown(page).allTextContents()
    expect(first).toHaveLength(24)
    await pages.getByRole('link', { name: t('catalogue.pages.next') }).click()
    await expect(page).toHaveURL(/\?sort=price-asc&page=2$/)
    await expect(shown(page).first()).not.toHaveText(first[0] ?? '')
    // The reader goes on at the start of the new page.
    await expect(page.getByText(t('catalogue.list.page', { page: 2, last: 2 }))).toBeInViewport()
    const second = await shown(page).allTextContents()
    expect(new Set([...first, ...second]).size).toBe(first.length + second.length)
    await page.goBack()
    await expect(shown(page)).toHaveText(first)
    await open(page, '/en/products?page=99')
    await page.getByRole('link', { name: t('catalogue.nothing.firstPage') }).click()
    await expect(shown(page)).toHaveCount(24)
  })
})

test.describe('a product', () => {
  test('the stock and the price are told, on the shelf and when they change under the reader', async ({
    page,
    shop,
  }) => {
    const id = 'stole-banshu-check'
    const shelf = shelfOf(shop)
    await shelf.reprice(id, 6_600)
    await shelf.leave(id, 4)
    await open(page, '/en/categories/textiles')
    const card = list(page).getByRole('article').filter({ hasText: 'Banshu-Woven Stole' })
    await expect(card).toContainText(t('catalogue.stock.last', { count: 4 }))
    await card.getByRole('link').click()
    const main = page.getByRole('main')
    await expect(main.getByRole('heading', { level: 1, name: 'Banshu-Woven Stole' })).toBeVisible()
    await ready(page)
    const news = page.getByRole('status')
    const add = main.getByRole('button', { name: t('catalogue.buy.add') })

    await shelf.leave(id, 2)
    const sees = (text: string) =>
      expect(async () => {
        await comeBack(page)
        await expect(news.filter({ hasText: text })).toBeVisible({ timeout: 2_000 })
      }).toPass({ timeout: 60_000 })
    await sees(t('catalogue.changes.fewer', { count: 2 }))
    await expect(add).toBeEnabled()
    await shelf.leave(id, 0)
    await sees(t('catalogue.changes.sold-out'))
    await expect(add).toBeHidden()
    const soldOut = main.getByRole('button', { name: t('catalogue.stock.sold-out') })
    await expect(soldOut).toHaveAttribute('aria-disabled', 'true')
    await soldOut.press('Enter')
    await expect(page.getByRole('dialog')).toBeHidden()

    await shelf.leave(id, 9)
    await shelf.reprice(id, 7_150)
    await sees(t('catalogue.changes.price', { before: '¥6,600', now: '¥7,150' }))
    await expect(news.filter({ hasText: t('catalogue.changes.back', { count: 9 }) })).toBeVisible()
    await add.click()
    await expect(page.getByRole('dialog')).toContainText('¥7,150')
    await shelf.leave(id, 0)
    await open(page, '/en/search?q=stole')
    await expect(card).toContainText(t('catalogue.stock.sold-out'))
  })

  for (const [locale, prefix] of [
    ['ja', ''],
    ['en', '/en'],
  ] as const)
    test(`one that does not exist is a page with ways on, in ${locale}`, async ({ page, watch }) => {
      watch.expectTrouble()
      const say = words(locale)
      const answer = await page.goto(`${prefix}/products/no-such-thing`)
      expect(answer?.status()).toBe(404)
      await ready(page)
      await expect(
        page.getByRole('heading', { level: 1, name: say('shell.error.missing.title') }),
      ).toBeVisible()
      await expect(page.locator('html')).toHaveAttribute('lang', new RegExp(`^${locale}`))
      await page
        .getByRole('main')
        .getByRole('link', { name: say('shell.allProducts') })
        .click()
      await expect(page).toHaveURL(new RegExp(`${prefix}/products$`))
      await expect(page.getByRole('heading', { level: 1, name: say('shell.allProducts') })).toBeVisible()
    })
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('one finds, filters and reads the products all the same', async ({ page }) => {
    await page.goto('/en')
    await searchBox(page).fill('teapot')
    await page.getByRole('button', { name: t('catalogue.search.go') }).click()
    await expect(page).toHaveURL(/\/en\/search\?q=teapot$/)
    await expect(shown(page).first()).toHaveText(/Teapot/)

    await page.goto('/en/products')
    await expect(shown(page)).toHaveCount(24)
    await page.getByRole('link', { name: t('catalogue.pages.next') }).click()
    await expect(page).toHaveURL(/[?&]page=2$/)
    await expect(shown(page).first()).toBeVisible()
    const form = page.getByRole('form', { name: t('catalogue.filters.form') })
    await form.getByText(t('catalogue.filters.open'), { exact: true }).click()
    await form.getByRole('textbox', { name: t('catalogue.filters.minPrice') }).fill('15000')
    await form.getByRole('button', { name: t('catalogue.filters.apply') }).click()
    await expect(shown(page)).toHaveText(['Asahikawa Oak Wall Clock, 25 cm'])

    await shown(page).getByRole('link').click()
    const main = page.getByRole('main')
    await expect(main.getByRole('heading', { level: 1, name: /Asahikawa/ })).toBeVisible()
    await expect(main).toContainText('¥15,400')
    await expect(main).toContainText(t('catalogue.stock.in-stock'))
    expect(await main.locator('noscript').innerText()).toBe(t('catalogue.buy.noScript'))
  })
})

test('the choice of light or dark is kept, and drawn by the server', async ({ page, context }) => {
  await open(page, '/en')
  await page.getByRole('combobox', { name: t('shell.theme.label') }).selectOption('dark')
  const root = page.locator('html')
  await expect(root).toHaveAttribute('data-theme', 'dark')
  const drawn = await context.request.get('/en/products')
  expect(await drawn.text()).toMatch(/<html[^>]* data-theme="dark"/)
  await page.reload()
  await ready(page)
  await expect(root).toHaveAttribute('data-theme', 'dark')
  await page.getByRole('combobox', { name: t('shell.theme.label') }).selectOption('system')
  await expect(root).not.toHaveAttribute('data-theme')
})
