import { describe, expect, it } from 'vitest'
import { Contact, Delivery, KeptContact, KeptDelivery } from './order-request.ts'

const address = {
  postalCode: '812-0011',
  prefecture: '福岡県',
  city: '福岡市博多区',
  addressLine1: '博多駅前1-2-3',
}
const objections = (shape: typeof Contact | typeof Delivery, fields: object) =>
  shape.safeParse(fields).error?.issues.map(({ path }) => path.join('.')) ?? []

describe('whom an order goes to', () => {
  it('may be typed in any width, and is kept in the usual one', () => {
    expect(
      Contact.parse({ name: '山田　花子', kana: 'ﾔﾏﾀﾞ ﾊﾅｺ', phone: '０９０ー１２３４ー５６７８' }),
    ).toEqual({ name: '山田 花子', kana: 'ヤマダ ハナコ', phone: '090-1234-5678' })
    expect(Delivery.parse({ ...address, postalCode: '〒８１２ー００１１' })).toEqual(address)
    expect(Delivery.parse({ ...address, postalCode: '8120011' })).toEqual(address)
  })

  it.each([
    '山田\r\nBcc: someone@example.com',
    '花\u0000子',
    '\u202ekohanah',
    '\u3164',
    '\u2800',
    '\u200d',
    '',
  ])('is nobody called %j', (name) => {
    expect(new Set(objections(Contact, { name }))).toEqual(new Set(['name']))
    expect(new Set(objections(Delivery, { ...address, recipient: name }))).toEqual(new Set(['recipient']))
  })

  it('lives in one line, with pictures if they like, and may leave a note of several', () => {
    for (const field of ['prefecture', 'city', 'addressLine1', 'addressLine2'])
      expect(objections(Delivery, { ...address, [field]: 'a\nb' })).toEqual([field])
    expect(
      Delivery.parse({ ...address, city: '福岡市🏯', addressLine2: '', note: ' left\nof the door ' }),
    ).toEqual({
      ...address,
      city: '福岡市🏯',
      addressLine2: '',
      note: 'left\nof the door',
    })
    expect(objections(Delivery, { ...address, note: 'a\u202eb' })).toEqual(['note'])
    expect(objections(Delivery, { ...address, note: 'x'.repeat(201) })).toEqual(['note'])
  })

  it('is read back as it was kept, by whatever rules that was', () => {
    const contact = { name: 'old\u0007name', phone: '０９０' }
    expect(KeptContact.parse(contact)).toEqual(contact)
    expect(KeptDelivery.parse({ ...address, postalCode: '8120011', city: 'a\nb' })).toMatchObject({
      postalCode: '8120011',
      city: 'a\nb',
    })
  })
})
