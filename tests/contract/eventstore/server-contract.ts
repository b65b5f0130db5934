import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { batchesUntil, collect, freshNames, upTo } from '#platform/eventstore/contract-events.ts'
import { eventStoreContract } from '#platform/eventstore/contract.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import type { Server } from './servers.ts'

const MAXIMUM_APPEND_BYTES = 1_048_576

/**
 * What Kessai relies on of a server, over the port and, where the port hides it, over the official client. The server may
 * hold anything and be written to by others.
 */
export const serverContract = (open: () => Promise<Server>): void => {
  let server: Server
  let store: EventStore
  let client: EventStoreDBClient
  const retries: unknown[] = []
  beforeAll(async () => {
    server = await open()
    store = connectEventStore({
      connectionString: server.connectionString,
      clock: systemClock,
      observer: { retry: (_, error) => retries.push(error) },
    })
    client = EventStoreDBClient.connectionString(server.connectionString)
  })
  afterAll(async () => {
    await store.close()
    await client.dispose()
    await server.stop()
  })

  eventStoreContract(async () => ({ store, close: async () => {} }))

  describe('an append', () => {
    it.each([
      { what: 'one event', events: 1 },
      { what: 'a few events together', events: 8 },
    ])('of more than a mebibyte in $what is refused for good, as a whole', async ({ events }) => {
      const { stream, noted } = freshNames()
      const text = 'x'.repeat(MAXIMUM_APPEND_BYTES / events)
      const [first, ...rest] = upTo(events).map((n) => ({ ...noted('large', n), data: { text } }))
      if (first === undefined) throw new Error('at least one')
      retries.length = 0
      const appending = store.append(stream('a'), [first, ...rest], 'no-stream')
      await expect(appending).rejects.toMatchObject({ type: 'maximum-append-size-exceeded' })
      expect(retries).toEqual([])
      expect(await store.last(stream('a'))).toBeUndefined()
    })

    it('of a little less than a mebibyte is taken and given back', async () => {
      const { stream, noted } = freshNames()
      const text = 'ね'.repeat(Math.floor(MAXIMUM_APPEND_BYTES / 3) - 1_000)
      await store.append(stream('a'), [{ ...noted('large'), data: { text } }], 'no-stream')
      expect((await store.last(stream('a')))?.data).toEqual({ text })
    })

    it('that cannot be written as JSON is refused before anything is sent', async () => {
      const { stream, noted } = freshNames()
      const round: Record<string, unknown> = {}
      round['self'] = round
      for (const data of [{ amount: 1n }, round])
        await expect(
          store.append(stream('a'), [{ ...noted('x'), data }], 'no-stream'),
        ).rejects.toBeInstanceOf(TypeError)
      expect(await store.last(stream('a'))).toBeUndefined()
    })

    it('is answered with the position of its last event, whose commit and prepare are one', async () => {
      const { stream, many } = freshNames()
      const result = await store.append(stream('a'), many(3), 'no-stream')
      const positions: unknown[] = []
      for await (const { event } of client.readStream(stream('a'))) positions.push(event?.position)
      expect(result).toMatchObject({ kind: 'appended', revision: 2 })
      const position = result.kind === 'appended' ? BigInt(result.position) : 0n
      expect(positions.at(-1)).toEqual({ commit: position, prepare: position })
    })

    it('carries correlation and causation under the names that the server’s own tools know', async () => {
      const { stream, noted } = freshNames()
      const { metadata } = noted('x')
      await store.append(stream('a'), [noted('x')], 'no-stream')
      for await (const { event } of client.readStream(stream('a')))
        expect([event?.isJson, event?.metadata]).toEqual([
          true,
          expect.objectContaining({
            $correlationId: metadata.correlationId,
            $causationId: metadata.causationId,
          }),
        ])
    })
  })

  describe('a stream', () => {
    it('of somebody else is readable: without our metadata as ours, with broken metadata as of no version', async () => {
      const { stream, type } = freshNames()
      await client.appendToStream(stream('a'), [
        jsonEvent({ type, data: { n: 1 } }),
        jsonEvent({ type, data: { n: 2 }, metadata: { schemaVersion: 'seven' } }),
      ])
      const events = await collect(store.read(stream('a')))
      expect(events.map(({ data }) => data)).toEqual([{ n: 1 }, { n: 2 }])
      expect(events.map(({ metadata }) => metadata.schemaVersion)).toEqual([1, 0])
    })

    it('has its limit in the metadata, set once', async () => {
      const { stream, many } = freshNames()
      await store.append(stream('a'), many(4), 'no-stream')
      await store.keepOnly(stream('a'), 2)
      await store.keepOnly(stream('a'), 2)
      expect((await client.getStreamMetadata(stream('a'))).metadata).toEqual({ maxCount: 2 })
      let writes = 0
      for await (const _ of client.readStream(`$$${stream('a')}`)) writes += 1
      expect(writes).toBe(1)
    })

    it('that was deleted is as if it had never been, and goes on counting when written again', async () => {
      const { stream, noted, many, prefix } = freshNames()
      await store.append(stream('a'), many(3), 'no-stream')
      await client.deleteStream(stream('a'), { expectedRevision: 2n })
      expect(await collect(store.read(stream('a')))).toEqual([])
      expect(await store.last(stream('a'))).toBeUndefined()
      expect(await store.append(stream('a'), [noted('again')], 'no-stream')).toMatchObject({ revision: 3 })
      expect((await collect(store.read(stream('a')))).map(({ revision }) => revision)).toEqual([3])
      const { events } = await batchesUntil(
        store,
        { prefixes: [prefix], after: 'start' },
        ({ caughtUp }) => caughtUp,
      )
      // What is deleted is hidden, not gone: who follows the log still sees it.
      expect(events.map(({ revision }) => revision).at(-1)).toBe(3)
    })

    it('that was ended for ever says so at once, to writers and readers', async () => {
      const { stream, noted } = freshNames()
      await store.append(stream('a'), [noted('x')], 'no-stream')
      await client.tombstoneStream(stream('a'))
      retries.length = 0
      const attempts = await Promise.allSettled([
        store.append(stream('a'), [noted('y')], 0),
        collect(store.read(stream('a'))),
        store.last(stream('a')),
      ])
      for (const attempt of attempts) expect(attempt).toMatchObject({ reason: { type: 'stream-deleted' } })
      expect(retries).toEqual([])
    })
  })

  describe('a subscription', () => {
    it('goes on from a checkpoint where no event of its own is', async () => {
      const { stream, many, noted, prefix } = freshNames()
      await store.append(stream('a'), [noted('x')], 'no-stream')
      await store.append(stream('b'), many(200), 'no-stream')
      const { batches } = await batchesUntil(
        store,
        { prefixes: [`${prefix}a`], after: 'start' },
        ({ caughtUp, position }) => caughtUp && position !== undefined,
      )
      await store.append(stream('a'), [noted('y')], 0)
      const { events } = await batchesUntil(
        store,
        { prefixes: [`${prefix}a`], after: batches.at(-1)?.position ?? 'start' },
        (_, all) => all.length > 0,
      )
      expect(events.map(({ revision }) => revision)).toEqual([1])
    })
  })
}
