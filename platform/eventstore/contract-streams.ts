import { describe, expect, it } from 'vitest'
import { collect, freshNames, upTo } from './contract-events.ts'
import type { EventStore } from './port.ts'

/** What every event store must do alike with a stream. */
export const streamContract = (store: () => EventStore): void => {
  describe('a stream', () => {
    it('gives back what was appended, in order, with its revisions and growing positions', async () => {
      const { stream, noted, type } = freshNames()
      const first = await store().append(stream('a'), [noted('x'), noted('y')], 'no-stream')
      const second = await store().append(stream('a'), [noted('z')], 1)
      const events = await collect(store().read(stream('a')))
      expect(
        events.map(({ stream, revision, id, type, data }) => ({ stream, revision, id, type, data })),
      ).toEqual(
        ['x', 'y', 'z'].map((name, revision) => ({
          stream: stream('a'),
          revision,
          id: noted(name).id,
          type,
          data: { name, n: 0 },
        })),
      )
      expect(first).toEqual({ kind: 'appended', revision: 1, position: events[1]?.position })
      expect(second).toEqual({ kind: 'appended', revision: 2, position: events[2]?.position })
      const positions = events.map(({ position }) => position)
      expect(positions).toEqual(positions.toSorted((a, b) => a - b))
      expect(new Set(positions).size).toBe(3)
    })

    it('gives back metadata with and without a trace, and any text, as they were', async () => {
      const { stream, noted } = freshNames()
      const texts = ['ねこ', '🐈‍⬛', 'é\u0301', '\u0000', '"\\', '\u2028', '𠮟る']
      const plain = noted('x')
      const rich = {
        ...noted('y'),
        type: `${noted('y').type}-見積り`,
        data: { texts, nested: { none: null, list: [1, 0.5, -3], large: Number.MAX_SAFE_INTEGER } },
        metadata: { ...plain.metadata, actor: 'staff:🐈', traceparent: '00-0af7651916cd43dd-b7ad6b71-01' },
      }
      await store().append(stream('出荷'), [plain, rich], 'no-stream')
      const events = await collect(store().read(stream('出荷')))
      expect(events.map(({ data, metadata, type }) => ({ data, metadata, type }))).toEqual(
        [plain, rich].map(({ data, metadata, type }) => ({ data, metadata, type })),
      )
      expect(events[1]?.stream).toBe(stream('出荷'))
    })

    it('conflicts with any other expectation than its true revision, and is then as it was', async () => {
      const { stream, noted } = freshNames()
      await store().append(stream('a'), [noted('x'), noted('y')], 'no-stream')
      for (const expected of ['no-stream', 0, 2] as const)
        expect(await store().append(stream('a'), [noted('z')], expected)).toEqual({ kind: 'conflict' })
      expect(await store().append(stream('b'), [noted('z')], 0)).toEqual({ kind: 'conflict' })
      expect(await collect(store().read(stream('a')))).toHaveLength(2)
      expect(await collect(store().read(stream('b')))).toEqual([])
    })

    it('takes a repeat with the same ids at the same revision for the same append, however long ago', async () => {
      const { stream, noted, many } = freshNames()
      const first = await store().append(stream('a'), [noted('x'), noted('y')], 'no-stream')
      const second = await store().append(stream('a'), [noted('z')], 1)
      await store().append(stream('a'), many(200), 2)
      await store().append(stream('b'), many(200), 'no-stream')
      for (let time = 0; time < 3; time += 1) {
        expect(await store().append(stream('a'), [noted('x'), noted('y')], 'no-stream')).toEqual(first)
        expect(await store().append(stream('a'), [noted('z')], 1)).toEqual(second)
      }
      expect(await collect(store().read(stream('a')))).toHaveLength(203)
    })

    it('knows the same ids elsewhere for another append', async () => {
      const { stream, noted } = freshNames()
      await store().append(stream('a'), [noted('x')], 'no-stream')
      expect(await store().append(stream('b'), [noted('x')], 'no-stream')).toMatchObject({ revision: 0 })
      expect(await store().append(stream('a'), [noted('x')], 0)).toMatchObject({ revision: 1 })
      expect(await collect(store().read(stream('a')))).toHaveLength(2)
    })

    it('conflicts with a repeat that is not the same from its first event to its last', async () => {
      const { stream, noted } = freshNames()
      await store().append(stream('a'), [noted('x'), noted('y')], 'no-stream')
      for (const events of [
        [noted('x'), noted('y'), noted('z')],
        [noted('x'), noted('z')],
        [noted('z'), noted('y')],
        [noted('y'), noted('x')],
      ] as const)
        expect(await store().append(stream('a'), events, 'no-stream')).toEqual({ kind: 'conflict' })
      expect(await store().append(stream('a'), [noted('y'), noted('z')], 0)).toEqual({ kind: 'conflict' })
      expect(await collect(store().read(stream('a')))).toHaveLength(2)
    })

    it('takes one of many that append at once, and the rest are conflicts', async () => {
      const { stream, noted } = freshNames()
      for (const expected of ['no-stream', 0, 1] as const) {
        const results = await Promise.all(
          upTo(16).map((n) => store().append(stream('a'), [noted(String(expected), n)], expected)),
        )
        expect(results.filter(({ kind }) => kind === 'appended')).toHaveLength(1)
        expect(results.filter(({ kind }) => kind === 'conflict')).toHaveLength(15)
      }
      expect((await collect(store().read(stream('a')))).map(({ revision }) => revision)).toEqual(upTo(3))
    })

    it('has all events of an append or none, at once, also for who reads meanwhile', async () => {
      const { stream, noted } = freshNames()
      const writing = new Set(upTo(4))
      const writers = [...writing].map(async (writer) => {
        for (let turn = 0; turn < 4;) {
          const head = (await store().last(stream('a')))?.revision
          const events = [0, 1, 2].map((part) => noted(`${writer}/${turn}`, part))
          const [first, ...rest] = events
          if (first === undefined) throw new Error('three')
          const result = await store().append(stream('a'), [first, ...rest], head ?? 'no-stream')
          if (result.kind === 'appended') turn += 1
        }
        writing.delete(writer)
      })
      const namesOf = async () =>
        (await collect(store().read(stream('a')))).map(({ data }) => data).map((data) => JSON.stringify(data))
      const isWhole = (names: readonly string[]): boolean =>
        names.length % 3 === 0 &&
        names.every(
          (name, index) => name === names[index - (index % 3)]?.replace('"n":0', `"n":${index % 3}`),
        )
      const halves: string[][] = []
      const watching = (async () => {
        do {
          const names = await namesOf()
          if (!isWhole(names)) halves.push(names)
        } while (writing.size > 0)
      })()
      await Promise.all([...writers, watching])
      expect(halves).toEqual([])
      expect(await namesOf()).toHaveLength(4 * 4 * 3)
    })

    it('takes many events at once', async () => {
      const { stream, many } = freshNames()
      expect(await store().append(stream('a'), many(1_000), 'no-stream')).toMatchObject({ revision: 999 })
      const events = await collect(store().read(stream('a')))
      expect(events.map(({ data }) => data)).toEqual(upTo(1_000).map((n) => ({ name: 'many', n })))
    })

    it('is read from any revision on, and as far as asked', async () => {
      const { stream, many } = freshNames()
      await store().append(stream('a'), many(4), 'no-stream')
      const revisions = async (from?: number, limit?: number) =>
        (await collect(store().read(stream('a'), from, limit))).map(({ revision }) => revision)
      expect(await revisions()).toEqual([0, 1, 2, 3])
      expect(await revisions(2)).toEqual([2, 3])
      expect(await revisions(1, 2)).toEqual([1, 2])
      expect(await revisions(3, 1)).toEqual([3])
      expect(await revisions(1, 99)).toEqual([1, 2, 3])
      expect(await revisions(4)).toEqual([])
      expect(await revisions(400)).toEqual([])
      expect(await revisions(0, 0)).toEqual([])
    })

    it('that does not exist is empty', async () => {
      const { stream } = freshNames()
      expect(await collect(store().read(stream('a')))).toEqual([])
      expect(await collect(store().read(stream('a'), 7, 3))).toEqual([])
      expect(await store().last(stream('a'))).toBeUndefined()
    })

    it('knows its newest event', async () => {
      const { stream, noted } = freshNames()
      await store().append(stream('a'), [noted('x'), noted('y')], 'no-stream')
      expect(await store().last(stream('a'))).toMatchObject({ revision: 1, data: { name: 'y' } })
      await store().append(stream('a'), [noted('z')], 1)
      expect(await store().last(stream('a'))).toMatchObject({ revision: 2, data: { name: 'z' } })
    })

    it('can be left in the middle', async () => {
      const { stream, many } = freshNames()
      await store().append(stream('a'), many(300), 'no-stream')
      for (let time = 0; time < 5; time += 1)
        for await (const event of store().read(stream('a'))) {
          expect(event.revision).toBe(0)
          break
        }
      expect(await collect(store().read(stream('a')))).toHaveLength(300)
    })

    it('keeps only its newest events when told so, also when told twice, and its revisions go on', async () => {
      const { stream, noted, many } = freshNames()
      await store().append(stream('a'), many(4), 'no-stream')
      await store().keepOnly(stream('a'), 2)
      await store().keepOnly(stream('a'), 2)
      const revisions = async (from?: number) =>
        (await collect(store().read(stream('a'), from))).map(({ revision }) => revision)
      expect(await revisions()).toEqual([2, 3])
      expect(await store().append(stream('a'), [noted('z')], 3)).toMatchObject({ revision: 4 })
      expect(await revisions()).toEqual([3, 4])
      expect(await revisions(3)).toEqual([3, 4])
      expect(await store().last(stream('a'))).toMatchObject({ revision: 4 })
      await store().keepOnly(stream('a'), 1)
      expect(await revisions()).toEqual([4])
    })
  })
}
