import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'
import { z } from 'zod'
import { obstacles } from '../obstacles.ts'
import { takePicture } from '../picture.ts'
import { title, walk, type Place } from '../stage.ts'
import { DESK, expect, open, PHONE, test } from '../test.ts'
import { at, LOCALES, words } from '../words.ts'

const projectId = process.env['FIREBASE_PROJECT_ID'] ?? ''
const emulator = process.env['FIREBASE_AUTH_EMULATOR_HOST'] ?? ''
if (projectId === '' || emulator === '')
  throw new Error('There is no emulator: start with `.ci/firebase/run npm run test:firebase:browser`')

const PASSWORD = 'a kettle of tea'
const t = words('en')

test.use({
  reducedMotion: 'reduce',
  shopSettings: { FIREBASE_PROJECT_ID: projectId, FIREBASE_AUTH_EMULATOR_HOST: emulator },
})

const Mails = z.object({
  oobCodes: z.array(z.object({ email: z.string(), requestType: z.string(), oobCode: z.string() })),
})
/** The code in the newest mail of this kind, which the emulator sends to nobody. */
const codeSentTo = async (email: string, requestType: 'VERIFY_EMAIL' | 'PASSWORD_RESET') => {
  const response = await fetch(`http://${emulator}/emulator/v1/projects/${projectId}/oobCodes`)
  const { oobCodes } = Mails.parse(await response.json())
  return oobCodes.findLast((mail) => mail.email === email && mail.requestType === requestType)?.oobCode
}

const fill = async (page: Page, email: string, first?: string, again?: string): Promise<void> => {
  await page.getByLabel(t('checkout.field.email')).fill(email)
  if (first !== undefined) await page.getByLabel(t('entry.password'), { exact: true }).fill(first)
  if (again !== undefined) await page.getByLabel(t('entry.passwordAgain')).fill(again)
}
const press = (page: Page, key: string): Promise<void> =>
  page.getByRole('button', { name: t(key), exact: true }).click()
const signIn = async (page: Page, email: string, password: string): Promise<void> => {
  await fill(page, email, password)
  await press(page, 'entry.signIn.submit')
}

test('somebody makes an account, confirms the address, signs out, and in again with the password alone', async ({
  page,
  watch,
}) => {
  // The browser notes every wrong password in its console.
  watch.expectTrouble()
  const email = `${randomUUID()}@example.com`
  await open(page, '/en/sign-in?next=/en/cart')
  await expect(page.getByText(t('shell.sample.signIn'))).toHaveCount(0)
  await page.getByRole('link', { name: t('entry.signIn.toSignUp') }).click()
  await expect(title(page, t('entry.signUp.title'))).toBeVisible()

  await fill(page, email, PASSWORD, 'another kettle')
  await press(page, 'entry.signUp.submit')
  await expect(page.getByText(t('entry.different'))).toBeVisible()
  await fill(page, email, PASSWORD, PASSWORD)
  await press(page, 'entry.signUp.submit')
  await expect(title(page, t('entry.signUp.done.title'))).toBeFocused()
  await page.getByRole('link', { name: t('entry.signUp.done.goOn') }).click()
  await expect(page).toHaveURL(/\/en\/cart$/)

  const code = await codeSentTo(email, 'VERIFY_EMAIL')
  await open(page, `/en/reset-password?mode=verifyEmail&oobCode=${code}`)
  await expect(page.getByText(t('entry.reset.confirmed.title'))).toBeVisible()

  await open(page, '/en/sign-in')
  await expect(page.getByText(t('checkout.signedIn.unconfirmed'))).toBeVisible()
  await press(page, 'checkout.signedIn.out')
  await expect(page.getByText(t('checkout.signIn.signedOut'))).toBeVisible()

  for (const [address, password] of [
    [email, 'guessed it'],
    [`nobody-${email}`, PASSWORD],
  ] as const) {
    await signIn(page, address, password)
    await expect(page.getByText(t('entry.problem.wrong.title'))).toBeVisible()
  }
  await signIn(page, email, PASSWORD)
  await expect(page).toHaveURL(/\/en\/?$/)
  await open(page, '/en/sign-in')
  await expect(page.getByText(email)).toBeVisible()
  // Nothing of the account stays in the browser; what does only counts the days on which the SDK was used.
  const kept = await page.evaluate(async () => [
    ...Object.keys(localStorage),
    ...Object.keys(sessionStorage),
    ...(await indexedDB.databases()).map(({ name }) => name),
  ])
  expect(kept.filter((key) => key?.includes('firebase'))).toEqual(['firebase-heartbeat-database'])
})

test('somebody who forgot the password chooses a new one, by a link that works once', async ({
  page,
  watch,
}) => {
  watch.expectTrouble()
  const email = `${randomUUID()}@example.com`
  await open(page, '/en/sign-up')
  await fill(page, email, PASSWORD, PASSWORD)
  await press(page, 'entry.signUp.submit')
  await expect(title(page, t('entry.signUp.done.title'))).toBeVisible()
  await page.context().clearCookies()

  for (const address of [`nobody-${email}`, email]) {
    await open(page, '/en/reset-password')
    await fill(page, address)
    await press(page, 'entry.reset.submit')
    await expect(page.getByText(t('entry.reset.sent.title'))).toBeVisible()
  }
  const link = `/en/reset-password?mode=resetPassword&oobCode=${await codeSentTo(email, 'PASSWORD_RESET')}`
  await open(page, link)
  await expect(page.getByText(t('entry.reset.choose', { email }))).toBeVisible()
  const field = page.getByLabel(t('entry.passwordNew'))
  await field.fill('two kettles of tea')
  await press(page, 'entry.show')
  await expect(field).toHaveAttribute('type', 'text')
  await press(page, 'entry.reset.save')
  await expect(page.getByText(t('entry.reset.done.title'))).toBeVisible()
  await open(page, link)
  await expect(page.getByText(t('entry.problem.link.title'))).toBeVisible()

  await open(page, '/en/sign-in?next=/en/orders')
  await signIn(page, email, PASSWORD)
  await expect(page.getByText(t('entry.problem.wrong.title'))).toBeVisible()
  await signIn(page, email, 'two kettles of tea')
  await expect(page).toHaveURL(/\/en\/orders$/)
})

const PLACES: readonly Place[] = [
  {
    name: 'firebase-sign-in',
    path: '/sign-in?next=/checkout',
    shows: (page, say) => page.getByRole('button', { name: say('entry.google') }),
  },
  {
    name: 'firebase-sign-in-errors',
    path: '/sign-in',
    reach: (page, say) => page.getByRole('button', { name: say('entry.signIn.submit') }).click(),
    shows: (page, say) => page.getByText(say('entry.needed')),
  },
  {
    name: 'firebase-sign-in-wrong',
    path: '/sign-in',
    reach: async (page, say) => {
      await page.getByLabel(say('checkout.field.email')).fill('nobody@example.com')
      await page.getByLabel(say('entry.password'), { exact: true }).fill('guessed')
      await page.getByRole('button', { name: say('entry.signIn.submit') }).click()
    },
    shows: (page, say) => page.getByText(say('entry.problem.wrong.title')),
  },
  {
    name: 'firebase-sign-up',
    path: '/sign-up',
    shows: (page, say) => title(page, say('entry.signUp.title')),
  },
  {
    name: 'firebase-reset',
    path: '/reset-password',
    shows: (page, say) => page.getByText(say('entry.reset.intro')),
  },
  {
    name: 'firebase-reset-old-link',
    path: '/reset-password?mode=resetPassword&oobCode=of-last-year',
    shows: (page, say) => page.getByText(say('entry.problem.link.title')),
  },
]

const MOST_SCRIPT_BYTES = 150_000

test('nobody is kept out of signing in and up, in any language, on a phone and at a desk; little code is loaded', async ({
  page,
  shop,
  visitor,
  watch,
}) => {
  test.setTimeout(180_000)
  watch.expectTrouble()
  await walk({ page, shop, visitor }, PLACES, LOCALES, async ({ place, locale }) => {
    for (const [where, found] of Object.entries(await obstacles(page, locale, place)))
      expect.soft(found, `${place.name} in ${locale}, ${where}`).toEqual([])
    await page.setViewportSize(locale === 'en' ? DESK : PHONE)
    if (locale !== 'zh') await takePicture(page, `${place.name}-${locale}`)
    await page.setViewportSize(PHONE)
  })
  const scripts = new Set<string>()
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.add(request.url())
  })
  await open(page, at('ja', '/sign-in'))
  await page.waitForLoadState('networkidle')
  let bytes = 0
  for (const url of scripts) {
    const { headers } = await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } })
    bytes += Number(headers.get('content-length'))
  }
  expect(scripts.size).toBeGreaterThan(1)
  expect(bytes).toBeLessThan(MOST_SCRIPT_BYTES)
})
