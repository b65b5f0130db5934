import { randomUUID } from 'node:crypto'
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'
import { signIn, type Buyer } from '../../demo/shop-client.ts'
import { startShop, type RunningShop } from './running-shop.ts'

export { expect }

/** Where a picture of a page is taken, and where the pages are walked: a phone held upright and a desk. */
export const PHONE = { width: 360, height: 740 }
export const DESK = { width: 1280, height: 900 }

/** A page as a person finds it: the shop's own address, no tour in the way, and nothing silently going wrong. */
export interface Watch {
  /** Tells that the browser will complain in this test, because something is broken on purpose. */
  readonly expectTrouble: () => void
}

interface Fixtures {
  readonly watch: Watch
  /** Signs the browser in as somebody new, who can also act over HTTP beside the page. */
  readonly visitor: (email?: string) => Promise<Buyer>
}

interface WorkerFixtures {
  readonly shop: RunningShop
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  shop: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names from this pattern
    async ({}, use) => {
      const shop = await startShop()
      await use(shop)
      await shop.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  baseURL: async ({ shop }, use) => {
    await use(shop.url)
  },
  watch: [
    async ({ context, shop }, use) => {
      let isTroubleExpected = false
      const complaints = await watched(context, shop)
      await context.addInitScript(() => {
        // Blank pages have no storage.
        if (location.protocol.startsWith('http')) localStorage.setItem('kessai.tour', 'done')
      })
      await use({
        expectTrouble: () => {
          isTroubleExpected = true
        },
      })
      await shop.calm()
      expect(complaints.strangers, 'requests that left the origin').toEqual([])
      if (!isTroubleExpected) expect(complaints.errors, 'what the browser complained about').toEqual([])
    },
    { auto: true },
  ],
  visitor: async ({ context, shop }, use) => {
    await use(async (email = `${randomUUID()}@example.com`) => {
      const buyer = await signIn(shop.url, email)
      await signInBrowser(context, shop.url, buyer)
      return buyer
    })
  },
})

const signInBrowser = async (context: BrowserContext, url: string, { cookie }: Buyer): Promise<void> => {
  const [name = '', value = ''] = cookie.split('=', 2)
  await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }])
}

const watched = async (context: BrowserContext, shop: RunningShop) => {
  const errors: string[] = []
  const strangers: string[] = []
  // The provider's cashier is where a buyer goes on purpose; nothing else may be asked for.
  const known = [shop.url, shop.simulatorUrl, shop.url.replace('http', 'ws')]
  context.on('request', (request) => {
    const url = request.url()
    if (/^(https?|wss?):/.test(url) && !known.some((origin) => url.startsWith(`${origin}/`)))
      strangers.push(url)
  })
  context.on('weberror', (error) => errors.push(String(error.error())))
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return { errors, strangers }
}

/** Waits until the page's own code has taken over, so that presses are heard. */
export const ready = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => {
    const root = document.querySelector('#__nuxt')
    return root !== null && Reflect.get(root, '__vue_app__') !== undefined
  })
}

/** Opens a page and waits until it listens. */
export const open = async (page: Page, path: string): Promise<void> => {
  await page.goto(path)
  await ready(page)
}
