import { describe, expect, it } from 'vitest'
import { EMPTY_PERSON, personOf, problemsOf, profileOf, refusedFields, tidied } from './person.ts'

const TODAY = '2026-11-21'
const address = {
  postalCode: '812-0011',
  prefecture: '福岡県',
  city: '福岡市博多区',
  addressLine1: '博多駅前1-2-3',
}
const profile = {
  name: '山田 花子',
  kana: 'やまだ はなこ',
  birthDate: '1987-03-21',
  gender: 'female',
  phone: '090-1234-5678',
  address,
} as const

describe('the form about a person', () => {
  it('says what the shop knows, and gives the same back', () => {
    expect(profileOf(personOf(profile))).toEqual(profile)
    expect(profileOf(personOf({ name: '花' }))).toEqual({ name: '花' })
  })

  it('begins with the address of the account for who is not registered', () => {
    expect(personOf(undefined, 'a@example.com')).toEqual({ ...EMPTY_PERSON, email: 'a@example.com' })
  })

  it('takes kana and digits of any width', () => {
    const typed = {
      ...EMPTY_PERSON,
      kana: ' ﾔﾏﾀﾞ　ﾊﾅｺ ',
      postalCode: '〒８１２００１１',
      phone: '０９０ー１２３４ー５６７８',
    }
    expect(tidied(typed)).toMatchObject({
      kana: 'ヤマダ ハナコ',
      postalCode: '812-0011',
      phone: '090-1234-5678',
    })
  })

  it('needs a name alone, but an address whole', () => {
    expect(problemsOf(EMPTY_PERSON, TODAY)).toEqual({ name: 'missing' })
    expect(problemsOf({ ...EMPTY_PERSON, name: '花', city: '福岡市' }, TODAY)).toEqual({
      postalCode: 'missing',
      prefecture: 'missing',
      addressLine1: 'missing',
    })
  })

  it.each([
    ['kana', '山田', 'kana'],
    ['kana', 'あ'.repeat(81), 'tooLong'],
    ['birthDate', '1899-12-31', 'birthDate'],
    ['birthDate', '2026-11-22', 'birthDate'],
    ['email', 'hanako', 'email'],
    ['phone', 'as ever', 'phone'],
  ] as const)('objects to the %s %j', (field, text, problem) => {
    expect(problemsOf({ ...personOf(profile), [field]: text }, TODAY)).toEqual({ [field]: problem })
  })

  it('shows the shop’s objections at their fields', () => {
    expect(refusedFields([{ path: 'kana' }, { path: 'address.city' }, { path: 'elsewhere' }])).toEqual({
      kana: 'refused',
      city: 'refused',
    })
  })
})
