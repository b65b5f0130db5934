import { describe, expect, it } from 'vitest'
import { derivedId } from './ids.ts'

describe('derived ids', () => {
  it('are the same for the same parts, today and for ever', () => {
    expect(derivedId('checkout', 'start', 'o1')).toBe(derivedId('checkout', 'start', 'o1'))
    // What is in stored logs was derived so: this value must never change.
    expect(derivedId('checkout', 'start', 'o1')).toBe('ddd80088-b875-527b-b740-4d99b1339f14')
  })

  it('differ when the parts are cut differently', () => {
    const ids = [derivedId('a', 'bc'), derivedId('ab', 'c'), derivedId('abc'), derivedId('a', 'b', 'c')]
    expect(new Set(ids).size).toBe(4)
    expect(derivedId('a', 1)).toBe(derivedId('a', '1'))
  })
})
