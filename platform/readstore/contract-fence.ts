import { describe, expect, it } from 'vitest'
import { StaleEpoch, type Fence, type ReadStore, type Write } from './port.ts'

/** The part of the contract about leases that pass from one writer to the next. */
export const fenceContract = (opened: () => ReadStore): void => {
  const at = (epoch: number, lease = 'projections'): Fence => ({ lease, epoch })
  const put = (id: string, position: number, by: string): Write => ({
    kind: 'put',
    collection: 'teas@1',
    id,
    position,
    body: { by },
  })

  describe('a fence', () => {
    it('lets the holder of the lease write, again and again', async () => {
      const store = opened()
      for (const position of [1, 2])
        await store.commit({
          writes: [put('a', position, 'first')],
          checkpoint: { name: 'teas@1', position },
          fence: at(3),
        })
      expect((await store.get('teas@1', 'a'))?.position).toBe(2)
      expect(await store.checkpoint('teas@1')).toBe(2)
    })

    it('refuses all of a batch from before the lease passed on', async () => {
      const store = opened()
      await store.commit({ writes: [put('a', 1, 'first')], fence: at(3) })
      await store.commit({ writes: [], fence: at(4) })
      const late = store.commit({
        writes: [
          put('a', 2, 'first'),
          put('b', 2, 'first'),
          { kind: 'delete', collection: 'teas@1', id: 'a' },
        ],
        checkpoint: { name: 'teas@1', position: 2 },
        fence: at(3),
      })
      await expect(late).rejects.toBeInstanceOf(StaleEpoch)
      expect(await store.get('teas@1', 'a')).toEqual({ id: 'a', position: 1, body: { by: 'first' } })
      expect(await store.get('teas@1', 'b')).toBeUndefined()
      expect(await store.checkpoint('teas@1')).toBeUndefined()
      await store.commit({ writes: [put('a', 2, 'second')], fence: at(4) })
      expect((await store.get('teas@1', 'a'))?.body).toEqual({ by: 'second' })
    })

    it('concerns its own lease alone, and no batch without one', async () => {
      const store = opened()
      await store.commit({ writes: [], fence: at(9) })
      await store.commit({ writes: [put('a', 1, 'another')], fence: at(1, 'process:checkout') })
      await store.commit({ writes: [put('b', 1, 'nobody')], checkpoint: { name: 'teas@1', position: 1 } })
      expect((await store.find('teas@1', {})).total).toBe(2)
      expect(await store.checkpoint('teas@1')).toBe(1)
    })
  })
}
