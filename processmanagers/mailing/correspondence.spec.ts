import * as fc from 'fast-check'
import { describe, it } from 'vitest'
import { given } from '#domain/given.ts'
import { expectAnyEventsFold, expectEventsSurviveTheLog, expectTwiceIsOnce } from '#domain/laws.ts'
import { correspondence, MailKind, type MailEnd } from './correspondence.ts'

const { decider, codec } = correspondence
const FIRST = '5f0d6f5e-31cb-5c0a-9a0e-0d0c8f0b7a11'
const OTHER = '8c1f3a3e-6f0b-5b7e-8d53-5a1c0e9d2b22'
const AT_MS = 1_795_200_000_000

const record = (mailId: string, end: MailEnd, kind: MailKind = 'paid') =>
  ({ type: 'RecordMail', mailId, kind, end, atMs: AT_MS }) as const
const sent = (mailId: string) => ({ type: 'MailSent', data: { mailId, kind: 'paid', atMs: AT_MS } }) as const

describe('the mails of an order', () => {
  it('end once each, as sent, refused or undeliverable', () => {
    given(decider)
      .when(record(FIRST, { kind: 'sent' }))
      .then(sent(FIRST))
    given(decider, sent(FIRST))
      .when(record(OTHER, { kind: 'refused', code: '550' }))
      .then({ type: 'MailRefused', data: { mailId: OTHER, kind: 'paid', atMs: AT_MS, code: '550' } })
    given(decider)
      .when(record(FIRST, { kind: 'undeliverable', reason: 'forgotten' }))
      .then({
        type: 'MailUndeliverable',
        data: { mailId: FIRST, kind: 'paid', atMs: AT_MS, reason: 'forgotten' },
      })
  })

  it('do not end a second time, however it went then', () => {
    given(decider, sent(FIRST))
      .when(record(FIRST, { kind: 'refused', code: '550' }))
      .thenUnchanged()
  })

  const end: fc.Arbitrary<MailEnd> = fc.oneof(
    fc.constant({ kind: 'sent' } as const),
    fc.constantFrom('550', 'address').map((code) => ({ kind: 'refused', code }) as const),
    fc
      .constantFrom('no-address' as const, 'forgotten' as const, 'unreadable' as const)
      .map((reason) => ({ kind: 'undeliverable', reason }) as const),
  )
  const command = fc
    .tuple(fc.constantFrom(FIRST, OTHER), end, fc.constantFrom(...MailKind.options))
    .map(([mailId, how, kind]) => record(mailId, how, kind))

  it('obey the laws: twice is once, whatever is written can be read, any events fold', () => {
    expectTwiceIsOnce(decider, command)
    expectEventsSurviveTheLog(decider, codec, command)
    expectAnyEventsFold(decider, [sent(FIRST), sent(OTHER)])
  })
})
