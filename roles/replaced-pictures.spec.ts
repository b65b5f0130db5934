import { describe, expect, it } from 'vitest'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { keepSweepingPictures } from './replaced-pictures.ts'

const DAY_MS = 24 * 60 * 60 * 1_000

describe('the daily sweep of replaced pictures', () => {
  it('is tried again the next day where it failed, says so, and ends with the shop', async () => {
    const clock = manualClock(1_800_000_000_000)
    const log = memoryLog(clock)
    const stopping = new AbortController()
    const said: string[] = []
    let sweeps = 0
    const sweeping = keepSweepingPictures({
      clock,
      signal: stopping.signal,
      logger: { info: () => {}, warn: (_facts: object, message?: string) => void said.push(String(message)) },
      eventStore: {
        subscribe: (options) => {
          sweeps += 1
          if (sweeps === 1) throw new Error('The log is away')
          return log.subscribe(options)
        },
      },
      images: {
        get: () => Promise.resolve(undefined),
        put: () => Promise.resolve(),
        remove: () => Promise.resolve(),
      },
      readStore: openSqliteReadStore(':memory:'),
    })
    await clock.advance(DAY_MS / 2)
    expect([sweeps, said.length]).toStrictEqual([1, 1])
    await clock.advance(DAY_MS)
    expect([sweeps, said.length]).toStrictEqual([2, 1])
    stopping.abort()
    await sweeping
    await clock.advance(3 * DAY_MS)
    expect(sweeps).toBe(2)
  })
})
