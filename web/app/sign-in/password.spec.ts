import { describe, expect, it } from 'vitest'
import { isLongEnough } from './password.ts'

describe('a new password', () => {
  it('has eight characters at least', () => {
    expect(isLongEnough('1234567')).toBe(false)
    expect(isLongEnough('12345678')).toBe(true)
    expect(isLongEnough('😀😀😀😀')).toBe(false)
    expect(isLongEnough('お茶をいれましょう')).toBe(true)
  })
})
