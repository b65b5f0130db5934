import type { Locator, Page } from '@playwright/test'
import type { Buyer } from '../../demo/shop-client.ts'
import type { RunningShop } from './running-shop.ts'
import { type DESK, expect, open, type PHONE } from './test.ts'
import { at, type Locale, words } from './words.ts'

/** Whose browser goes through the places, and in which shop. */
export interface Stage {
  readonly page: Page
  readonly shop: RunningShop
  readonly visitor: (email?: string) => Promise<Buyer>
}

export type Say = ReturnType<typeof words>

/** A page in one of its states, and how to get there on purpose. */
export interface Place {
  readonly name: string
  /** Brings the shop into the state and answers where the page is, before its language. */
  readonly path: string | ((stage: Stage) => Promise<string> | string)
  /** What only this state shows. */
  readonly shows: (page: Page, t: Say) => Locator
  /** What a visitor does on the page to get there, in every language anew. */
  readonly reach?: (page: Page, t: Say, locale: Locale) => Promise<unknown>
  /** Undoes it before the next page. */
  readonly leave?: (page: Page) => Promise<unknown>
  /** Where it is only to be had on one of both. */
  readonly only?: typeof PHONE | typeof DESK
}

export const title = (page: Page, name?: string): Locator =>
  page.getByRole('heading', { level: 1, ...(name === undefined ? {} : { name, exact: true }) })
export const part = (page: Page, name: string): Locator =>
  page.getByRole('heading', { level: 2, name, exact: true })

/** Forgets what the browser kept of an earlier visitor, and signs in a new one. */
export const somebodyNew = async ({ page, visitor }: Stage): Promise<Buyer> => {
  await page.goto('/robots.txt')
  await page.evaluate(() => {
    localStorage.clear()
    sessionStorage.clear()
  })
  return await visitor()
}

export type Look = (at: { readonly place: Place; readonly locale: Locale }) => Promise<void>

/** Goes through the places in these languages and looks at each once it shows what it should. */
export const walk = async (
  stage: Stage,
  places: readonly Place[],
  locales: readonly Locale[],
  look: Look,
): Promise<void> => {
  const { page, shop } = stage
  const width = page.viewportSize()?.width
  for (const place of places.filter(({ only }) => only === undefined || only.width === width)) {
    const { name, path, reach, shows, leave } = place
    const where = typeof path === 'string' ? path : await path(stage)
    for (const locale of locales) {
      const t = words(locale)
      await open(page, at(locale, where))
      await reach?.(page, t, locale)
      await expect(shows(page, t), `${name} in ${locale}`).toBeVisible()
      await look({ place, locale })
      await leave?.(page)
    }
    await shop.calm()
  }
}
