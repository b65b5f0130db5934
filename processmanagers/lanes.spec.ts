import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lanes } from './lanes.ts'

describe('lanes', () => {
  it('keep the order of each key and the bound across keys', async () => {
    const items = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), turns: fc.nat(3) }), {
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 3 }), async (pushed, parallelism) => {
        const busy = new Set<string>()
        const done = new Map<string, number[]>()
        const work = lanes<{ nth: number; turns: number }>(parallelism, async (key, { nth, turns }) => {
          expect(busy.has(key)).toBe(false)
          busy.add(key)
          expect(busy.size).toBeLessThanOrEqual(parallelism)
          for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
          busy.delete(key)
          done.set(key, [...(done.get(key) ?? []), nth])
        })
        for (const [nth, { key, turns }] of pushed.entries()) work.push(key, { nth, turns })
        await work.roomFor(1)
        expect(work.queued()).toBe(0)
        const expected = new Map<string, number[]>()
        for (const [nth, { key }] of pushed.entries()) expected.set(key, [...(expected.get(key) ?? []), nth])
        expect(Object.fromEntries(done)).toEqual(Object.fromEntries(expected))
      }),
    )
  })

  it('let nobody starve behind a busy key', async () => {
    const order: string[] = []
    const work = lanes<number>(1, async (key) => {
      order.push(key)
      await Promise.resolve()
    })
    for (let n = 0; n < 5; n += 1) work.push('busy', n)
    work.push('quiet', 0)
    await work.roomFor(1)
    expect(order.indexOf('quiet')).toBe(1)
  })

  it('let the caller wait until fewer than so many are queued', async () => {
    const opens: (() => void)[] = []
    const work = lanes<number>(
      2,
      () =>
        new Promise((resolve) => {
          opens.push(resolve)
        }),
    )
    for (let n = 0; n < 4; n += 1) work.push(`k${n}`, n)
    const passed: number[] = []
    const waits = [3, 4, 1].map((limit) => work.roomFor(limit).then(() => passed.push(limit)))
    await work.roomFor(5)
    expect(passed).toEqual([])
    for (const expected of [[4], [4, 3], [4, 3], [4, 3, 1]]) {
      opens.shift()?.()
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      expect(passed).toEqual(expected)
    }
    await Promise.all(waits)
  })
})
