import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { openEmptyReadStore } from '#platform/readstore/testing.ts'
import { EVENT_LOG } from '#projections/event-log/collection.ts'
import { eventLogQueries } from '#projections/event-log/queries.ts'
import { portionsOf } from './export-portions.ts'

const EVENTS = 470

let readStore: ReadStore
beforeEach(async () => {
  readStore = openEmptyReadStore()
  await readStore.prepare([EVENT_LOG])
  await readStore.commit({
    writes: Array.from({ length: EVENTS }, (_, position) => ({
      kind: 'put',
      collection: EVENT_LOG.name,
      id: `event-${position}`,
      position,
      body: { position, stream: 'order-1', revision: position, type: 'OrderPaid', atMs: position },
    })),
  })
})
afterEach(() => readStore.close())

describe('the portions of an export', () => {
  it('are small and none is empty, and others have a turn between any two of them', async () => {
    let turns = 0
    const watched = new AbortController()
    const watching = (async () => {
      while (!watched.signal.aborted && turns < 1_000_000) {
        await nextTurn()
        turns += 1
      }
    })()
    const ids: string[] = []
    let turnsBefore = -1
    const options = {
      log: eventLogQueries(readStore),
      eventStore: memoryLog(systemClock),
      filter: {},
      withData: false,
    }
    for await (const portion of portionsOf(options)) {
      expect(portion.length).toBeGreaterThan(0)
      expect(portion.length).toBeLessThanOrEqual(50)
      expect(turns).toBeGreaterThan(turnsBefore)
      turnsBefore = turns
      ids.push(...portion.map(({ eventId }) => eventId))
    }
    watched.abort()
    await watching
    expect(ids).toStrictEqual(Array.from({ length: EVENTS }, (_, position) => `event-${position}`))
  })
})
