import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { batchesUntil, collect, freshNames, placesOf, upTo } from '#platform/eventstore/contract-events.ts'
import type { EventStore, RecordedEvent } from '#platform/eventstore/port.ts'
import type { ControlledServer } from './servers.ts'

/** What must hold across the end of a server that we may stop and start. */
export const restartContract = (open: () => Promise<ControlledServer>): void => {
  let server: ControlledServer
  let store: EventStore
  beforeEach(async () => {
    server = await open()
    store = connectEventStore({ connectionString: server.connectionString, clock: systemClock })
  })
  afterEach(async () => {
    await store.close()
    await server.stop()
  })

  describe.each([
    { how: 'stopped', kill: undefined },
    { how: 'killed', kill: 'kill' as const },
  ])('a server that was $how and started again', ({ kill }) => {
    it('has what it acknowledged, and knows every append by its ids', async () => {
      const { stream, noted, many } = freshNames()
      const first = await store.append(stream('a'), [noted('x'), noted('y')], 'no-stream')
      const second = await store.append(stream('a'), many(50), 1)
      const before = await collect(store.read(stream('a')))
      await server.halt(kill)
      await server.start()
      expect(await collect(store.read(stream('a')))).toEqual(before)
      expect(await store.append(stream('a'), [noted('x'), noted('y')], 'no-stream')).toEqual(first)
      expect(await store.append(stream('a'), many(50), 1)).toEqual(second)
      for (const events of [
        [noted('x'), noted('z')],
        [noted('x'), noted('y'), noted('z')],
      ] as const)
        expect(await store.append(stream('a'), events, 'no-stream')).toEqual({ kind: 'conflict' })
      expect(await store.append(stream('a'), [noted('z')], 51)).toMatchObject({ revision: 52 })
    })

    it('goes on with its subscriptions, after what they had', async () => {
      const { stream, many, prefix } = freshNames()
      await store.append(stream('a'), many(20), 'no-stream')
      let halted = false
      const { events } = await batchesUntil(
        store,
        { prefixes: [prefix], after: 'start' },
        async ({ caughtUp }, all: readonly RecordedEvent[]) => {
          if (caughtUp && !halted) {
            halted = true
            await server.halt(kill)
            await server.start()
            await store.append(stream('a'), many(20, 20), 19)
          }
          return all.length === 40
        },
      )
      expect(placesOf(events)).toEqual(upTo(40).map((n) => stream(`a@${n}`)))
    })
  })
}
