import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import {
  cancelWindowEndsMs,
  japaneseDay,
  japaneseTimestamp,
  refundWindowEndsMs,
  startOfDayMs,
} from './japan-time.ts'

const at = (moment: string) => Date.parse(moment)

describe('failure mode 18: the windows', () => {
  it.each([
    ['2026-11-21T00:00:00+09:00', '2026-11-22T00:15:00+09:00'],
    ['2026-11-21T00:14:59+09:00', '2026-11-22T00:15:00+09:00'],
    ['2026-11-21T23:59:59.999+09:00', '2026-11-22T00:15:00+09:00'],
    ['2026-11-22T00:00:00+09:00', '2026-11-23T00:15:00+09:00'],
    ['2026-12-31T15:00:00Z', '2027-01-02T00:15:00+09:00'],
    ['2028-02-28T12:00:00+09:00', '2028-02-29T00:15:00+09:00'],
  ])('to cancel what was paid at %s ends at %s', (paidAt, ends) => {
    expect(cancelWindowEndsMs(at(paidAt))).toBe(at(ends))
  })

  it.each([
    ['2026-11-21T00:00:00+09:00', '2027-11-22T00:00:00+09:00'],
    ['2026-11-21T23:59:59+09:00', '2027-11-22T00:00:00+09:00'],
    // A leap day counts as one of the 365.
    ['2028-01-01T00:00:00+09:00', '2029-01-01T00:00:00+09:00'],
  ])('to refund what was paid at %s ends at %s', (paidAt, ends) => {
    expect(refundWindowEndsMs(at(paidAt))).toBe(at(ends))
  })

  it.each(['UTC', 'Asia/Tokyo', 'America/New_York', 'Pacific/Kiritimati'])(
    "are Japan's on a host in %s",
    (zone) => {
      const paidAtMs = at('2026-11-21T23:59:59+09:00')
      const program = `
        const windows = await import(${JSON.stringify(new URL('japan-time.ts', import.meta.url).href)})
        const of = (name) => windows[name](${paidAtMs})
        console.log(JSON.stringify([
          of('cancelWindowEndsMs'), of('refundWindowEndsMs'), of('startOfDayMs'), of('japaneseTimestamp'), of('japaneseDay')
        ]))`
      const said = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
        env: { ...process.env, TZ: zone },
        encoding: 'utf8',
      })
      expect(JSON.parse(said)).toEqual([
        cancelWindowEndsMs(paidAtMs),
        refundWindowEndsMs(paidAtMs),
        startOfDayMs(paidAtMs),
        japaneseTimestamp(paidAtMs),
        japaneseDay(paidAtMs),
      ])
      expect(said).toContain('"2026-11-21T23:59:59+09:00","20261121"')
    },
  )
})
