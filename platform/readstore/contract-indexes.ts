import { describe, expect, it } from 'vitest'
import type { CollectionSpec, Indexed, ReadStore } from './port.ts'

const COPY: CollectionSpec = { name: 'teas@1#2', indexes: [['kind', 'price.amountMinor'], ['organic']] }
const TEAS = 40

/** The part of the contract about copies that are filled first and indexed afterwards. */
export const indexesContract = (opened: () => ReadStore): void => {
  const fill = async (): Promise<void> => {
    await opened().prepare([COPY], { indexes: 'later' })
    await opened().commit({
      writes: Array.from({ length: TEAS }, (_, n) => ({
        kind: 'put' as const,
        collection: COPY.name,
        id: `tea-${n}`,
        position: n,
        body: { kind: n % 2 === 0 ? 'green' : 'black', price: { amountMinor: n * 10 }, organic: n % 3 === 0 },
      })),
      checkpoint: { name: COPY.name, position: TEAS },
    })
  }
  const asked = async () =>
    opened().find(COPY.name, {
      where: { kind: 'green' },
      sort: { by: 'price.amountMinor', direction: 'desc' },
      limit: 3,
    })
  const { signal } = new AbortController()

  describe('a copy that is indexed last', () => {
    it('has no index while it is filled, and answers all the same', async () => {
      await fill()
      expect(await opened().indexed(COPY)).toEqual({ made: 0, of: 2 })
      const { items, total } = await asked()
      expect([items.map(({ id }) => id), total]).toEqual([['tea-38', 'tea-36', 'tea-34'], TEAS / 2])
    })

    it('has all of them afterwards, told one by one, and the same documents', async () => {
      await fill()
      const before = await asked()
      const told: Indexed[] = []
      await opened().makeIndexes(COPY, { signal, onMade: (indexed) => told.push(indexed) })
      expect(told).toEqual([
        { made: 1, of: 2 },
        { made: 2, of: 2 },
      ])
      expect(await opened().indexed(COPY)).toEqual({ made: 2, of: 2 })
      expect(await asked()).toEqual(before)
      expect(await opened().checkpoint(COPY.name)).toBe(TEAS)
      await opened().makeIndexes(COPY, { signal })
      expect(await opened().indexed(COPY)).toEqual({ made: 2, of: 2 })
    })

    it('is indexed to the end by the next call where one was ended', async () => {
      await fill()
      await expect(
        opened().makeIndexes(COPY, { signal: AbortSignal.abort(new Error('enough')) }),
      ).rejects.toThrow('enough')
      expect(await opened().indexed(COPY)).toEqual({ made: 0, of: 2 })
      const ending = new AbortController()
      const ended = opened().makeIndexes(COPY, {
        signal: ending.signal,
        onMade: () => ending.abort(new Error('enough')),
      })
      await expect(ended).rejects.toThrow('enough')
      expect((await opened().indexed(COPY)).made).toBeGreaterThan(0)
      await opened().makeIndexes(COPY, { signal })
      expect(await opened().indexed(COPY)).toEqual({ made: 2, of: 2 })
    })

    it('has its indexes at once where they are asked for, and keeps them', async () => {
      await opened().prepare([COPY])
      await fill()
      expect(await opened().indexed(COPY)).toEqual({ made: 2, of: 2 })
    })

    it('is dropped with them, and its checkpoint', async () => {
      await fill()
      await opened().makeIndexes(COPY, { signal })
      await opened().clear(COPY.name, COPY.name)
      expect(await opened().indexed(COPY)).toEqual({ made: 0, of: 2 })
      expect(await opened().size(COPY.name)).toEqual({ documents: 0, bytes: 0 })
      expect(await opened().checkpoint(COPY.name)).toBeUndefined()
    })

    it('is written in one batch with others, and not when a fence of it has passed on', async () => {
      await fill()
      const fence = { collection: 'leases@1', id: 'teas', position: 1 }
      await opened().swap({ ...fence, expected: undefined, body: {} })
      const batch = (position: number) => ({
        writes: ['teas@1', COPY.name].map((collection) => ({
          kind: 'put' as const,
          collection,
          id: 'tea-0',
          position,
          body: { position },
        })),
        checkpoints: ['teas@1', COPY.name].map((name) => ({ name, position })),
        fences: [fence],
      })
      await opened().commit(batch(100))
      await opened().swap({ ...fence, expected: 1, position: 2, body: {} })
      await expect(opened().commit(batch(101))).rejects.toThrow('no longer at 1')
      for (const name of ['teas@1', COPY.name]) {
        expect((await opened().get(name, 'tea-0'))?.body).toEqual({ position: 100 })
        expect(await opened().checkpoint(name)).toBe(100)
      }
    })
  })
}
