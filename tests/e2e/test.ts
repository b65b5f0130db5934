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
  /** Watches another browser of the same test as well. */
  readonly also: (another: BrowserContext) => Promise<void>
}

interface Fixtures {
  /** Whether visitors have had the tour; it would cover what other tests look at. */
  readonly isTourOver: boolean
  readonly watch: Watch
  /** Signs the browser in as somebody new, who can also act over HTTP beside the page. */
  readonly visitor: (email?: string) => Promise<Buyer>
  /** A second device: a browser with nothing in it, signed in as `buyer` where one is given; watched like the first. */
  readonly device: (buyer?: Buyer) => Promise<BrowserContext>
}

interface WorkerFixtures {
  /** Configuration that differs from a laptop's, for tests that need a shop of another kind. */
  readonly shopSettings: Readonly<Record<string, string>>
  readonly shop: RunningShop
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  isTourOver: [true, { option: true }],
  shopSettings: [{}, { option: true, scope: 'worker' }],
  shop: [
    async ({ shopSettings }, use) => {
      const shop = await startShop(shopSettings)
      await use(shop)
      await shop.stop()
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ shop }, use) => {
    await use(shop.url)
  },
  watch: [
    async ({ context, shop, shopSettings, isTourOver }, use) => {
      let isTroubleExpected = false
      const complaints: Complaints = { errors: [], strangers: [] }
      const emulator = shopSettings['FIREBASE_AUTH_EMULATOR_HOST']
      const signInAt = emulator === undefined ? [] : [`http://${emulator}`]
      watched(context, shop, signInAt, complaints)
      if (isTourOver) await endTour(context)
      await use({
        expectTrouble: () => {
          isTroubleExpected = true
        },
        also: async (another) => {
          watched(another, shop, signInAt, complaints)
          if (isTourOver) await endTour(another)
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
  device: async ({ browser, shop, watch }, use) => {
    const devices: BrowserContext[] = []
    await use(async (buyer) => {
      const device = await browser.newContext()
      devices.push(device)
      await watch.also(device)
      if (buyer !== undefined) await signInBrowser(device, shop.url, buyer)
      return device
    })
    for (const device of devices) await device.close()
  },
})

interface Complaints {
  readonly errors: string[]
  readonly strangers: string[]
}

const signInBrowser = async (context: BrowserContext, url: string, { cookie }: Buyer): Promise<void> => {
  const [name = '', value = ''] = cookie.split('=', 2)
  await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }])
}

const endTour = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    // Blank pages have no storage.
    if (location.protocol.startsWith('http')) localStorage.setItem('kessai.tour', 'done')
  })

const watched = (
  context: BrowserContext,
  shop: RunningShop,
  signInAt: readonly string[],
  { errors, strangers }: Complaints,
): void => {
  // The provider's cashier is where a buyer goes on purpose; nothing else may be asked for, but where people sign in.
  const known = [shop.url, shop.simulatorUrl, shop.url.replace('http', 'ws'), ...signInAt]
  context.on('request', (request) => {
    const url = request.url()
    if (/^(https?|wss?):/.test(url) && !known.some((origin) => url.startsWith(`${origin}/`)))
      strangers.push(url)
  })
  context.on('weberror', (error) => errors.push(String(error.error())))
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
}

/** Waits until the page's own code has taken over, so that presses are heard. */
export const ready = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => {
    const root = document.querySelector('#__nuxt')
    const app: unknown = root === null ? undefined : Reflect.get(root, '__vue_app__')
    const nuxt: unknown = typeof app === 'object' && app !== null ? Reflect.get(app, '$nuxt') : undefined
    return typeof nuxt === 'object' && nuxt !== null && Reflect.get(nuxt, 'isHydrating') === false
  })
}

/** Opens a page and waits until it listens. */
export const open = async (page: Page, path: string): Promise<void> => {
  await page.goto(path)
  await ready(page)
}
