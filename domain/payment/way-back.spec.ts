import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { cancellableBeforeMs, wayBack } from './way-back.ts'

const ZONE = process.env['TZ']
afterEach(() => {
  if (ZONE === undefined) delete process.env['TZ']
  else process.env['TZ'] = ZONE
})

const japan = (iso: string): number => Date.parse(`${iso}+09:00`)
const unknown = (iso: string) => ({ outcome: 'unknown', madeBeforeMs: japan(iso) }) as const
const captured = (iso: string) => ({ outcome: 'captured', succeededAtMs: japan(iso) }) as const

describe.each(['UTC', 'Asia/Tokyo', 'America/New_York'])('failure mode 18: on a host in %s', (zone) => {
  it('the zone is the one it says', () => {
    process.env['TZ'] = zone
    expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone)
  })

  it.each([
    ['2026-11-20T00:00:00', '2026-11-21'],
    ['2026-11-20T08:59:59', '2026-11-21'],
    ['2026-11-20T09:00:00', '2026-11-21'],
    ['2026-11-20T23:59:59.999', '2026-11-21'],
    ['2026-11-21T00:10:00', '2026-11-22'],
    ['2026-12-31T12:00:00', '2027-01-01'],
    ['2028-02-28T12:00:00', '2028-02-29'],
  ])('a code of %s is cancelled until 00:14:59 of %s', (made, day) => {
    process.env['TZ'] = zone
    expect(wayBack(unknown(made), japan(`${day}T00:14:59`))).toBe('cancel')
    expect(wayBack(unknown(made), japan(`${day}T00:14:59.999`))).toBe('cancel')
    expect(wayBack(unknown(made), japan(`${day}T00:15:00`))).toBe('refund')
  })

  it.each([
    ['2026-11-20T00:00:00', '2027-11-20', '2027-11-21'],
    ['2026-11-20T23:59:59.999', '2027-11-20', '2027-11-21'],
    // A leap day lies between: day 365 is not the same date of the next year.
    ['2027-03-01T12:00:00', '2028-02-29', '2028-03-01'],
  ])('money of %s is refunded until 23:59:59 of %s', (paidAt, last, next) => {
    process.env['TZ'] = zone
    expect(wayBack(captured(paidAt), japan(paidAt))).toBe('refund')
    expect(wayBack(captured(paidAt), japan(`${last}T23:59:59`))).toBe('refund')
    expect(wayBack(captured(paidAt), japan(`${last}T23:59:59.999`))).toBe('refund')
    expect(wayBack(captured(paidAt), japan(`${next}T00:00:00`))).toBe('none')
  })
})

describe('the ways money goes back', () => {
  const someTime = fc.integer({ min: japan('2020-01-01T00:00:00'), max: japan('2040-01-01T00:00:00') })

  it('leave a code at least a quarter of an hour and at most a day and that to be cancelled', () => {
    fc.assert(
      fc.property(someTime, (atMs) => {
        const openForMs = cancellableBeforeMs(atMs) - atMs
        expect(openForMs).toBeGreaterThan(15 * 60_000)
        expect(openForMs).toBeLessThanOrEqual(24 * 3_600_000 + 15 * 60_000)
      }),
    )
  })

  it('never lead back: what is refunded is not cancelled later, and what is over stays over', () => {
    const ways = ['cancel', 'refund', 'none']
    fc.assert(
      fc.property(someTime, someTime, someTime, fc.boolean(), (atMs, one, other, isKnown) => {
        const money = isKnown
          ? ({ outcome: 'captured', succeededAtMs: atMs } as const)
          : ({ outcome: 'unknown', madeBeforeMs: atMs } as const)
        const [first, second] = [Math.min(one, other), Math.max(one, other)]
        expect(ways.indexOf(wayBack(money, first))).toBeLessThanOrEqual(ways.indexOf(wayBack(money, second)))
      }),
    )
  })
})
