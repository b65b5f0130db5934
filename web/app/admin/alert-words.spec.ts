import { expect, it } from 'vitest'
import { asWritten, bothClocks, paramsOf } from './alert-words'

const params = [
  { name: 'amountMinor', value: '18760' },
  { name: 'currency', value: 'JPY' },
]
const ofAlert = { amountMinor: 1, currency: 'JPY' }

it('takes the amount of what was said, else that of the alert, else none', () => {
  expect(paramsOf({ code: 'paid-twice', params }, ofAlert).amount).toEqual({
    amountMinor: 18_760,
    currency: 'JPY',
  })
  expect(paramsOf({ code: 'paid-twice', params: [] }, ofAlert).amount).toEqual(ofAlert)
  expect(paramsOf({ code: 'paid-twice', params: [] }, undefined).amount).toBeUndefined()
})

it('writes what it has no words for as the log has it', () => {
  expect(asWritten({ code: 'moon-full', params })).toBe('moon-full · amountMinor: 18760 · currency: JPY')
})

it('tells a moment in UTC and in Japanese time, over midnight too', () => {
  expect(bothClocks('2026-11-20T15:05:09.900Z')).toEqual({
    utc: '2026-11-20 15:05:09',
    jst: '2026-11-21 00:05:09',
  })
})
