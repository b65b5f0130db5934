import { describe, expect, it } from 'vitest'
import { type ReceivedRequest, rejectionOf } from './signature.ts'

const referenceBody =
  '{"sampleRequestBodyKey1":"sampleRequestBodyValue1","sampleRequestBodyKey2":"sampleRequestBodyValue2"}'

const helpCentreBody = `{
    "merchantPaymentId": "TEST_QR_Payment",
    "amount": {
        "amount":10,
        "currency": "JPY"
    },
    "codeType": "ORDER_QR",
    "isAuthorization":false,
    "redirectUrl":"https://about.paypay.ne.jp/",
    "redirectType":"WEB_LINK"
}`

const merchantId = '990000000000000001'

interface Vector {
  name: string
  credentials: { apiKey: string; apiSecret: string; merchantId: string }
  epoch: number
  request: ReceivedRequest
}

const vectors: Vector[] = [
  {
    name: 'the reference page',
    credentials: { apiKey: 'APIKeyGenerated', apiSecret: 'APIKeySecretGenerated', merchantId },
    epoch: 1579843452,
    request: {
      method: 'POST',
      path: '/v2/codes',
      query: {},
      headers: {
        authorization:
          'hmac OPA-Auth:APIKeyGenerated:NW1jKIMnzR7tEhMWtcJcaef+nFVBt7jjAGcVuxHhchc=:acd028:1579843452:1j0FnY4flNp5CtIKa7x9MQ==',
        'content-type': 'application/json;charset=UTF-8;',
        'x-assume-merchant': merchantId,
      },
      rawBody: Buffer.from(referenceBody),
    },
  },
  {
    name: "the help centre's POST",
    credentials: { apiKey: 'sample_key', apiSecret: 'sample_secret', merchantId },
    epoch: 1743138611,
    request: {
      method: 'POST',
      path: '/v2/codes',
      query: {},
      headers: {
        authorization:
          'hmac OPA-Auth:sample_key:C2a7jD7OjL1DXnZhSYQfRI2Oxfdh43htV7pG8cwgCy4=:fedaa4:1743138611:T9wzkv1tUWIxzIHQUT7iDQ==',
        'content-type': 'application/json',
        'x-assume-merchant': merchantId,
      },
      rawBody: Buffer.from(helpCentreBody),
    },
  },
  {
    name: "the help centre's GET",
    credentials: { apiKey: 'sample_key', apiSecret: 'sample_secret', merchantId },
    epoch: 1743139337,
    request: {
      method: 'GET',
      path: '/v2/payments/TEST_merchantPaymentID',
      query: {},
      headers: {
        authorization:
          'hmac OPA-Auth:sample_key:JbUZwAUKeQ+WDClEjkCGwYG/juFR+Dd5RK5AfL0gK9w=:a360e2:1743139337:empty',
        'x-assume-merchant': merchantId,
      },
      rawBody: Buffer.alloc(0),
    },
  },
]

describe.each(vectors)('the published vector of $name', ({ credentials, epoch, request }) => {
  const judged = (change: Partial<ReceivedRequest>, nowMs = epoch * 1000) =>
    rejectionOf({ ...request, ...change }, credentials, nowMs)

  it('is authentic', () => {
    expect(judged({})).toBeUndefined()
  })

  it('is refused under another path or method', () => {
    expect(judged({ path: `${request.path}x` })).toBe('bad-mac')
    expect(judged({ method: 'PUT' })).toBe('bad-mac')
  })

  it('is refused with another body', () => {
    expect(judged({ rawBody: Buffer.concat([request.rawBody, Buffer.from(' ')]) })).toBe('body-altered')
  })

  it('is good for less than two minutes either way', () => {
    expect(judged({}, (epoch + 119) * 1000)).toBeUndefined()
    expect(judged({}, (epoch - 119) * 1000)).toBeUndefined()
    expect(judged({}, (epoch + 120) * 1000)).toBe('clock-skew')
    expect(judged({}, (epoch - 120) * 1000)).toBe('clock-skew')
  })

  it('is refused for another key, secret or merchant', () => {
    const other = { apiKey: 'other', apiSecret: 'other', merchantId: 'other' }
    expect(rejectionOf(request, { ...credentials, apiKey: other.apiKey }, epoch * 1000)).toBe('unknown-key')
    expect(rejectionOf(request, { ...credentials, apiSecret: other.apiSecret }, epoch * 1000)).toBe('bad-mac')
    expect(rejectionOf(request, { ...credentials, merchantId: other.merchantId }, epoch * 1000)).toBe(
      'unknown-merchant',
    )
  })

  it('takes the merchant from the query before the header', () => {
    expect(
      judged({
        query: { assumeMerchant: merchantId },
        headers: { ...request.headers, 'x-assume-merchant': 'x' },
      }),
    ).toBeUndefined()
    expect(judged({ query: { assumeMerchant: 'x' } })).toBe('unknown-merchant')
  })
})

describe('a body under another content type', () => {
  it.each(vectors.filter(({ request }) => request.rawBody.length > 0))('is refused: $name', (vector) => {
    const headers = { ...vector.request.headers, 'content-type': 'application/json; charset=utf-8' }
    const request = { ...vector.request, headers }
    expect(rejectionOf(request, vector.credentials, vector.epoch * 1000)).toBe('body-altered')
  })
})

describe('an unsigned or garbled request', () => {
  it.each([undefined, '', 'Bearer x', 'hmac OPA-Auth:a:b:c', 'hmac OPA-Auth:a:b:c:notatime:empty'])(
    'is refused: %s',
    (authorization) => {
      const request = {
        method: 'GET',
        path: '/v2/codes',
        query: {},
        headers: { authorization },
        rawBody: Buffer.alloc(0),
      }
      expect(rejectionOf(request, { apiKey: 'a', apiSecret: 'b', merchantId }, 0)).toBe('no-credentials')
    },
  )
})

describe('a DELETE without a body that still names a content type', () => {
  it('is judged as one without a body', () => {
    const [, , get] = vectors
    if (get === undefined) throw new Error('vector missing')
    const headers = { ...get.request.headers, 'content-type': 'application/json' }
    expect(rejectionOf({ ...get.request, headers }, get.credentials, get.epoch * 1000)).toBeUndefined()
  })
})
