import type { BrowserContext, Page } from '@playwright/test'
import { z } from 'zod'
import { DESK, expect, open, PHONE, test } from './test.ts'
import { at, LOCALES, type Locale } from './words.ts'

const MOST_SCRIPT_BYTES = 150_000
const MOST_SHIFT = 0.02
const TEAPOT = 'teapot-tokoname-300ml'

/** Below this the build leaves files as they are. */
const WORTH_COMPRESSING_BYTES = 1_024

/** How many bytes of it travel: the server sends the files that the build has compressed. */
const transferred = async (url: string): Promise<number> => {
  const { headers } = await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } })
  const bytes = z.coerce.number().min(1).parse(headers.get('content-length'))
  if (bytes > WORTH_COMPRESSING_BYTES) expect(headers.get('content-encoding'), url).toBe('gzip')
  return bytes
}

/** Every script the page came with or fetched. */
const scriptsOf = (page: Page): Set<string> => {
  const scripts = new Set<string>()
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.add(request.url())
  })
  return scripts
}

const Seen = z.object({ shift: z.number(), refused: z.array(z.string()) })

/**
 * Adds up what moves without the reader having done anything, as the layout instability API tells it, and keeps what the
 * page's own policy refused.
 */
const watchPage = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    const seen: { shift: number; refused: string[] } = { shift: 0, refused: [] }
    Reflect.set(window, 'seen', seen)
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (Reflect.get(entry, 'hadRecentInput') !== true) seen.shift += Number(Reflect.get(entry, 'value'))
    }).observe({ type: 'layout-shift', buffered: true })
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      seen.refused.push(`${violatedDirective} ${blockedURI}`)
    })
  })
const seenOn = async (page: Page): Promise<z.infer<typeof Seen>> =>
  Seen.parse(await page.evaluate(() => Reflect.get(window, 'seen') as unknown))

/** A slow line, on which pictures, fonts and code come one after the other. */
const slowDown = async (page: Page): Promise<void> => {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 40,
    downloadThroughput: 400_000,
    uploadThroughput: 100_000,
  })
}

test('a page brings little code, and nothing on it moves while pictures, words and the cart arrive', async ({
  page,
  context,
  shop,
  visitor,
}) => {
  await watchPage(context)
  await slowDown(page)
  const buyer = await visitor()
  await buyer.call('PUT', '/api/cart', { items: [{ productId: TEAPOT, quantity: 2 }] })
  const waiting = await buyer.place(TEAPOT)
  await buyer.payable(waiting.orderId)
  const paid = await buyer.place(TEAPOT)
  const { merchantPaymentId } = await buyer.payable(paid.orderId)
  await shop.simulate('pay', { merchantPaymentId })
  await buyer.until(paid.orderId, 'paid', ({ status }) => status === 'PAID')

  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size)
    for (const path of [
      '/',
      '/products',
      `/products/${TEAPOT}`,
      '/cart',
      '/checkout',
      '/wallet',
      `/orders/${waiting.orderId}/payment`,
      `/orders/${paid.orderId}/result`,
    ]) {
      const scripts = scriptsOf(page)
      await open(page, path)
      await page.waitForLoadState('networkidle')
      page.removeAllListeners('request')
      const sizes = await Promise.all([...scripts].map(transferred))
      const bytes = sizes.reduce((sum, size) => sum + size, 0)
      expect(scripts.size, `${path} has code`).toBeGreaterThan(0)
      expect.soft(bytes, `${path}: bytes of script, compressed`).toBeLessThan(MOST_SCRIPT_BYTES)
      const { shift, refused } = await seenOn(page)
      expect.soft(shift, `${path} at ${size.width} px: layout shift`).toBeLessThan(MOST_SHIFT)
      expect.soft(refused, `${path}: refused by the page's own policy`).toEqual([])
      const unmeasured = await page
        .locator('img:not([width]), img:not([height])')
        .evaluateAll((images) => images.map(({ outerHTML }) => outerHTML))
      expect.soft(unmeasured, `${path}: pictures whose size is not known beforehand`).toEqual([])
    }
  }
})

test('pages and files leave compressed, and say how far they may be trusted and kept', async ({
  page,
  shop,
}) => {
  const head = async (path: string) => {
    const { status, headers } = await fetch(shop.url + path, { headers: { 'accept-encoding': 'br, gzip' } })
    expect(status, path).toBe(200)
    return headers
  }
  await open(page, '/products')
  const script = await page.locator('script[src^="/_nuxt/"]').first().getAttribute('src')

  for (const path of ['/', '/en/products', `/zh/products/${TEAPOT}`, '/checkout/return/x', '/legal']) {
    const headers = await head(path)
    expect(headers.get('content-encoding'), path).toBe('br')
    expect(headers.get('cache-control'), path).toBe('private, no-cache')
    expect(headers.get('x-content-type-options'), path).toBe('nosniff')
    expect(headers.get('referrer-policy'), path).toBe('strict-origin-when-cross-origin')
    expect(headers.get('x-powered-by'), path).toBeNull()
    const policy = new Map(
      (headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
        const [name = '', ...sources] = directive.split(' ')
        return [name, sources] as const
      }),
    )
    expect(policy.get('default-src'), path).toEqual(["'self'"])
    expect(policy.get('script-src'), path).toEqual([
      "'self'",
      expect.stringMatching(/^'nonce-[\w+/=]{20,}'$/),
    ])
    expect(policy.get('frame-ancestors'), path).toEqual(["'none'"])
    expect(policy.get('object-src'), path).toEqual(["'none'"])
    expect(policy.get('base-uri'), path).toEqual(["'none'"])
  }
  const once = (await head('/')).get('content-security-policy')
  expect((await head('/')).get('content-security-policy'), 'a nonce is used once').not.toBe(once)

  const asset = await head(script ?? '')
  expect(asset.get('content-encoding')).toBe('br')
  expect(asset.get('cache-control')).toBe('public, max-age=31536000, immutable')
  const picture = await head(`/images/${TEAPOT}.svg`)
  expect(picture.get('content-encoding')).toBe('br')
  expect(picture.get('cache-control')).toBe('public, max-age=86400')
  expect(picture.get('x-content-type-options')).toBe('nosniff')
})

test('a script that the page did not come with does not run', async ({ page, context, watch }) => {
  watch.expectTrouble()
  await watchPage(context)
  await open(page, '/')
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'window.smuggled = true'
    document.body.append(script)
  })
  await expect.poll(async () => (await seenOn(page)).refused).toEqual(['script-src-elem inline'])
  expect(await page.evaluate(() => Reflect.get(window, 'smuggled') as unknown)).toBeUndefined()
})

test('search engines find every public page once, in its languages, and nothing private', async ({
  shop,
}) => {
  const text = async (path: string): Promise<string> => {
    const response = await fetch(shop.url + path)
    expect(response.status, path).toBe(200)
    return await response.text()
  }
  const address = (locale: Locale, path: string): string => shop.url + at(locale, path).replace(/^\/$/, '')
  for (const path of [
    '/',
    '/products',
    '/categories/table',
    `/products/${TEAPOT}`,
    '/legal',
    '/privacy',
    '/about',
  ])
    for (const locale of LOCALES) {
      const html = await text(at(locale, path))
      const link = (rel: string, hreflang?: string): string | undefined =>
        html
          .match(/<link [^>]*>/g)
          ?.find(
            (tag) => tag.includes(`rel="${rel}"`) && (!hreflang || tag.includes(`hreflang="${hreflang}"`)),
          )
          ?.match(/href="([^"]*)"/)?.[1]
      expect(link('canonical'), path).toBe(address(locale, path))
      for (const other of LOCALES)
        expect(link('alternate', other), `${path} in ${other}`).toBe(address(other, path))
      expect(link('alternate', 'x-default'), path).toBe(address('ja', path))
      expect(html, path).not.toMatch(/<meta[^>]*noindex/)
      expect(html, path).toMatch(/<meta name="description" content="[^"]{10,}"/)
    }
  for (const path of ['/cart', '/sign-in', '/search?q=tea', '/checkout/return/x'])
    expect(await text(path), path).toMatch(/<meta name="robots" content="noindex/)

  const robots = await text('/robots.txt')
  expect(robots).toContain(`Sitemap: ${shop.url}/sitemap.xml`)
  for (const path of ['/cart', '/en/checkout', '/zh/sign-in', '/api/'])
    expect(robots).toContain(`Disallow: ${path}\n`)

  const sitemap = await text('/sitemap.xml')
  const addresses = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, found = '']) => found)
  expect(new Set(addresses).size, 'each address once').toBe(addresses.length)
  expect(sitemap.match(/<url>/g)?.length).toBe(sitemap.match(/<\/url>/g)?.length)
  for (const locale of LOCALES)
    for (const path of ['/', '/products', '/categories/table', `/products/${TEAPOT}`, '/about'])
      expect(addresses).toContain(shop.url + at(locale, path))
  for (const found of addresses.slice(0, 12)) expect((await fetch(found)).status, found).toBe(200)
})
