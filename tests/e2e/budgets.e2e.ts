import type { BrowserContext, Page } from '@playwright/test'
import { z } from 'zod'
import { DESK, expect, open, PHONE, test } from './test.ts'
import { at, LOCALES } from './words.ts'

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

/** Adds up what moves without the reader having done anything, as the layout instability API tells it. */
const watchShifts = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    const shifts = { sum: 0 }
    Reflect.set(window, 'shifts', shifts)
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (Reflect.get(entry, 'hadRecentInput') !== true) shifts.sum += Number(Reflect.get(entry, 'value'))
    }).observe({ type: 'layout-shift', buffered: true })
  })
const shiftOf = async (page: Page): Promise<number> =>
  z.object({ sum: z.number() }).parse(await page.evaluate(() => Reflect.get(window, 'shifts') as unknown)).sum

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
  test.setTimeout(120_000)
  await watchShifts(context)
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
      `/orders/${waiting.orderId}/payment`,
      `/orders/${paid.orderId}/result`,
    ]) {
      const scripts = scriptsOf(page)
      await open(page, path)
      await page.waitForLoadState('networkidle')
      page.removeAllListeners('request')
      const sizes = await Promise.all([...scripts].map(transferred))
      const bytes = sizes.reduce((sum, size) => sum + size, 0)
      console.log(path, size.width, scripts.size, bytes, await shiftOf(page))
      expect(scripts.size, `${path} has code`).toBeGreaterThan(0)
      expect.soft(bytes, `${path}: bytes of script, compressed`).toBeLessThan(MOST_SCRIPT_BYTES)
      expect.soft(await shiftOf(page), `${path} at ${size.width} px: layout shift`).toBeLessThan(MOST_SHIFT)
      const unmeasured = await page
        .locator('img:not([width]), img:not([height])')
        .evaluateAll((images) => images.map(({ outerHTML }) => outerHTML))
      expect.soft(unmeasured, `${path}: pictures whose size is not known beforehand`).toEqual([])
    }
  }
})
