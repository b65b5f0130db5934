import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fenceContract } from './contract-fence.ts'
import { indexesContract } from './contract-indexes.ts'
import type { Query, ReadStore, Write } from './port.ts'

/** What every engine must do alike. `open` gives a store with nothing in it; the suite closes it. */
export const readStoreContract = (open: () => Promise<ReadStore>): void => {
  let store: ReadStore
  beforeEach(async () => {
    store = await open()
    await store.prepare([{ name: 'teas@1', indexes: [['kind', 'price.amountMinor']] }])
  })
  afterEach(() => store.close())

  const put = (id: string, position: number, body: object): Write => ({
    kind: 'put',
    collection: 'teas@1',
    id,
    position,
    body,
  })
  const tea = (kind: string, amountMinor: number, organic = false): object => ({
    kind,
    price: { amountMinor },
    organic,
  })
  const ids = (items: readonly { readonly id: string }[]): string[] => items.map(({ id }) => id)

  describe('documents', () => {
    it('come back as they were put, with their position', async () => {
      const body = { title: '八女の煎茶 "100g"', lines: [{ quantity: 2 }], nested: { deep: [1, null, true] } }
      await store.commit({ writes: [put('a', 7, body)] })
      expect(await store.get('teas@1', 'a')).toEqual({ id: 'a', position: 7, body })
    })

    it('keep positions up to the largest safe integer', async () => {
      await store.commit({ writes: [put('a', Number.MAX_SAFE_INTEGER, {})] })
      expect((await store.get('teas@1', 'a'))?.position).toBe(Number.MAX_SAFE_INTEGER)
    })

    it('that do not exist are undefined, also in a collection nobody prepared', async () => {
      expect(await store.get('teas@1', 'a')).toBeUndefined()
      expect(await store.get('coffees@1', 'a')).toBeUndefined()
      expect(await store.find('coffees@1', {})).toEqual({ items: [], total: 0 })
    })

    it('are loaded many at once, leaving out those that do not exist', async () => {
      const many = Array.from({ length: 600 }, (_, index) => put(`tea-${index}`, index, { index }))
      await store.commit({ writes: many })
      const loaded = await store.load('teas@1', [...many.map(({ id }) => id), 'none', "o'clock"])
      expect(loaded.size).toBe(600)
      expect(loaded.get('tea-599')).toEqual({ id: 'tea-599', position: 599, body: { index: 599 } })
      expect((await store.load('teas@1', [])).size).toBe(0)
    })

    it('are replaced by a put at a higher position', async () => {
      await store.commit({ writes: [put('a', 7, { cups: 1 })] })
      await store.commit({ writes: [put('a', 8, { cups: 2 })] })
      expect(await store.get('teas@1', 'a')).toEqual({ id: 'a', position: 8, body: { cups: 2 } })
    })

    it('are never overwritten by a put at a lower position, so that a replay is harmless', async () => {
      await store.commit({ writes: [put('a', 8, { cups: 2 })] })
      await store.commit({ writes: [put('a', 7, { cups: 1 }), put('b', 7, { cups: 1 })] })
      expect(await store.get('teas@1', 'a')).toEqual({ id: 'a', position: 8, body: { cups: 2 } })
      expect((await store.get('teas@1', 'b'))?.position).toBe(7)
    })

    it('that are deleted are gone, and deleting them again changes nothing', async () => {
      const gone: Write = { kind: 'delete', collection: 'teas@1', id: 'a' }
      await store.commit({ writes: [put('a', 7, {})] })
      await store.commit({ writes: [gone] })
      await store.commit({ writes: [gone] })
      expect(await store.get('teas@1', 'a')).toBeUndefined()
    })

    it('that are deleted as of a position stay when they are newer, and go when they are not', async () => {
      await store.commit({ writes: [put('a', 7, {}), put('b', 9, {})] })
      await store.commit({
        writes: ['a', 'b'].map((id) => ({ kind: 'delete', collection: 'teas@1', id, position: 8 })),
      })
      expect(ids((await store.find('teas@1', {})).items)).toEqual(['b'])
    })

    it('are as JSON has them: nothing undefined, no dates', async () => {
      await store.commit({ writes: [put('a', 7, { none: undefined, at: new Date(0), list: [undefined] })] })
      expect((await store.get('teas@1', 'a'))?.body).toStrictEqual({
        at: '1970-01-01T00:00:00.000Z',
        list: [null],
      })
    })

    it('are written in the order of the batch', async () => {
      await store.commit({
        writes: [
          put('a', 7, {}),
          { kind: 'delete', collection: 'teas@1', id: 'a' },
          put('a', 9, { cups: 3 }),
        ],
      })
      expect(await store.get('teas@1', 'a')).toEqual({ id: 'a', position: 9, body: { cups: 3 } })
    })
  })

  describe('queries', () => {
    beforeEach(() =>
      store.commit({
        writes: [
          put('sencha', 1, tea('green', 1_296)),
          put('gyokuro', 2, tea('green', 3_240, true)),
          put('hojicha', 3, tea('roasted', 980)),
          put('bancha', 4, tea('green', 980, true)),
          put('oolong', 5, tea('blue', 1_296)),
        ],
      }),
    )

    it('without conditions give everything by id', async () => {
      const { items, total } = await store.find('teas@1', {})
      expect(ids(items)).toEqual(['bancha', 'gyokuro', 'hojicha', 'oolong', 'sencha'])
      expect(total).toBe(5)
      expect(items[0]).toEqual({ id: 'bancha', position: 4, body: tea('green', 980, true) })
    })

    it('filter by exact values, by one of several, and by all conditions together', async () => {
      expect(ids((await store.find('teas@1', { where: { kind: 'roasted' } })).items)).toEqual(['hojicha'])
      expect(ids((await store.find('teas@1', { where: { kind: ['roasted', 'blue'] } })).items)).toEqual([
        'hojicha',
        'oolong',
      ])
      expect(
        ids((await store.find('teas@1', { where: { 'price.amountMinor': 980, kind: 'green' } })).items),
      ).toEqual(['bancha'])
      expect(ids((await store.find('teas@1', { where: { organic: true } })).items)).toEqual([
        'bancha',
        'gyokuro',
      ])
      expect(await store.find('teas@1', { where: { kind: [] } })).toEqual({ items: [], total: 0 })
    })

    it('are counted by the text at a path, of those that match', async () => {
      await store.commit({
        writes: [
          put('odd', 30, { kind: 7 }),
          put('none', 31, {}),
          put('ja', 32, { kind: '緑茶', organic: true }),
        ],
      })
      const all = await store.find('teas@1', { limit: 1_000 })
      const kinds = all.items.flatMap(({ body }) => ('kind' in body ? [body.kind] : []))
      const texts = kinds.filter((kind) => typeof kind === 'string')
      const expected = [...new Set(texts)]
        .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .map((kind) => [kind, texts.filter((each) => each === kind).length])
      expect([...(await store.countBy('teas@1', {}, 'kind'))]).toEqual(expected)
      expect((await store.countBy('teas@1', { where: { organic: true } }, 'kind')).get('緑茶')).toBe(1)
      expect((await store.countBy('teas@1', { where: { kind: '緑茶' } }, 'kind')).size).toBe(1)
      expect((await store.countBy('coffees@1', {}, 'kind')).size).toBe(0)
      await expect(store.countBy('teas@1', {}, "kind' OR 1")).rejects.toThrow(RangeError)
    })

    it('compare values, not texts that look alike', async () => {
      expect((await store.find('teas@1', { where: { 'price.amountMinor': '980' } })).total).toBe(0)
      expect((await store.find('teas@1', { where: { kind: "green' OR 1 = 1" } })).total).toBe(0)
    })

    it('sort by a field and then by id, in the same direction', async () => {
      const sorted = async (direction: 'asc' | 'desc'): Promise<string[]> =>
        ids((await store.find('teas@1', { sort: { by: 'price.amountMinor', direction } })).items)
      expect(await sorted('asc')).toEqual(['bancha', 'hojicha', 'oolong', 'sencha', 'gyokuro'])
      expect(await sorted('desc')).toEqual(['gyokuro', 'sencha', 'oolong', 'hojicha', 'bancha'])
    })

    it('give a page of what matches and the total of all that matches', async () => {
      const page = await store.find('teas@1', {
        where: { kind: 'green' },
        sort: { by: 'price.amountMinor', direction: 'asc' },
        offset: 1,
        limit: 1,
      })
      expect(ids(page.items)).toEqual(['sencha'])
      expect(page.total).toBe(3)
      expect((await store.find('teas@1', { offset: 9 })).total).toBe(5)
      expect(await store.find('teas@1', { limit: 0 })).toEqual({ items: [], total: 5 })
    })

    it('give what lies above one number and up to another, and no text', async () => {
      await store.commit({ writes: [put('priceless', 20, { kind: 'green', price: { amountMinor: 'ask' } })] })
      const inStretch = async (above: number, upTo: number, where: Query['where'] = {}) =>
        ids(
          (
            await store.find('teas@1', {
              where,
              between: { 'price.amountMinor': { above, upTo } },
              sort: { by: 'price.amountMinor', direction: 'asc' },
            })
          ).items,
        )
      const all = await inStretch(-1, Number.MAX_SAFE_INTEGER)
      expect(all).toEqual(['bancha', 'hojicha', 'oolong', 'sencha', 'gyokuro'])
      expect(await inStretch(980, 980)).toEqual([])
      expect(await inStretch(979, 980)).toContain('bancha')
      expect(await inStretch(979, 980, { kind: 'green' })).toEqual(['bancha'])
      await expect(
        store.find('teas@1', { between: { "price') --": { above: 0, upTo: 1 } } }),
      ).rejects.toThrow(RangeError)
    })

    it('are not counted where nobody asks for it', async () => {
      expect(await store.find('teas@1', { limit: 2, counted: false })).toMatchObject({ total: 2 })
      expect(await store.find('teas@1', { limit: 0, counted: false })).toEqual({ items: [], total: 0 })
    })

    it('refuse more than a thousand at once, and paths that are none', async () => {
      await expect(store.find('teas@1', { limit: 1_001 })).rejects.toThrow(RangeError)
      await expect(store.find('teas@1', { offset: -1 })).rejects.toThrow(RangeError)
      await expect(store.find('teas@1', { where: { "kind') --": 'x' } })).rejects.toThrow(RangeError)
    })
  })

  describe('checkpoints', () => {
    it('are undefined until they are written, each under its name', async () => {
      await store.commit({ writes: [], checkpoint: { name: 'teas@1', position: 5 } })
      expect(await store.checkpoint('teas@1')).toBe(5)
      expect(await store.checkpoint('coffees@1')).toBeUndefined()
    })

    it('can be moved several at once', async () => {
      await store.commit({
        writes: [],
        checkpoints: [
          { name: 'a', position: 5 },
          { name: 'b', position: 6 },
        ],
      })
      expect([await store.checkpoint('a'), await store.checkpoint('b')]).toEqual([5, 6])
    })

    it('never go back, so that a slower rival undoes nothing', async () => {
      await store.commit({ writes: [], checkpoint: { name: 'teas@1', position: 5 } })
      await store.commit({ writes: [], checkpoint: { name: 'teas@1', position: 3 } })
      expect(await store.checkpoint('teas@1')).toBe(5)
    })

    it('can be told again, with documents and all, as after an answer that was lost', async () => {
      const batch = { writes: [put('a', 7, { cups: 1 })], checkpoint: { name: 'teas@1', position: 7 } }
      await store.commit(batch)
      await store.commit(batch)
      expect(await store.get('teas@1', 'a')).toEqual({ id: 'a', position: 7, body: { cups: 1 } })
      expect(await store.checkpoint('teas@1')).toBe(7)
    })

    it('are not written when a document of the same batch could not be', async () => {
      const circular: Record<string, unknown> = {}
      circular['self'] = circular
      await expect(
        store.commit({ writes: [put('a', 7, circular)], checkpoint: { name: 'teas@1', position: 7 } }),
      ).rejects.toThrow('circular')
      expect(await store.checkpoint('teas@1')).toBeUndefined()
    })
  })

  describe('a whole collection', () => {
    it('is read in steps by id, in the order of the bytes', async () => {
      const names = ['b', 'a', 'ä', 'Z', '茶', '🍵', 'a-1']
      await store.commit({ writes: names.map((id) => put(id, 1, { id })) })
      const first = await store.scan('teas@1', undefined, 4)
      const second = await store.scan('teas@1', first.at(-1)?.id)
      expect(ids([...first, ...second])).toEqual(['Z', 'a', 'a-1', 'b', 'ä', '茶', '🍵'])
      expect(first[0]).toEqual({ id: 'Z', position: 1, body: { id: 'Z' } })
      expect(await store.scan('teas@1', '🍵')).toEqual([])
      expect(await store.scan('coffees@1')).toEqual([])
      await expect(store.scan('teas@1', undefined, 1_001)).rejects.toThrow(RangeError)
    })

    it('says how much is in it', async () => {
      expect(await store.size('teas@1#2')).toEqual({ documents: 0, bytes: 0 })
      await store.commit({ writes: [put('a', 1, { cups: 1 }), put('b', 1, { cups: 2 })] })
      const { documents, bytes } = await store.size('teas@1')
      expect(documents).toBe(2)
      expect(bytes).toBeGreaterThan(0)
    })
  })

  fenceContract(() => store)
  indexesContract(() => store)

  it('clear drops one collection and the checkpoint of that name, and nothing else', async () => {
    await store.commit({
      writes: [put('a', 7, {}), { kind: 'put', collection: 'cups@1', id: 'a', position: 7, body: {} }],
      checkpoints: [
        { name: 'teas@1', position: 7 },
        { name: 'cups@1', position: 7 },
      ],
    })
    await store.clear('teas@1', 'teas@1')
    expect(await store.get('teas@1', 'a')).toBeUndefined()
    expect(await store.checkpoint('teas@1')).toBeUndefined()
    expect(await store.get('cups@1', 'a')).toBeDefined()
    expect(await store.checkpoint('cups@1')).toBe(7)
  })

  it('prepare is repeatable and keeps what is there', async () => {
    await store.commit({ writes: [put('a', 7, {})] })
    const collections = [{ name: 'teas@1', indexes: [['kind', 'price.amountMinor'], ['organic'], ['kind']] }]
    for (let time = 1; time <= 3; time += 1) await store.prepare(collections)
    expect(await store.get('teas@1', 'a')).toBeDefined()
  })
}
