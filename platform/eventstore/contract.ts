import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { derivedId } from '../ids/ids.ts'
import type { Batch, EventStore, EventToAppend, RecordedEvent, SubscribeOptions } from './port.ts'

/** An event of a spec, with an id that follows from what it is. */
export const noted = (name: string, n = 0): EventToAppend => ({
  id: derivedId('noted', name, n),
  type: 'Noted',
  data: { name, n },
  metadata: {
    correlationId: 'order-1',
    causationId: 'cause-1',
    commandId: `command-${name}`,
    actor: 'system:spec',
    schemaVersion: 1,
  },
})

export const collect = async (events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> => {
  const collected: RecordedEvent[] = []
  for await (const event of events) collected.push(event)
  return collected
}

/** Takes batches until one satisfies the condition; a spec that waits in vain runs into its time-out. */
export const batchesUntil = async (
  store: EventStore,
  options: Omit<SubscribeOptions, 'signal' | 'name'>,
  isEnough: (batch: Batch, all: readonly RecordedEvent[]) => boolean,
): Promise<{ readonly batches: readonly Batch[]; readonly events: readonly RecordedEvent[] }> => {
  const stopping = new AbortController()
  const batches: Batch[] = []
  const events: RecordedEvent[] = []
  for await (const batch of store.subscribe({ name: 'spec', signal: stopping.signal, ...options })) {
    batches.push(batch)
    events.push(...batch.events)
    if (isEnough(batch, events)) stopping.abort()
  }
  return { batches, events }
}

/** What every event store must do alike. `open` gives one with nothing in it. */
export const eventStoreContract = (
  open: () => Promise<{ readonly store: EventStore; readonly close: () => Promise<void> }>,
): void => {
  let store: EventStore
  let close: () => Promise<void>
  beforeEach(async () => {
    ;({ store, close } = await open())
  })
  afterEach(() => close())

  describe('a stream', () => {
    it('gives back what was appended, in order, with its revisions and growing positions', async () => {
      const first = await store.append('a-1', [noted('x'), noted('y')], 'no-stream')
      const second = await store.append('a-1', [noted('z')], 1)
      const events = await collect(store.read('a-1'))
      expect(
        events.map(({ stream, revision, id, type, data }) => ({ stream, revision, id, type, data })),
      ).toEqual(
        ['x', 'y', 'z'].map((name, revision) => ({
          stream: 'a-1',
          revision,
          id: noted(name).id,
          type: 'Noted',
          data: { name, n: 0 },
        })),
      )
      expect(events[0]?.metadata).toEqual(noted('x').metadata)
      expect(first).toEqual({ kind: 'appended', revision: 1, position: events[1]?.position })
      expect(second).toEqual({ kind: 'appended', revision: 2, position: events[2]?.position })
      const positions = events.map(({ position }) => position)
      expect(positions).toEqual(positions.toSorted((a, b) => a - b))
      expect(new Set(positions).size).toBe(3)
    })

    it('conflicts with any other expectation than its true revision', async () => {
      await store.append('a-1', [noted('x'), noted('y')], 'no-stream')
      for (const expected of ['no-stream', 0, 2] as const)
        expect(await store.append('a-1', [noted('z')], expected)).toEqual({ kind: 'conflict' })
      expect(await store.append('a-2', [noted('z')], 0)).toEqual({ kind: 'conflict' })
      expect(await collect(store.read('a-1'))).toHaveLength(2)
      expect(await collect(store.read('a-2'))).toEqual([])
    })

    it('takes a repeat with the same ids at the same revision for the same append', async () => {
      const first = await store.append('a-1', [noted('x'), noted('y')], 'no-stream')
      const second = await store.append('a-1', [noted('z')], 1)
      expect(await store.append('a-1', [noted('x'), noted('y')], 'no-stream')).toEqual(first)
      expect(await store.append('a-1', [noted('z')], 1)).toEqual(second)
      expect(await store.append('a-1', [noted('x')], 1)).toEqual({ kind: 'conflict' })
      expect(await collect(store.read('a-1'))).toHaveLength(3)
    })

    it('takes one of two that append at once', async () => {
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, n) => store.append('a-1', [noted('x', n)], 'no-stream')),
      )
      expect(results.filter(({ kind }) => kind === 'appended')).toHaveLength(1)
    })

    it('is read from any revision on, and as far as asked', async () => {
      await store.append('a-1', [noted('v'), noted('w'), noted('x'), noted('y')], 'no-stream')
      const revisions = async (from?: number, limit?: number) =>
        (await collect(store.read('a-1', from, limit))).map(({ revision }) => revision)
      expect(await revisions(2)).toEqual([2, 3])
      expect(await revisions(1, 2)).toEqual([1, 2])
      expect(await revisions(4)).toEqual([])
      expect(await revisions(0, 0)).toEqual([])
    })

    it('that does not exist is empty', async () => {
      expect(await collect(store.read('a-1'))).toEqual([])
      expect(await store.last('a-1')).toBeUndefined()
    })

    it('knows its newest event', async () => {
      await store.append('a-1', [noted('x'), noted('y')], 'no-stream')
      expect(await store.last('a-1')).toMatchObject({ revision: 1, data: { name: 'y' } })
    })

    it('can be left in the middle', async () => {
      await store.append('a-1', [noted('x'), noted('y')], 'no-stream')
      for await (const event of store.read('a-1')) {
        expect(event.revision).toBe(0)
        break
      }
      expect(await collect(store.read('a-1'))).toHaveLength(2)
    })

    it('keeps only its newest events when told so, also when told twice', async () => {
      await store.append('a-1', [noted('v'), noted('w'), noted('x'), noted('y')], 'no-stream')
      await store.keepOnly('a-1', 2)
      await store.keepOnly('a-1', 2)
      expect((await collect(store.read('a-1'))).map(({ revision }) => revision)).toEqual([2, 3])
      expect(await store.append('a-1', [noted('z')], 3)).toMatchObject({ kind: 'appended', revision: 4 })
      expect((await collect(store.read('a-1', 3))).map(({ revision }) => revision)).toEqual([3, 4])
    })
  })

  describe('a subscription', () => {
    const names = (events: readonly RecordedEvent[]) =>
      events.map(({ stream, revision }) => `${stream}@${revision}`)

    it('hands over what its prefixes match, in log order, from the start and as it comes', async () => {
      await store.append('a-1', [noted('x')], 'no-stream')
      await store.append('b-1', [noted('y')], 'no-stream')
      await store.append('c-1', [noted('z')], 'no-stream')
      let isLate = false
      const { events, batches } = await batchesUntil(
        store,
        { prefixes: ['a-', 'c-'], after: 'start' },
        ({ caughtUp }, all) => {
          if (caughtUp && !isLate) {
            isLate = true
            void store.append('a-1', [noted('late')], 0)
          }
          return all.length === 3
        },
      )
      expect(names(events)).toEqual(['a-1@0', 'c-1@0', 'a-1@1'])
      expect(batches.some(({ caughtUp }) => caughtUp)).toBe(true)
    })

    it('goes on after a position, without the event there', async () => {
      await store.append('a-1', [noted('x'), noted('y'), noted('z')], 'no-stream')
      const [first] = await collect(store.read('a-1'))
      const { events } = await batchesUntil(
        store,
        { prefixes: ['a-'], after: first?.position ?? 'end' },
        ({ caughtUp }) => caughtUp,
      )
      expect(names(events)).toEqual(['a-1@1', 'a-1@2'])
    })

    it('from the end leaves out what is there', async () => {
      await store.append('a-1', [noted('x')], 'no-stream')
      let isLate = false
      const { events } = await batchesUntil(
        store,
        { prefixes: ['a-'], after: 'end' },
        ({ caughtUp }, all) => {
          if (caughtUp && !isLate) {
            isLate = true
            void store.append('a-1', [noted('late')], 0)
          }
          return all.length > 0
        },
      )
      expect(names(events)).toEqual(['a-1@1'])
    })

    it('moves its position past what does not match', async () => {
      await store.append('a-1', [noted('x')], 'no-stream')
      for (let n = 0; n < 3; n += 1) await store.append(`b-${n}`, [noted('y', n)], 'no-stream')
      const last = await store.last('b-2')
      const { events } = await batchesUntil(
        store,
        { prefixes: ['a-'], after: 'start' },
        ({ position }) => position === last?.position,
      )
      expect(events).toHaveLength(1)
    })

    it('says that it is caught up on an empty log too', async () => {
      const { batches } = await batchesUntil(
        store,
        { prefixes: ['a-'], after: 'start' },
        ({ caughtUp }) => caughtUp,
      )
      expect(batches.flatMap(({ events }) => events)).toEqual([])
    })

    it('hands over many in order, each once', async () => {
      for (let part = 0; part < 20; part += 1) {
        const [first, ...rest] = Array.from({ length: 50 }, (_, n) => noted('m', part * 50 + n))
        if (first === undefined) throw new Error('fifty')
        await store.append('a-1', [first, ...rest], part === 0 ? 'no-stream' : part * 50 - 1)
      }
      const { events, batches } = await batchesUntil(
        store,
        { prefixes: ['a-'], after: 'start' },
        (_, all) => all.length >= 1_000,
      )
      expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: 1_000 }, (_, n) => n))
      for (const batch of batches) {
        expect(batch.events.length).toBeLessThanOrEqual(512)
        const last = batch.events.at(-1)
        if (last !== undefined) expect(batch.position).toBeGreaterThanOrEqual(last.position)
      }
    })

    it('ends when its signal aborts, whether it waits or not, and also when it had before', async () => {
      const stopping = new AbortController()
      let batches = 0
      const taking = (async () => {
        for await (const batch of store.subscribe({
          name: 'spec',
          prefixes: ['a-'],
          after: 'start',
          signal: stopping.signal,
        })) {
          batches += 1
          if (batch.caughtUp) setImmediate(() => stopping.abort())
        }
      })()
      await taking
      expect(batches).toBeGreaterThan(0)
      for await (const _ of store.subscribe({
        name: 'spec',
        prefixes: ['a-'],
        after: 'start',
        signal: stopping.signal,
      }))
        throw new Error('nothing may come')
    })
  })
}
