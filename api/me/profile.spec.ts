import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSameProfile, profileRequest } from './profile.ts'

/** 21 November 2026, half past midnight in Japan, where it is a day later than in Greenwich. */
const NOW_MS = Date.parse('2026-11-20T15:30:00Z')
const Request = profileRequest(() => NOW_MS)

const address = {
  postalCode: '812-0011',
  prefecture: '福岡県',
  city: '福岡市博多区',
  addressLine1: '博多駅前1-2-3',
}
const taken = (fields: object) => Request.parse({ name: '山田 花子', ...fields })
const objections = (fields: object) =>
  Request.safeParse({ name: '山田 花子', ...fields }).error?.issues.map(({ path }) => path.join('.')) ?? []

describe('a name', () => {
  it.each([
    ['山田　花子', '山田 花子'],
    ['  Anna   Müller ', 'Anna Müller'],
    ['Mu\u0308ller', 'Müller'],
    ['葛\u{e0100}城', '葛\u{e0100}城'],
    ['𠮷野', '𠮷野'],
    ['O’Brien-Sato', 'O’Brien-Sato'],
    ['کوروش\u200cنژاد', 'کوروش\u200cنژاد'],
    ['山'.repeat(80), '山'.repeat(80)],
    ['葛\u{e0100}'.repeat(80), '葛\u{e0100}'.repeat(80)],
  ])('%j is taken as %j', (typed, name) => {
    expect(taken({ name: typed }).name).toBe(name)
  })

  it.each([
    '',
    ' ',
    '山'.repeat(81),
    '花\u0000子',
    '花\n子',
    '\u202ekohanah',
    '花\u200b子',
    '花子😀',
    '🇯🇵',
    '花子♥️',
    `e${'\u0301'.repeat(400)}`,
    // Nothing that anybody could read: fillers, blanks, tags, joiners, selectors, accents.
    '\u3164',
    '\u115f\u1160',
    '\uffa0',
    '\u2800',
    '\u180e',
    '\u{e0061}\u{e0062}',
    '\u200d\u200d',
    '\ufe0f',
    '\u0301',
    'ha\u00adna',
    7,
  ])('%j is refused', (name) => {
    expect(objections({ name })).toEqual(['name'])
  })
})

describe('a reading', () => {
  it.each([
    ['やまだ はなこ', 'やまだ はなこ'],
    ['ﾔﾏﾀﾞ ﾊﾅｺ', 'ヤマダ ハナコ'],
    ['ジョン・スミス', 'ジョン・スミス'],
    ['サトー', 'サトー'],
  ])('%j is taken as %j', (typed, kana) => {
    expect(taken({ kana: typed }).kana).toBe(kana)
  })

  it.each(['山田', 'yamada', 'やまだ1', ''])('%j is refused', (kana) => {
    expect(new Set(objections({ kana }))).toEqual(new Set(['kana']))
  })
})

describe('a birth date', () => {
  it.each(['1987-03-21', '2000-02-29', '2016-11-21', '1905-11-22'])('%s is taken', (birthDate) => {
    expect(taken({ birthDate }).birthDate).toBe(birthDate)
  })

  it.each([
    '2023-02-29',
    '1987-13-01',
    '1987-3-21',
    '21.03.1987',
    '2026-11-22',
    '2016-11-22',
    '1905-11-21',
    '1899-12-31',
    '',
  ])('%j is refused', (birthDate) => {
    expect(new Set(objections({ birthDate }))).toEqual(new Set(['birthDate']))
  })
})

describe('the other fields', () => {
  it('take a gender from the list, or that it is not said', () => {
    expect(taken({ gender: 'not-said' }).gender).toBe('not-said')
    expect(objections({ gender: 'F' })).toEqual(['gender'])
  })

  it.each(['8120011', '812 0011', '〒812-0011', '８１２－００１１', '812ー0011'])(
    'take the postal code %j as 812-0011',
    (postalCode) => {
      expect(taken({ address: { ...address, postalCode } }).address?.postalCode).toBe('812-0011')
    },
  )

  it.each(['812-001', '812-00112', '81-20011', 'abc-defg'])('refuse the postal code %j', (postalCode) => {
    expect(objections({ address: { ...address, postalCode } })).toEqual(['address.postalCode'])
  })

  it.each([
    ['福岡県', '福岡県'],
    ['福岡', '福岡県'],
    ['Fukuoka', '福岡県'],
    ['Tōkyō-to', '東京都'],
    ['kyoto prefecture', '京都府'],
    ['ＯＳＡＫＡ', '大阪府'],
    ['hokkaido', '北海道'],
    ['Gunma', '群馬県'],
  ])('take the prefecture %j as %j', (prefecture, name) => {
    expect(taken({ address: { ...address, prefecture } }).address?.prefecture).toBe(name)
  })

  it.each(['Bavaria', '', '福'])('refuse the prefecture %j', (prefecture) => {
    expect(objections({ address: { ...address, prefecture } })).toEqual(['address.prefecture'])
  })

  it('refuse half an address', () => {
    expect(objections({ address: { postalCode: '812-0011' } })).toEqual([
      'address.prefecture',
      'address.city',
      'address.addressLine1',
    ])
  })
})

describe('a profile, whatever is typed', () => {
  it('is the same when it is taken in again, and never echoed in an objection', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 90 }),
      fc.stringMatching(/^[ぁ-んァ-ヶーｦ-ﾟ ]{1,20}$/u),
    )
    fc.assert(
      fc.property(text, text, (name, kana) => {
        const first = Request.safeParse({ name, kana, address: { ...address, city: name } })
        if (first.success) expect(isSameProfile(Request.parse(first.data), first.data)).toBe(true)
        else
          for (const { message } of first.error.issues)
            expect(name.length > 6 && message.includes(name)).toBe(false)
      }),
      { numRuns: 300 },
    )
  })
})
