import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claimIn, surpriseIn } from './claim.ts'

describe('what a body claims', () => {
  it.each<[string, object, object]>([
    [
      'what PayPay documents',
      {
        notification_type: 'Transaction',
        merchant_id: '990000000000000001',
        store_id: '123456',
        pos_id: '123',
        order_id: '04137808670405270001',
        merchant_order_id: 'a-1',
        authorized_at: '2026-11-20T13:35:30Z',
        expires_at: null,
        paid_at: '2026-11-20T13:35:29Z',
        order_amount: '7490',
        state: 'COMPLETED',
      },
      { merchantPaymentId: 'a-1', status: 'COMPLETED', type: 'Transaction' },
    ],
    [
      'what PayPay was seen to send',
      {
        notification_type: 'Transaction',
        store_id: '',
        paid_at: '2026-11-21T06:54:06+09:00',
        merchant_order_id: 'a-1',
        pos_id: '',
        order_amount: '7490',
        merchant_id: '990000000000000001',
        state: 'COMPLETED',
        order_id: '04137808670405270001',
      },
      { merchantPaymentId: 'a-1', status: 'COMPLETED', type: 'Transaction' },
    ],
    [
      'an amount that is a number',
      { merchant_order_id: 'a-1', state: 'FAILED', order_amount: 7490 },
      { merchantPaymentId: 'a-1', status: 'FAILED' },
    ],
    [
      'the older shape',
      { merchantPaymentId: 'a-1', status: 'SUCCESS', amount: { amount: 1, currency: 'JPY' } },
      { merchantPaymentId: 'a-1', status: 'SUCCESS' },
    ],
    [
      'the older shape under data',
      { data: { merchantPaymentId: 'a-1', status: 'SUCCESS', metadata: { orderId: 'o' } } },
      { merchantPaymentId: 'a-1', status: 'SUCCESS' },
    ],
    [
      'the daily file',
      { notification_type: 'file.created', path: 'https://169.254.169.254/latest', data: 'text' },
      { type: 'file.created' },
    ],
    ['an empty order id', { merchant_order_id: '', state: 'AUTHORIZED' }, { status: 'AUTHORIZED' }],
    ['an id that is a number', { merchant_order_id: 12, state: null }, { merchantPaymentId: '12' }],
    ['half a surrogate pair', { merchant_order_id: 'a\ud800' }, { merchantPaymentId: 'a\ufffd' }],
    ['nothing usable', { merchant_order_id: { $gt: '' }, state: ['COMPLETED'] }, {}],
  ])('reads %s', (_what, body, claim) => {
    expect(claimIn(JSON.stringify(body))).toEqual(claim)
  })

  it('reads past a byte order mark', () => {
    expect(claimIn('\uFEFF{"merchant_order_id":"a-1"}')).toEqual({ merchantPaymentId: 'a-1' })
  })

  it.each(['', '{"state":', 'null', '[]', '"COMPLETED"', '17', '[{"merchant_order_id":"a-1"}]', 'OK'])(
    'tells %s from an object that claims nothing',
    (body) => {
      expect(claimIn(body)).toBeUndefined()
    },
  )
})

describe('any body at all', () => {
  it('is read without an error, into a claim of bounded length', () => {
    const words = fc.record(
      Object.fromEntries(
        ['merchant_order_id', 'merchantPaymentId', 'state', 'status', 'notification_type', 'data'].map(
          (word) => [word, fc.jsonValue({ maxDepth: 4 })],
        ),
      ),
      { requiredKeys: [] },
    )
    const json = fc.oneof(words, fc.jsonValue()).map((value) => JSON.stringify(value))
    fc.assert(
      fc.property(fc.oneof(json, fc.string(), fc.string({ unit: 'binary' })), (body) => {
        const claim = claimIn(body) ?? {}
        surpriseIn(claim)
        for (const text of Object.values(claim)) expect(text.length).toBeLessThanOrEqual(200)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('what nobody here knows', () => {
  it.each([
    [{ type: 'Transaction', status: 'COMPLETED' }, undefined],
    [{ type: 'Transaction', status: 'EXPIRED_USER_CONFIRMATION' }, undefined],
    [{ type: 'file.created' }, undefined],
    [{ type: 'customer.authroization.succeeded' }, undefined],
    [{ type: 'customer.authorization.revoked' }, undefined],
    [{ status: 'SUCCESS' }, undefined],
    [{}, undefined],
    [{ type: 'Refund', status: 'COMPLETED' }, 'unknown-type'],
    [{ type: 'Transaction', status: 'SETTLED' }, 'unknown-state'],
    [{ type: 'Transaction' }, 'unknown-state'],
  ])('is told of %j: %s', (claim, surprise) => {
    expect(surpriseIn(claim)).toBe(surprise)
  })
})
