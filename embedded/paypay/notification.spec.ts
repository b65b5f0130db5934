import { describe, expect, it } from 'vitest'
import { type Corruption, corrupt, corruptions } from './notification.ts'

const sound = {
  notification_type: 'Transaction',
  store_id: '',
  paid_at: '2026-11-21T06:54:06+09:00',
  merchant_order_id: 'p1',
  order_amount: '7490',
  state: 'COMPLETED',
}
const body = Buffer.from(JSON.stringify(sound))
const text = (how: Corruption) => corrupt(body, how).toString('utf8')
const parsed = (how: Corruption): unknown => JSON.parse(text(how))

describe('altered webhook bodies', () => {
  it('differ from the sound one in every way there is', () => {
    expect(corruptions.filter((how) => corrupt(body, how).equals(body))).toEqual([])
  })

  it.each(['truncated', 'not-json'] as const)('%s is no JSON', (how) => {
    expect(() => parsed(how)).toThrow(SyntaxError)
  })

  it('bad UTF-8 is not decodable', () => {
    const decode = () => new TextDecoder('utf8', { fatal: true }).decode(corrupt(body, 'bad-utf8'))
    expect(decode).toThrow('encoded data was not valid')
  })

  it('duplicate keys say two things of the same', () => {
    expect(text('duplicate-keys').match(/"state":/g)).toHaveLength(2)
    expect(parsed('duplicate-keys')).toMatchObject({ state: 'FAILED', order_amount: '1' })
  })

  it('a large one is over a megabyte', () => {
    expect(corrupt(body, 'large').length).toBeGreaterThan(1_048_576)
  })

  it.each([
    ['number-amount', { order_amount: 7490 }],
    ['wrong-amount', { order_amount: '7491' }],
    ['utc-times', { paid_at: '2026-11-20T21:54:06Z' }],
    ['missing-state', { state: undefined }],
    ['unknown-state', { state: 'SOMETHING_NEW' }],
    ['unknown-type', { notification_type: 'SomethingNew' }],
    ['empty-merchant-order-id', { merchant_order_id: '' }],
    ['extra-fields', { expires_at: null, authorized_at: null, brand_new: { nested: [1, 2] } }],
  ] as const)('%s changes that and nothing else', (how, change) => {
    expect(parsed(how)).toEqual({ ...sound, ...change })
  })
})
