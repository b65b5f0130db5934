import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import type { Place } from './stage.ts'
import { DESK, PHONE } from './test.ts'
import type { Locale } from './words.ts'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const LANGUAGE_TAGS = { ja: 'ja-JP', en: 'en-US', zh: 'zh-CN' } as const

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string | undefined }[]
}

/** What is wrong, as one line each: the rule, where, and why. */
const told = (violations: readonly Violation[]): string[] =>
  violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${String(target)}: ${failureSummary ?? ''}`),
  )

/** The first look at a page, which also leaves the checker in it. Without frames the legacy mode finds the same. */
const firstLook = async (page: Page): Promise<string[]> =>
  told((await new AxeBuilder({ page }).setLegacyMode().withTags(RULES).analyze()).violations)

/** As the first look left it in the page. */
declare const axe: {
  readonly run: (options: {
    readonly runOnly: readonly string[]
    readonly resultTypes: readonly string[]
  }) => Promise<{ readonly violations: readonly Violation[] }>
}
/** Another look at the same page after it changed its dress. */
const lookAgain = async (page: Page, runOnly: readonly string[]): Promise<string[]> =>
  told(
    await page.evaluate(
      async (only) => (await axe.run({ runOnly: only, resultTypes: ['violations'] })).violations,
      runOnly,
    ),
  )

/** What a checker of rules does not see: measures, words, headings, motion. Runs in the page. */
const shortcomings = (language: string): string[] => {
  const TOUCH_PX = 43.5
  const found: string[] = []
  const named = (element: Element) => {
    const { tagName, textContent } = element
    return `${tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} “${textContent.trim().slice(0, 30)}”`
  }
  const headings = document.querySelectorAll('h1').length
  if (headings !== 1) found.push(`${headings} h1`)
  if (document.documentElement.lang !== language) found.push(`lang is ${document.documentElement.lang}`)
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) found.push(`scrolls sideways: ${scrollWidth} px of ${clientWidth}`)

  const said = [document.title, document.body.innerText]
  for (const element of document.querySelectorAll('[aria-label],[placeholder],[alt],[title]'))
    for (const name of ['aria-label', 'placeholder', 'alt', 'title'])
      said.push(element.getAttribute(name) ?? '')
  const untranslated =
    /\b(?:shell|catalogue|cart|checkout|payment|orders|wallet|pages|tour|mailbox|news|profile|entry|admin)\.[a-z][\w-]*|\{\w+\}|\bundefined\b|\bNaN\b/
  for (const text of said) {
    const slip = untranslated.exec(text)?.[0]
    if (slip !== undefined) found.push(`says “${slip}”`)
  }

  for (const element of document.querySelectorAll('a,button,input,select,textarea,summary')) {
    const { display } = getComputedStyle(element)
    // A link in the middle of a sentence is as high as the sentence.
    if (display === 'inline' || element.getClientRects().length === 0) continue
    const boxes = [element, ...(element instanceof HTMLInputElement ? (element.labels ?? []) : [])].map(
      (box) => box.getBoundingClientRect(),
    )
    const isOffScreen = boxes.every(({ bottom, right }) => bottom <= 0 || right <= 0)
    const width = Math.max(...boxes.map((box) => box.width))
    const height = Math.max(...boxes.map((box) => box.height))
    if (!isOffScreen && (width < TOUCH_PX || height < TOUCH_PX))
      found.push(`too small to touch: ${Math.round(width)} × ${Math.round(height)} px ${named(element)}`)
  }

  const LONGEST_SECONDS = 0.001
  const seconds = (times: string) =>
    Math.max(...times.split(',').map((time) => Number.parseFloat(time) / (time.endsWith('ms') ? 1_000 : 1)))
  for (const element of document.querySelectorAll('body *')) {
    const { transitionDuration, animationDuration, animationName } = getComputedStyle(element)
    const animation = animationName === 'none' ? 0 : seconds(animationDuration)
    if (Math.max(seconds(transitionDuration), animation) > LONGEST_SECONDS)
      found.push(`moves although less motion is wanted: ${named(element)}`)
  }
  return found
}

/** Changes the theme, and waits until the page is painted in it. */
const wear = async (page: Page, colorScheme: 'light' | 'dark'): Promise<void> => {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.waitForFunction(async (wanted) => {
    await new Promise((painted) => {
      requestAnimationFrame(() => requestAnimationFrame(painted))
    })
    const [red = '0'] = getComputedStyle(document.documentElement).backgroundColor.match(/\d+/) ?? []
    return Number(red) > 127 === (wanted === 'light')
  }, colorScheme)
}

/**
 * What would keep somebody out of this place, by how it was looked at; nothing, as it should be. The page is on a phone
 * and wants less motion; it is left as it was.
 */
export const obstacles = async (
  page: Page,
  locale: Locale,
  { only }: Place,
): Promise<Record<string, string[]>> => {
  const light = await firstLook(page)
  const measures = await page.evaluate(shortcomings, LANGUAGE_TAGS[locale])
  const isLookedAtOnDesk = locale === 'ja' && only === undefined
  if (isLookedAtOnDesk) await page.setViewportSize(DESK)
  const desk = isLookedAtOnDesk ? await lookAgain(page, RULES) : []
  if (isLookedAtOnDesk) await page.setViewportSize(PHONE)
  // The theme changes colours alone.
  await wear(page, 'dark')
  const dark = await lookAgain(page, ['color-contrast'])
  await wear(page, 'light')
  return { light, measures, desk, dark }
}
