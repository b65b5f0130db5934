import { describe, expect, it } from 'vitest'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { StaleFence } from '#platform/readstore/port.ts'
import { emptyReadStore } from '../empty-read-store.ts'
import { heldLease, leases, SILENT_FOR_MS, type Lease } from './leases.ts'

const bench = () => {
  const readStore = emptyReadStore()
  const clock = manualClock(0)
  const gone = new Set<string>()
  const isGone = (id: string): boolean => gone.has(id)
  const of = (id: string) => leases({ readStore, clock, holder: { id, isGone } })
  const write = (lease: Lease | undefined) =>
    readStore.commit({
      writes: [{ kind: 'put', collection: 'teas@1', id: 'a', position: 1, body: {} }],
      fences: lease === undefined ? [] : [lease.fence],
    })
  return { readStore, clock, gone, isGone, of, write }
}

describe('a lease', () => {
  it('is held by one, who can write and renew', async () => {
    const { of, write, readStore, isGone } = bench()
    const first = await of('a').acquire('teas@1')
    expect(await of('b').acquire('teas@1')).toBeUndefined()
    expect(await of('b').acquire('cups@1')).toBeDefined()
    expect(await first?.renew({ doing: 'well' })).toBe(true)
    await write(first)
    expect(await heldLease(readStore, 'teas@1', { isGone })).toStrictEqual({
      holder: 'a',
      report: { doing: 'well' },
    })
  })

  it('is won by one of many who ask at once', async () => {
    const { of } = bench()
    const won = await Promise.all(Array.from({ length: 8 }, (_, n) => of(`host-${n}`).acquire('teas@1')))
    expect(won.filter((lease) => lease !== undefined)).toHaveLength(1)
  })

  it('is taken over at once when it was released, or its holder is known to be gone', async () => {
    const { of, gone, readStore, isGone } = bench()
    const first = await of('a').acquire('teas@1')
    await first?.release()
    expect(await heldLease(readStore, 'teas@1', { isGone })).toBeUndefined()
    expect(await of('b').acquire('teas@1')).toBeDefined()
    expect(await of('c').acquire('teas@1')).toBeUndefined()
    gone.add('b')
    expect(await of('c').acquire('teas@1')).toBeDefined()
  })

  it('is taken over after a bounded silence, and not from one who renews', async () => {
    const { of, clock } = bench()
    const first = await of('a').acquire('teas@1')
    const other = of('b')
    expect(await other.acquire('teas@1')).toBeUndefined()
    await clock.advance(SILENT_FOR_MS - 1)
    await first?.renew()
    expect(await other.acquire('teas@1')).toBeUndefined()
    await clock.advance(SILENT_FOR_MS - 1)
    expect(await other.acquire('teas@1')).toBeUndefined()
    await clock.advance(1)
    expect(await other.acquire('teas@1')).toBeDefined()
  })

  it('that was lost can neither write, renew nor be given away', async () => {
    const { of, gone, write, readStore, isGone } = bench()
    const first = await of('a').acquire('teas@1')
    gone.add('a')
    const second = await of('b').acquire('teas@1')
    await expect(write(first)).rejects.toThrow(StaleFence)
    expect(await readStore.get('teas@1', 'a')).toBeUndefined()
    expect(await first?.renew()).toBe(false)
    await first?.release()
    expect(await heldLease(readStore, 'teas@1', { isGone })).toMatchObject({ holder: 'b' })
    await write(second)
    expect(await readStore.get('teas@1', 'a')).toBeDefined()
  })
})
