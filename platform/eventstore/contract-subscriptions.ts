import { describe, expect, it } from 'vitest'
import { batchesUntil, collect, freshNames, placesOf, upTo } from './contract-events.ts'
import type { Batch, EventStore, RecordedEvent } from './port.ts'

/** What every event store must do alike with a subscription. */
export const subscriptionContract = (store: () => EventStore): void => {
  describe('a subscription', () => {
    it('hands over what its prefixes match, in log order, from the start and as it comes', async () => {
      const { stream, noted, prefix } = freshNames()
      for (const name of ['a1', 'b1', 'c1']) await store().append(stream(name), [noted(name)], 'no-stream')
      let isLate = false
      const { events, batches } = await batchesUntil(
        store(),
        { prefixes: [`${prefix}a`, `${prefix}c`], after: 'start' },
        async ({ caughtUp }, all) => {
          if (caughtUp && !isLate) {
            isLate = true
            await store().append(stream('b1'), [noted('late-b')], 0)
            await store().append(stream('a1'), [noted('late-a')], 0)
          }
          return all.length === 3
        },
      )
      expect(placesOf(events)).toEqual([`${prefix}a1@0`, `${prefix}c1@0`, `${prefix}a1@1`])
      expect(batches.some(({ caughtUp }) => caughtUp)).toBe(true)
    })

    it('by type hands over those types, whatever their streams', async () => {
      const { stream, noted, type } = freshNames()
      const typed = (suffix: string) => ({ ...noted(suffix), type: `${type}${suffix}` })
      await store().append(stream('a'), [typed('Sold'), typed('Seen'), typed('SoldOut')], 'no-stream')
      await store().append(stream('b'), [typed('Kept'), typed('Sold')], 'no-stream')
      const { events } = await batchesUntil(
        store(),
        { prefixes: [`${type}Sold`, `${type}Kept`], by: 'type', after: 'start' },
        ({ caughtUp }) => caughtUp,
      )
      expect(placesOf(events)).toEqual(['a@0', 'a@2', 'b@0', 'b@1'].map((place) => stream(place)))
    })

    it('hands over the events as a reading does', async () => {
      const { stream, many, prefix } = freshNames()
      await store().append(stream('a'), many(3), 'no-stream')
      const { events } = await batchesUntil(
        store(),
        { prefixes: [prefix], after: 'start' },
        (_, all) => all.length === 3,
      )
      expect(events).toEqual(await collect(store().read(stream('a'))))
    })

    it('goes on after a position, without the event there', async () => {
      const { stream, many, prefix } = freshNames()
      await store().append(stream('a'), many(3), 'no-stream')
      for (const { position, revision } of await collect(store().read(stream('a')))) {
        const { events } = await batchesUntil(
          store(),
          { prefixes: [prefix], after: position },
          ({ caughtUp }) => caughtUp,
        )
        expect(events.map((event) => event.revision)).toEqual(upTo(3).slice(revision + 1))
      }
    })

    it('goes on after any position it has handed over, without loss or doubling', async () => {
      const { stream, many, prefix } = freshNames()
      for (let part = 0; part < 4; part += 1) {
        await store().append(stream(part), many(6), 'no-stream')
        await store().append(`else${stream(part)}`, many(12), 'no-stream')
      }
      const whole = await batchesUntil(
        store(),
        { prefixes: [prefix], after: 'start' },
        (batch) => batch.caughtUp,
      )
      expect(whole.events).toHaveLength(24)
      let seen = 0
      for (const batch of whole.batches) {
        if (batch.events.length === 0) continue
        seen += batch.events.length
        const rest = await batchesUntil(
          store(),
          { prefixes: [prefix], after: batch.position ?? 'start' },
          ({ caughtUp }) => caughtUp,
        )
        expect(placesOf(rest.events)).toEqual(placesOf(whole.events.slice(seen)))
      }
    })

    it('from the end leaves out what is there', async () => {
      const { stream, noted, prefix } = freshNames()
      await store().append(stream('a'), [noted('x')], 'no-stream')
      let isLate = false
      const { events } = await batchesUntil(
        store(),
        { prefixes: [prefix], after: 'end' },
        async ({ caughtUp }, all) => {
          if (caughtUp && !isLate) {
            isLate = true
            await store().append(stream('a'), [noted('late')], 0)
          }
          return all.length > 0
        },
      )
      expect(placesOf(events)).toEqual([stream('a@1')])
    })

    it('from the end knows where it is before anything matches', async () => {
      const { stream, noted, prefix } = freshNames()
      await store().append(stream('a'), [noted('x')], 'no-stream')
      const newest = await store().last(stream('a'))
      const { batches, events } = await batchesUntil(
        store(),
        { prefixes: [`${prefix}none`], after: 'end' },
        ({ position }) => position !== undefined,
      )
      expect(events).toEqual([])
      expect(batches.at(-1)?.position).toBeGreaterThanOrEqual(newest?.position ?? Infinity)
    })

    it('moves its position past what does not match, in the past and as it comes', async () => {
      const { stream, noted, many, prefix } = freshNames()
      await store().append(stream('a'), [noted('x')], 'no-stream')
      await store().append(stream('b'), many(100), 'no-stream')
      let newest = await store().last(stream('b'))
      let isLate = false
      const { events } = await batchesUntil(
        store(),
        { prefixes: [`${prefix}a`], after: 'start' },
        async ({ position, caughtUp }) => {
          if (position === undefined || newest === undefined || position < newest.position) return false
          if (isLate || !caughtUp) return isLate
          isLate = true
          for (let from = 0; from < 1_100; from += 100)
            await store().append(stream(`c${from}`), many(100), 'no-stream')
          newest = await store().last(stream('c0'))
          return false
        },
      )
      expect(placesOf(events)).toEqual([stream('a@0')])
    })

    it('says that it is caught up where nothing matches too', async () => {
      const { prefix } = freshNames()
      const { batches } = await batchesUntil(
        store(),
        { prefixes: [prefix], after: 'start' },
        ({ caughtUp }) => caughtUp,
      )
      expect(batches.flatMap(({ events }) => events)).toEqual([])
    })

    it('leaves out what belongs to the server itself', async () => {
      const { stream, many, prefix } = freshNames()
      const appended = await store().append(stream('a'), many(3), 'no-stream')
      await store().keepOnly(stream('a'), 2)
      const after = appended.kind === 'appended' ? appended.position : 'end'
      for (const options of [{ prefixes: [`$$${prefix}`] }, { prefixes: ['$'], by: 'type' as const }]) {
        const { events } = await batchesUntil(store(), { ...options, after }, ({ caughtUp }) => caughtUp)
        expect(events).toEqual([])
      }
    })

    it('hands over many in order, each once, in bounded batches', async () => {
      const { stream, many, prefix } = freshNames()
      for (let part = 0; part < 20; part += 1)
        await store().append(stream('a'), many(50, part * 50), part === 0 ? 'no-stream' : part * 50 - 1)
      const { events, batches } = await batchesUntil(
        store(),
        { prefixes: [prefix], after: 'start' },
        (_, all) => all.length >= 1_000,
      )
      expect(events.map(({ revision }) => revision)).toEqual(upTo(1_000))
      let before = 0
      for (const batch of batches) {
        expect(batch.events.length).toBeLessThanOrEqual(512)
        const last = batch.events.at(-1)
        if (last !== undefined) expect(batch.position).toBeGreaterThanOrEqual(last.position)
        expect(batch.position ?? before).toBeGreaterThanOrEqual(before)
        before = batch.position ?? before
      }
    })

    it('loses and doubles nothing while it catches up with writers that go on', async () => {
      const { stream, many, prefix, type } = freshNames()
      const [writers, turns, each] = [6, 20, 3]
      const total = writers * turns * each
      for (let part = 0; part < 3; part += 1)
        await store().append(stream(`old${part}`), many(200), 'no-stream')
      const writing = upTo(writers).map(async (writer) => {
        for (let turn = 0; turn < turns; turn += 1)
          await store().append(
            stream(writer),
            many(each, turn * each),
            turn === 0 ? 'no-stream' : turn * each - 1,
          )
      })
      const options = [
        { prefixes: [prefix], after: 'start' as const },
        { prefixes: [type], by: 'type' as const, after: 'start' as const },
      ]
      const readers = [...options, ...options].map((option) =>
        batchesUntil(store(), option, (_, all) => all.length >= total + 600),
      )
      await Promise.all(writing)
      for (const { events } of await Promise.all(readers)) {
        expect(new Set(placesOf(events)).size).toBe(total + 600)
        expect(events).toHaveLength(total + 600)
        const positions = events.map(({ position }) => position)
        expect(positions).toEqual(positions.toSorted((a, b) => a - b))
      }
    })

    it('that is slow holds up itself alone', async () => {
      const { stream, many, prefix } = freshNames()
      const stopping = new AbortController()
      const slow: RecordedEvent[] = []
      let release = (): void => {}
      const released = new Promise<void>((resolve) => {
        release = resolve
      })
      const subscribe = (name: string): AsyncIterable<Batch> =>
        store().subscribe({ name, prefixes: [prefix], after: 'start', signal: stopping.signal })
      const slowly = (async () => {
        for await (const { events } of subscribe('slow')) {
          await released
          slow.push(...events)
          if (slow.length === 1_200) stopping.abort()
        }
      })()
      const swift = batchesUntil(
        store(),
        { prefixes: [prefix], after: 'start' },
        (_, all) => all.length === 1_200,
      )
      for (let part = 0; part < 12; part += 1)
        await store().append(stream('a'), many(100, part * 100), part === 0 ? 'no-stream' : part * 100 - 1)
      expect((await swift).events.map(({ revision }) => revision)).toEqual(upTo(1_200))
      expect(await store().last(stream('a'))).toMatchObject({ revision: 1_199 })
      expect(slow).toEqual([])
      release()
      await slowly
      expect(slow.map(({ revision }) => revision)).toEqual(upTo(1_200))
    })

    it('ends when its signal aborts, whether it waits or not, and also when it had before', async () => {
      const { prefix } = freshNames()
      const stopping = new AbortController()
      const options = { name: 'spec', prefixes: [prefix], after: 'start' as const, signal: stopping.signal }
      let batches = 0
      for await (const batch of store().subscribe(options)) {
        batches += 1
        if (batch.caughtUp) setImmediate(() => stopping.abort())
      }
      expect(batches).toBeGreaterThan(0)
      for await (const _ of store().subscribe(options)) throw new Error('nothing may come')
    })
  })
}
