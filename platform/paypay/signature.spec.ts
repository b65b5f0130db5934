import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rejectionOf } from '#embedded/paypay/signature.ts'
import { authorizationHeader } from './signature.ts'

const sample = { apiKey: 'sample_key', apiSecret: 'sample_secret' }

describe('the published vectors', () => {
  it('of the reference page', () => {
    const header = authorizationHeader(
      { apiKey: 'APIKeyGenerated', apiSecret: 'APIKeySecretGenerated' },
      {
        method: 'POST',
        path: '/v2/codes',
        nonce: 'acd028',
        epochSeconds: 1579843452,
        body: {
          contentType: 'application/json;charset=UTF-8;',
          bytes:
            '{"sampleRequestBodyKey1":"sampleRequestBodyValue1","sampleRequestBodyKey2":"sampleRequestBodyValue2"}',
        },
      },
    )
    expect(header).toBe(
      'hmac OPA-Auth:APIKeyGenerated:NW1jKIMnzR7tEhMWtcJcaef+nFVBt7jjAGcVuxHhchc=:acd028:1579843452:1j0FnY4flNp5CtIKa7x9MQ==',
    )
  })

  it("of the help centre's POST, whose body is indented by four and has no space before the inner amount", () => {
    const bytes = [
      '{',
      '    "merchantPaymentId": "TEST_QR_Payment",',
      '    "amount": {',
      '        "amount":10,',
      '        "currency": "JPY"',
      '    },',
      '    "codeType": "ORDER_QR",',
      '    "isAuthorization":false,',
      '    "redirectUrl":"https://about.paypay.ne.jp/",',
      '    "redirectType":"WEB_LINK"',
      '}',
    ].join('\n')
    const header = authorizationHeader(sample, {
      method: 'POST',
      path: '/v2/codes',
      nonce: 'fedaa4',
      epochSeconds: 1743138611,
      body: { contentType: 'application/json', bytes },
    })
    expect(header).toBe(
      'hmac OPA-Auth:sample_key:C2a7jD7OjL1DXnZhSYQfRI2Oxfdh43htV7pG8cwgCy4=:fedaa4:1743138611:T9wzkv1tUWIxzIHQUT7iDQ==',
    )
  })

  it("of the help centre's GET, which reproduces only for the path without /codes", () => {
    const header = authorizationHeader(sample, {
      method: 'GET',
      path: '/v2/payments/TEST_merchantPaymentID',
      nonce: 'a360e2',
      epochSeconds: 1743139337,
    })
    expect(header).toBe(
      'hmac OPA-Auth:sample_key:JbUZwAUKeQ+WDClEjkCGwYG/juFR+Dd5RK5AfL0gK9w=:a360e2:1743139337:empty',
    )
  })
})

describe('what is signed here', () => {
  it('is authentic to an independent verifier, for any secret and body', () => {
    const word = fc.nat().map((number) => `key-${number}`)
    fc.assert(
      fc.property(word, fc.string({ minLength: 1 }), fc.string(), (apiKey, apiSecret, text) => {
        const rawBody = Buffer.from(JSON.stringify({ text, reason: '一部返品 🍵' }))
        const contentType = 'application/json'
        const authorization = authorizationHeader(
          { apiKey, apiSecret },
          {
            method: 'POST',
            path: '/v2/refunds',
            nonce: 'n',
            epochSeconds: 1_000,
            body: { contentType, bytes: rawBody.toString() },
          },
        )
        const received = {
          method: 'POST',
          path: '/v2/refunds',
          query: { assumeMerchant: 'm' },
          headers: { authorization, 'content-type': contentType },
          rawBody,
        }
        expect(rejectionOf(received, { apiKey, apiSecret, merchantId: 'm' }, 1_000_000)).toBeUndefined()
      }),
    )
  })
})
