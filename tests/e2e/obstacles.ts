import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import type { Place } from './stage.ts'
import { DESK, PHONE } from './test.ts'
import type { Locale } from './words.ts'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const LANGUAGE_TAGS = { ja: 'ja-JP', en: 'en-US', zh: 'zh-CN' } as const

/** What is wrong, as one line each: the rule, where, and why. */
const violations = async (page: Page, rule?: string): Promise<string[]> => {
  // Without frames the legacy mode finds the same; it only spares a second page for each look.
  const axe = new AxeBuilder({ page }).setLegacyMode()
  const found = await (rule === undefined ? axe.withTags(RULES) : axe.withRules(rule)).analyze()
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary ?? ''}`),
  )
}

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
    /\b(?:shell|catalogue|cart|checkout|payment|orders|pages|tour)\.[a-z][\w-]*|\{\w+\}|\bundefined\b|\bNaN\b/
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

/**
 * What would keep somebody out of this place, by how it was looked at; nothing, as it should be. The page is on a phone
 * and wants less motion; it is left as it was.
 */
export const obstacles = async (
  page: Page,
  locale: Locale,
  { only }: Place,
): Promise<Record<string, string[]>> => {
  const narrow = {
    light: await violations(page),
    measures: await page.evaluate(shortcomings, LANGUAGE_TAGS[locale]),
  }
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  // The theme changes colours alone.
  const dark = await violations(page, 'color-contrast')
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  if (locale !== 'ja' || only !== undefined) return { ...narrow, dark }
  await page.setViewportSize(DESK)
  const desk = await violations(page)
  await page.setViewportSize(PHONE)
  return { ...narrow, dark, desk }
}
