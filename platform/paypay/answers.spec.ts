import { describe, expect, it } from 'vitest'
import { createPayPayClient } from './client.ts'
import type { Transport } from './transport.ts'

/** Answers that no well-behaved provider gives, told by a scripted transport. */

const told = (data: unknown, httpStatus = 200) => {
  const body = JSON.stringify({
    resultInfo: { code: 'SUCCESS', message: 'Success', codeId: '08100001' },
    data,
  })
  const transport: Transport = {
    send: () => Promise.resolve({ kind: 'answered', httpStatus, requestId: 'OPA1', body }),
    close: () => undefined,
  }
  return createPayPayClient({
    baseUrl: 'https://paypay.example',
    apiKey: 'k',
    apiSecret: 's',
    merchantId: 'm',
    transport,
  })
}

const unreadable = { kind: 'unknown', reason: 'unreadable-answer', httpStatus: 200, requestId: 'OPA1' }
const completed = {
  status: 'COMPLETED',
  paymentId: '04137808670405270001',
  merchantPaymentId: 'p1',
  amount: { amount: 7_490, currency: 'JPY' },
  acceptedAt: 1_795_211_702,
}
const code = {
  codeId: '04-C8rtjDuLYiXb2HEl',
  url: 'https://qr.example/1',
  deeplink: 'paypay://payment?link_key=x',
  expiryDate: 1_795_211_948,
  merchantPaymentId: 'p1',
  amount: { amount: 7_490, currency: 'JPY' },
}
const refund = {
  status: 'CREATED',
  merchantRefundId: 'r1',
  paymentId: '0413',
  amount: { amount: 10, currency: 'JPY' },
}
const codeRequest = {
  merchantPaymentId: 'p1',
  amountMinor: 7_490,
  currency: 'JPY',
  requestedAtMs: 0,
} as const

describe('a payment is believed', () => {
  it('when it is whole', async () => {
    expect(await told(completed).paymentDetails('p1')).toMatchObject({
      kind: 'ok',
      value: { status: 'COMPLETED', amountMinor: 7_490, acceptedAtMs: 1_795_211_702_000 },
    })
  })

  it.each([
    ['another payment', { merchantPaymentId: 'p2' }],
    ['no payment in particular', { merchantPaymentId: null }],
    ['money without an amount', { amount: null }],
    ['money without an id of its own', { paymentId: undefined }],
    ['an empty id', { paymentId: '' }],
    ['half a yen', { amount: { amount: 0.5, currency: 'JPY' } }],
    ['an amount as text', { amount: { amount: '7490', currency: 'JPY' } }],
    ['a number for an id', { paymentId: 4137808670405270 }],
    ['no status', { status: undefined }],
    ['half a refund', { refunds: { data: [{ merchantRefundId: 'r1' }] } }],
  ])('not when it speaks of %s', async (_, change) => {
    expect(await told({ ...completed, ...change }).paymentDetails('p1')).toEqual(unreadable)
  })

  it('with a currency that is not ours, which is for the caller to judge', async () => {
    const dollars = { ...completed, amount: { amount: 7_490, currency: 'USD' } }
    expect(await told(dollars).paymentDetails('p1')).toMatchObject({ kind: 'ok', value: { currency: 'USD' } })
  })

  it('in a status not known yet, with nulls where nothing is', async () => {
    const strange = {
      status: 'NEW',
      paymentId: null,
      amount: null,
      acceptedAt: null,
      refunds: { data: null },
    }
    expect(await told(strange).paymentDetails('p1')).toMatchObject({
      kind: 'ok',
      value: { kind: 'found', status: 'NEW', refunds: [] },
    })
  })

  it.each([null, [], 'text', 7])('not when the data is %j', async (data) => {
    expect(await told(data).paymentDetails('p1')).toEqual(unreadable)
  })
})

describe('a code is believed', () => {
  it('when it is whole', async () => {
    expect(await told(code).createCode(codeRequest)).toMatchObject({
      kind: 'ok',
      value: { codeId: code.codeId, expiresAtMs: 1_795_211_948_000 },
    })
  })

  it.each([
    ['another payment', { merchantPaymentId: 'p2' }],
    ['another amount', { amount: { amount: 7_491, currency: 'JPY' } }],
    ['another currency', { amount: { amount: 7_490, currency: 'USD' } }],
    ['a script for an address', { url: 'javascript:alert(1)' }],
    ['a script for a link', { deeplink: 'javascript:alert(1)' }],
    ['no end', { expiryDate: null }],
  ])('not with %s', async (_, change) => {
    expect(await told({ ...code, ...change }).createCode(codeRequest)).toEqual(unreadable)
  })
})

describe('a refund is believed', () => {
  it.each([
    ['another refund', { merchantRefundId: 'r2' }],
    ['another payment', { paymentId: '0414' }],
    ['a status that no longer exists', { status: 'REFUND_FAILED' }],
  ])('not with %s', async (_, change) => {
    const client = told({ ...refund, ...change })
    expect(await client.refundDetails('r1', '0413')).toEqual(unreadable)
    const request = { merchantRefundId: 'r1', paymentId: '0413', amountMinor: 10, currency: 'JPY' } as const
    expect(await client.refundPayment({ ...request, requestedAtMs: 0, reason: 'x' })).toEqual(unreadable)
  })
})
