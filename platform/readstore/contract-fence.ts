import { beforeEach, describe, expect, it } from 'vitest'
import { StaleFence, type Fence, type ReadStore, type Write } from './port.ts'

/** The part of the contract about documents that pass from one writer to the next, and what depends on them. */
export const fenceContract = (opened: () => ReadStore): void => {
  const put = (id: string, position: number, by: string): Write => ({
    kind: 'put',
    collection: 'teas@1',
    id,
    position,
    body: { by },
  })

  describe('a swap', () => {
    const swap = (expected: number | undefined, position: number, cups: number): Promise<boolean> =>
      opened().swap({ collection: 'cups@1', id: 'a', expected, position, body: { cups } })

    it('makes a document only where there is none', async () => {
      expect(await swap(undefined, 1, 1)).toBe(true)
      expect(await swap(undefined, 1, 2)).toBe(false)
      expect(await opened().get('cups@1', 'a')).toEqual({ id: 'a', position: 1, body: { cups: 1 } })
    })

    it('changes it only where it is as expected', async () => {
      expect(await swap(1, 2, 1)).toBe(false)
      await swap(undefined, 1, 1)
      expect(await swap(2, 3, 2)).toBe(false)
      expect(await swap(1, 1, 3)).toBe(true)
      expect(await swap(1, 2, 4)).toBe(true)
      expect(await opened().get('cups@1', 'a')).toEqual({ id: 'a', position: 2, body: { cups: 4 } })
    })

    it('that makes a document is won by one of many', async () => {
      const won = await Promise.all(Array.from({ length: 10 }, (_, cups) => swap(undefined, 1, cups)))
      expect(won.filter((isMine) => isMine)).toHaveLength(1)
    })
  })

  describe('a fence', () => {
    const at = (position: number, id = 'teas'): Fence => ({ collection: 'leases@1', id, position })
    const passOn = (from: number | undefined, to: number, id = 'teas'): Promise<boolean> =>
      opened().swap({ collection: 'leases@1', id, expected: from, position: to, body: {} })
    beforeEach(async () => {
      await passOn(undefined, 3)
    })

    it('lets the holder write, again and again', async () => {
      const store = opened()
      for (const position of [1, 2])
        await store.commit({
          writes: [put('a', position, 'first')],
          checkpoint: { name: 'teas@1', position },
          fences: [at(3)],
        })
      expect((await store.get('teas@1', 'a'))?.position).toBe(2)
      expect(await store.checkpoint('teas@1')).toBe(2)
    })

    it('refuses all of a batch from before it passed on', async () => {
      const store = opened()
      await store.commit({ writes: [put('a', 1, 'first')], fences: [at(3)] })
      await passOn(3, 4)
      const late = store.commit({
        writes: [
          put('a', 2, 'first'),
          put('b', 2, 'first'),
          { kind: 'delete', collection: 'teas@1', id: 'a' },
        ],
        checkpoint: { name: 'teas@1', position: 2 },
        fences: [at(3)],
      })
      await expect(late).rejects.toBeInstanceOf(StaleFence)
      expect(await store.get('teas@1', 'a')).toEqual({ id: 'a', position: 1, body: { by: 'first' } })
      expect(await store.get('teas@1', 'b')).toBeUndefined()
      expect(await store.checkpoint('teas@1')).toBeUndefined()
      await store.commit({ writes: [put('a', 2, 'second')], fences: [at(4)] })
      expect((await store.get('teas@1', 'a'))?.body).toEqual({ by: 'second' })
    })

    it('refuses a batch when one of several does not hold, or was never there', async () => {
      const store = opened()
      for (const fences of [[at(3), at(1, 'nobody')], [at(4)]]) {
        const commit = store.commit({
          writes: [put('a', 7, 'somebody')],
          checkpoint: { name: 'teas@1', position: 7 },
          fences,
        })
        await expect(commit).rejects.toBeInstanceOf(StaleFence)
      }
      expect(await store.get('teas@1', 'a')).toBeUndefined()
      expect(await store.checkpoint('teas@1')).toBeUndefined()
    })

    it('concerns those who name it, and no batch without one', async () => {
      const store = opened()
      await passOn(3, 9)
      await passOn(undefined, 1, 'cups')
      await store.commit({ writes: [put('a', 1, 'another')], fences: [at(1, 'cups')] })
      await store.commit({ writes: [put('b', 1, 'nobody')], checkpoint: { name: 'teas@1', position: 1 } })
      expect((await store.find('teas@1', {})).total).toBe(2)
      expect(await store.checkpoint('teas@1')).toBe(1)
    })

    it('lets a new holder go on with documents and checkpoints of those before it', async () => {
      const store = opened()
      await passOn(undefined, 1, 'cups')
      for (const [nth, fences] of [[at(3), at(1, 'cups')], [at(3)], [at(4), at(1, 'cups')]].entries()) {
        if (nth === 2) await passOn(3, 4)
        const position = nth + 1
        await store.commit({
          writes: [put('a', position, `${nth}`)],
          checkpoint: { name: 'teas@1', position },
          fences,
        })
        expect(await store.get('teas@1', 'a')).toEqual({ id: 'a', position, body: { by: `${nth}` } })
        expect(await store.checkpoint('teas@1')).toBe(position)
      }
    })
  })
}
