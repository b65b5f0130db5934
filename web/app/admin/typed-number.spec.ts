import { expect, it } from 'vitest'
import { typedNumber } from './typed-number'

it.each([
  ['12', 12],
  [' 1,200 ', 1_200],
  ['１２', 12],
  ['-3', -3],
  ['−3', -3],
  ['－３', -3],
  ['+4', 4],
  ['0', 0],
  ['1000000000', 1_000_000_000],
])('takes %j for %i', (text, number) => {
  expect(typedNumber(text)).toBe(number)
})

it.each(['', ' ', '1.5', 'two', '1e3', '--1', '1000000001', '99999999999999'])(
  'takes %j for no number',
  (text) => {
    expect(typedNumber(text)).toBeUndefined()
  },
)
