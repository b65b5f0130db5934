import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Contact, Delivery } from '../../../api/orders/order-request.ts'
import {
  BUYER_FIELDS,
  EMPTY_BUYER,
  parsedBuyer,
  prefilled,
  problemsOf,
  recipientOf,
  refusedFields,
  tidied,
  type Buyer,
} from './buyer.ts'
import { PREFECTURES } from './prefectures.ts'

const hanako: Buyer = {
  name: '日々 花子',
  email: 'hanako@example.com',
  phone: '092-000-0000',
  postalCode: '812-0011',
  prefecture: '福岡県',
  city: '福岡市博多区',
  addressLine1: '博多駅前1-1-1',
  addressLine2: '',
}

describe('what a buyer fills in', () => {
  it('is at most eight fields', () => {
    expect(BUYER_FIELDS.length).toBe(8)
    expect(new Set(PREFECTURES).size).toBe(47)
  })

  it('has no problem when it is whole', () => {
    expect(problemsOf(hanako)).toStrictEqual({})
  })

  it('misses what an order needs, and nothing else', () => {
    expect(problemsOf(EMPTY_BUYER)).toStrictEqual({
      name: 'missing',
      email: 'missing',
      postalCode: 'missing',
      prefecture: 'missing',
      city: 'missing',
      addressLine1: 'missing',
    })
  })

  it.each<[keyof Buyer, string, string]>([
    ['email', 'hanako', 'email'],
    ['email', 'hanako@example', 'email'],
    ['email', 'ha..nako@example.com', 'email'],
    ['phone', '12', 'phone'],
    ['postalCode', '812-001', 'postalCode'],
    ['prefecture', 'Atlantis', 'missing'],
    ['name', '子'.repeat(81), 'tooLong'],
    ['addressLine2', '1'.repeat(121), 'tooLong'],
  ])('says of %s %s: %s', (field, text, problem) => {
    expect(problemsOf({ ...hanako, [field]: text })).toStrictEqual({ [field]: problem })
  })

  it('may be typed with a Japanese keyboard', () => {
    const typed = {
      ...hanako,
      name: ' 日々 花子　',
      phone: '０９２ー０００ー００００',
      postalCode: '〒８１２００１１',
    }
    expect(tidied(typed)).toStrictEqual(hanako)
  })

  it('is taken by the shop when it has no problem here', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 130 }),
      fc.constantFrom('a', '東京', 'x@y.jp', "o'n.e+2@mail.example"),
    )
    const buyer = fc.record({
      name: text,
      email: fc.oneof(text, fc.emailAddress()),
      phone: fc.oneof(text, fc.constantFrom('090-1234-5678', '+81 90 1234 5678', '')),
      postalCode: fc.constantFrom('1000001', '100-0001', '１００ー０００１', '1'),
      prefecture: fc.constantFrom(...PREFECTURES, ''),
      city: text,
      addressLine1: text,
      addressLine2: text,
    })
    fc.assert(
      fc.property(buyer, (typed) => {
        const tidy = tidied(typed)
        if (Object.keys(problemsOf(tidy)).length > 0) return
        const { contact, delivery } = recipientOf(tidy)
        expect(Contact.safeParse(contact).error).toBeUndefined()
        expect(Delivery.safeParse(delivery).error).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })

  it('is filled in where nothing was typed yet', () => {
    const { name, city } = prefilled({ ...EMPTY_BUYER, name: '太郎' }, { name: '花子', city: '堺市' })
    expect([name, city]).toStrictEqual(['太郎', '堺市'])
  })

  it('is marked where the shop objects', () => {
    expect(
      refusedFields([{ path: 'contact.email' }, { path: 'delivery.city' }, { path: 'items.0.quantity' }]),
    ).toStrictEqual({
      email: 'refused',
      city: 'refused',
    })
  })

  it('comes back from where this tab kept it', () => {
    expect(parsedBuyer(JSON.stringify(hanako))).toStrictEqual(hanako)
    expect(parsedBuyer('{"name":7}')).toStrictEqual(EMPTY_BUYER)
    for (const text of [null, '', 'x', '3']) expect(parsedBuyer(text)).toBeUndefined()
  })
})
