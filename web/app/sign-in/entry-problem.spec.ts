import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { entryProblemOf, isWithoutPopup } from './entry-problem.ts'

const coded = (code: string): Error => Object.assign(new Error(code), { code })
const Words = z.object({
  entry: z.object({ problem: z.record(z.string(), z.object({ title: z.string(), text: z.string() })) }),
})

describe('what is said when nobody got in', () => {
  it('does not tell an unknown address from a wrong password', () => {
    for (const code of [
      'wrong-password',
      'user-not-found',
      'invalid-credential',
      'invalid-login-credentials',
    ])
      expect(entryProblemOf(coded(`auth/${code}`))).toBe('wrong')
  })

  it.each([
    ['auth/email-already-in-use', 'inUse'],
    ['auth/weak-password', 'weak'],
    ['auth/too-many-requests', 'throttled'],
    ['auth/popup-closed-by-user', 'closed'],
    ['auth/network-request-failed', 'offline'],
    ['auth/user-disabled', 'disabled'],
    ['auth/expired-action-code', 'link'],
    ['auth/unauthorized-domain', 'unavailable'],
    ['auth/something-new', 'refused'],
  ])('takes %s for %s', (code, problem) => {
    expect(entryProblemOf(coded(code))).toBe(problem)
  })

  it('takes code that could not be fetched, and silence, for a missing connection', () => {
    expect(entryProblemOf(new TypeError('Failed to fetch dynamically imported module'))).toBe('offline')
    expect(entryProblemOf(new DOMException('late', 'TimeoutError'))).toBe('offline')
    expect(entryProblemOf(new Error('what?'))).toBe('refused')
    expect(entryProblemOf(undefined)).toBe('refused')
  })

  it('goes without a pop-up only where there can be none', () => {
    expect(isWithoutPopup(coded('auth/popup-blocked'))).toBe(true)
    expect(isWithoutPopup(coded('auth/popup-closed-by-user'))).toBe(false)
    expect(isWithoutPopup(undefined)).toBe(false)
  })

  it.each(['ja', 'en', 'zh'])('has words for each in %s', (locale) => {
    const file = new URL(`../../i18n/locales/${locale}/entry.json`, import.meta.url)
    const { problem } = Words.parse(JSON.parse(readFileSync(file, 'utf8'))).entry
    expect(Object.keys(problem).toSorted()).toEqual(
      [
        'closed',
        'disabled',
        'email',
        'inUse',
        'link',
        'offline',
        'otherWay',
        'refused',
        'resting',
        'throttled',
        'unavailable',
        'weak',
        'wrong',
      ].toSorted(),
    )
  })
})
