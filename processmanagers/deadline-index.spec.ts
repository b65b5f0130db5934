import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openEmptyReadStore } from '#platform/readstore/testing.ts'
import { DEADLINES, loadDeadlines, type Alarm } from './deadline-index.ts'

const emptyStore = async () => {
  const readStore = openEmptyReadStore()
  await readStore.prepare([DEADLINES])
  return readStore
}

describe('the index of open alarms', () => {
  it('does what a plain map would do, whatever is set, cleared, taken and finished', async () => {
    const key = fc.constantFrom('a', 'b', 'c')
    const name = fc.constantFrom('x', 'y')
    const step = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), key, name, dueAtMs: fc.integer({ min: 0, max: 20 }) }),
      fc.record({ kind: fc.constant('clear' as const), key, name }),
      fc.record({ kind: fc.constant('take' as const), nowMs: fc.integer({ min: 0, max: 20 }) }),
      fc.record({ kind: fc.constant('finish' as const), which: fc.nat(20) }),
      fc.record({ kind: fc.constant('restart' as const) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const readStore = await emptyStore()
        let index = await loadDeadlines(readStore, 'p')
        const model = new Map<string, { dueAtMs: number; version: number; isTaken: boolean }>()
        let version = 0
        let taken: { alarm: Alarm; id: string; version: number }[] = []
        for (const done of steps) {
          if (done.kind === 'set') {
            const id = `${done.key}|${done.name}`
            const current = model.get(id)
            if (current?.dueAtMs !== done.dueAtMs || current.isTaken)
              model.set(id, { dueAtMs: done.dueAtMs, version: (version += 1), isTaken: false })
            index.set(done.key, done.name, done.dueAtMs)
          } else if (done.kind === 'clear') {
            model.delete(`${done.key}|${done.name}`)
            index.clear(done.key, done.name)
          } else if (done.kind === 'take') {
            const expected = [...model].filter(([, entry]) => !entry.isTaken && entry.dueAtMs <= done.nowMs)
            const due = index.takeDue(done.nowMs)
            const ids = due.map((alarm) => `${alarm.key}|${alarm.name}`)
            expect(ids.toSorted()).toEqual(expected.map(([id]) => id).toSorted())
            const times = due.map(({ dueAtMs }) => dueAtMs)
            expect(times).toEqual(times.toSorted((a, b) => a - b))
            for (const alarm of due) {
              const id = `${alarm.key}|${alarm.name}`
              const entry = model.get(id)
              if (entry === undefined) throw new Error(`${id} is not in the model`)
              entry.isTaken = true
              taken.push({ alarm, id, version: entry.version })
            }
          } else if (done.kind === 'finish') {
            const [entry] = taken.splice(done.which % Math.max(taken.length, 1), 1)
            if (entry === undefined) continue
            const isCurrent = model.get(entry.id)?.version === entry.version
            expect(index.holds(entry.alarm)).toBe(isCurrent)
            if (isCurrent) model.delete(entry.id)
            index.finish(entry.alarm)
          } else {
            await readStore.commit({ writes: index.takeWrites() })
            index = await loadDeadlines(readStore, 'p')
            taken = []
            for (const entry of model.values()) entry.isTaken = false
          }
          expect(index.size()).toBe(model.size)
          const waiting = [...model.values()].filter((entry) => !entry.isTaken).map((entry) => entry.dueAtMs)
          expect(index.nextDueAtMs()).toBe(waiting.length === 0 ? undefined : Math.min(...waiting))
        }
        await readStore.close()
      }),
      { numRuns: 60 },
    )
  })

  it('writes each change once, and finds every alarm of its own process again, however many', async () => {
    const readStore = await emptyStore()
    const index = await loadDeadlines(readStore, 'p')
    for (let n = 0; n < 2_500; n += 1) index.set(`k${n}`, 'x', n)
    const writes = index.takeWrites()
    expect(writes).toHaveLength(2_500)
    expect(index.takeWrites()).toEqual([])
    await readStore.commit({ writes })
    expect((await loadDeadlines(readStore, 'p')).size()).toBe(2_500)
    expect((await loadDeadlines(readStore, 'q')).size()).toBe(0)
    await readStore.close()
  })

  it('stays small when the same alarms move again and again', async () => {
    const readStore = await emptyStore()
    const index = await loadDeadlines(readStore, 'p')
    for (let n = 0; n < 20_000; n += 1) index.set(`k${n % 10}`, 'x', 1_000_000 - n)
    expect(index.size()).toBe(10)
    expect(index.nextDueAtMs()).toBe(1_000_000 - 19_999)
    for (let n = 0; n < 20_000; n += 1) index.set(`k${n % 10}`, 'x', n)
    expect(index.nextDueAtMs()).toBe(19_990)
    expect(index.takeDue(30_000)).toHaveLength(10)
    await readStore.close()
  })
})
