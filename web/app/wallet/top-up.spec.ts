import { describe, expect, it } from 'vitest'
import { MAX_DEPOSIT_MINOR } from '../../../domain/account/commands.ts'
import { amountIn, MOST_AT_ONCE_MINOR, pendingIn, PRESETS_MINOR, toppingUpOf } from './top-up.ts'

describe('an amount as it is typed', () => {
  it.each([
    ['3000', 3_000],
    [' ¥3,000 ', 3_000],
    ['３，０００円', 3_000],
    ['￥1', 1],
    [String(MOST_AT_ONCE_MINOR), MOST_AT_ONCE_MINOR],
    ['', 'missing'],
    [' 円', 'missing'],
    ['ten', 'unreadable'],
    ['10.5', 'unreadable'],
    ['1e3', 'unreadable'],
    ['0', 'too-little'],
    ['-5', 'too-little'],
    [String(MOST_AT_ONCE_MINOR + 1), 'too-much'],
    ['99999999999999', 'too-much'],
  ] as const)('%j is %s', (text, expected) => {
    expect(amountIn(text)).toBe(expected)
  })

  it('is at most what the shop books at once, which the presets are within', () => {
    expect(MOST_AT_ONCE_MINOR).toBe(MAX_DEPOSIT_MINOR)
    expect(PRESETS_MINOR.map((preset) => amountIn(String(preset)))).toEqual([...PRESETS_MINOR])
  })
})

describe('what became of a top-up', () => {
  const said = (status: number, error?: object, headers: Record<string, string> = {}) =>
    toppingUpOf({ error, response: { status, headers: new Headers(headers) } })

  it.each([
    ['signed-out', 401, { code: 'SESSION_NOT_FOUND' }],
    ['stale-token', 403, { code: 'csrf-token-invalid' }],
    ['staff-only', 403, { code: 'role-missing' }],
    ['staff-only', 422, { code: 'validation-failed', errors: [{ path: 'customerId' }] }],
    ['amount', 422, { code: 'validation-failed', errors: [{ path: 'amountMinor' }] }],
    ['full', 409, { code: 'balance-limit-exceeded' }],
    ['booked-before', 422, { code: 'idempotency-key-reused' }],
    ['resting', 503, { code: 'REDIS_UNAVAILABLE' }],
    ['unsure', 503, { code: 'temporarily-unavailable' }],
    ['unsure', 502, undefined],
    ['refused', 400, { code: 'never-heard-of' }],
  ] as const)('is %s after a %i %o', (kind, status, error) => {
    expect(said(status, error)).toEqual({ kind })
  })

  it('is booked where the shop says so, and says how new what is read next must be', () => {
    const answer = { data: { position: 7 }, response: { status: 201, headers: new Headers() } }
    expect(toppingUpOf(answer)).toEqual({ kind: 'booked', position: 7 })
  })

  it('is to be tried again after as long as the shop says', () => {
    expect(said(429, {}, { 'retry-after': '2.2' })).toEqual({ kind: 'throttled', seconds: 3 })
    expect(said(429, {})).toEqual({ kind: 'throttled', seconds: 30 })
  })
})

describe('a top-up that was lost sight of', () => {
  const record = { key: 'a'.repeat(32), amountMinor: 3_000, atMs: 1_000 }
  const minutes = (count: number) => record.atMs + count * 60_000

  it('is known again for ten minutes, and not from the future', () => {
    const text = JSON.stringify(record)
    expect(pendingIn(text, minutes(10))).toEqual(record)
    expect(pendingIn(text, minutes(10) + 1)).toBeUndefined()
    expect(pendingIn(text, record.atMs - 1)).toBeUndefined()
  })

  it.each([
    null,
    '',
    '{',
    'null',
    '7',
    JSON.stringify({ ...record, key: 'x' }),
    JSON.stringify({ ...record, atMs: '1' }),
    JSON.stringify({ ...record, amountMinor: undefined }),
  ])('is none where %j was kept', (text) => {
    expect(pendingIn(text, minutes(1))).toBeUndefined()
  })
})
