import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge } from './verdict.ts'

const body = (code: string, data: unknown = null) =>
  JSON.stringify({ resultInfo: { code, message: 'm', codeId: '1' }, data })
const judged = (httpStatus: number, text: string) => judge({ kind: 'answered', httpStatus, body: text })
const meaning = (httpStatus: number, text: string) => {
  const verdict = judged(httpStatus, text)
  return verdict.kind === 'unknown' ? verdict.reason : verdict.kind
}

describe('what an answer means', () => {
  it.each([
    [200, 'SUCCESS', 'said'],
    [201, 'SUCCESS', 'said'],
    [202, 'REQUEST_ACCEPTED', 'said'],
    [202, 'USER_CONFIRMATION_REQUIRED', 'unreadable-answer'],
    [400, 'DUPLICATE_DYNAMIC_QR_REQUEST', 'refused'],
    [404, 'NO_SUCH_REFUND_ORDER', 'refused'],
    [400, 'SUCCESS', 'refused'],
    [401, 'UNAUTHORIZED', 'unauthorized'],
    [401, 'OP_OUT_OF_SCOPE', 'unauthorized'],
    [403, 'FORBIDDEN', 'unauthorized'],
    [401, 'USER_STATE_IS_NOT_ACTIVE', 'refused'],
    [403, 'MERCHANT_MULTIPLE_REFUND_REJECTED', 'refused'],
    [408, 'REQUEST_TIMEOUT', 'unreadable-answer'],
    [429, 'RATE_LIMIT', 'rate-limited'],
    [500, 'TRANSACTION_FAILED', 'refused'],
    [500, 'INTERNAL_SERVER_ERROR', 'provider-error'],
    [500, 'SERVICE_ERROR', 'provider-error'],
    [503, 'MAINTENANCE_MODE', 'provider-error'],
    [504, 'SUCCESS', 'provider-error'],
    [302, 'SUCCESS', 'unreadable-answer'],
  ])('%i %s is %s', (httpStatus, code, expected) => {
    expect(meaning(httpStatus, body(code))).toBe(expected)
  })

  it.each([
    [200, 'unreadable-answer'],
    [400, 'unreadable-answer'],
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'unreadable-answer'],
    [429, 'rate-limited'],
    [500, 'provider-error'],
    [503, 'provider-error'],
  ])('a page with %i is %s, because nobody said no', (httpStatus, expected) => {
    expect(meaning(httpStatus, '<html>Bad day</html>')).toBe(expected)
  })

  it('is a refusal only with an envelope that carries a code', () => {
    const verdict = judged(400, body('INVALID_PARAMS'))
    expect(verdict).toEqual({
      kind: 'refused',
      code: 'INVALID_PARAMS',
      codeId: '1',
      message: 'm',
      httpStatus: 400,
    })
    for (const text of ['', 'null', '[]', '{}', '{"resultInfo":{}}', '{"resultInfo":{"code":""}}']) {
      expect(meaning(400, text)).toBe('unreadable-answer')
    }
  })

  it('reads an envelope without message, codeId or data', () => {
    expect(meaning(200, '{"resultInfo":{"code":"SUCCESS"}}')).toBe('said')
  })

  it('is always one of the three, and never a yes outside 2xx, for any status and text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom('SUCCESS', 'X').map((code) => body(code)),
    )
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), text, (httpStatus, said) => {
        const { kind } = judged(httpStatus, said)
        expect(['said', 'refused', 'unknown']).toContain(kind)
        expect(kind === 'said' && (httpStatus < 200 || httpStatus > 299)).toBe(false)
      }),
    )
  })
})
