import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextPath } from './next-path.ts'

describe('the page to go to after signing in', () => {
  it.each(['/', '/checkout', '/en/orders?status=PAID#top', '/search?q=%E8%8C%B6', '/search?q=茶'])(
    'may be %s',
    (path) => {
      expect(nextPath(path)).toBe(path)
    },
  )

  it.each([
    undefined,
    null,
    ['/checkout'],
    '',
    'checkout',
    'https://evil.example/',
    'javascript:alert(1)',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/a\\b',
    ' /checkout',
    '/check out',
    '/sign-in',
    '/en/sign-in?next=/checkout',
    `/${'a'.repeat(1_000)}`,
  ])('is not %s', (path) => {
    expect(nextPath(path)).toBeUndefined()
  })

  it('never leaves the shop', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '//',
      'evil.example',
      ':',
      '@',
      '\t',
      '\n',
      '.',
      '..',
      '?',
      '#',
      'http:',
      '%2f',
      'a',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = nextPath(pieces.join(''))
        const { origin } = new URL(path ?? '/', 'https://shop.example')
        expect(origin).toBe('https://shop.example')
      }),
      { numRuns: 1_000 },
    )
  })
})
