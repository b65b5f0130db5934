import { describe, expect, it } from 'vitest'
import { withoutEnding } from './endings.ts'
import { termOf } from './tokens.ts'

describe('the endings of words', () => {
  it.each([
    ['teapot', 'teapots'],
    ['dish', 'dishes'],
    ['berry', 'berries'],
    ['knife', 'knives'],
    ['leaf', 'leaves'],
    ['glove', 'gloves'],
    ['чайник', 'чайника', 'чайники', 'чайников'],
    ['чашка', 'чашки', 'чашек', 'чашками'],
    ['зеленый', 'зеленая', 'зеленого', 'зеленые'],
    ['полотенце', 'полотенца', 'полотенцем'],
  ])('make one term of %s and its forms', (...forms) => {
    expect(new Set(forms.map(withoutEnding)).size).toBe(1)
  })

  it.each(['glass', 'iris', 'cactus', 'сок', 'чай', '茶碗', '2027', 'a5'])('are left on %s', (word) => {
    expect(withoutEnding(word)).toBe(word)
  })

  it.each([
    ['コーヒー', 'こーひー'],
    ['ヴァン', 'ゔぁん'],
    ['café', 'cafe'],
    ['зелёный', 'зеленого'],
    ['йод', 'йода'],
  ])('go together with other ways to write the same: %s and %s', (one, other) => {
    expect(termOf(one)).toBe(termOf(other))
  })
})
