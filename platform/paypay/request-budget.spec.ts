import { describe, expect, it } from 'vitest'
import { manualClock } from '../clock/manual-clock.ts'
import type { Urgency } from './port.ts'
import { createRequestBudget } from './request-budget.ts'

const stage = (perSecond = 10, burst = 2) => {
  const clock = manualClock(1_000_000)
  const budget = createRequestBudget(clock, { perSecond, burst })
  const settled: [name: string, mayGo: boolean, afterMs: number][] = []
  const take = (name: string, heat: Urgency = 'soon', patienceMs = 60_000) =>
    void budget
      .take(heat, clock.nowMs() + patienceMs)
      .then((mayGo) => settled.push([name, mayGo, clock.nowMs() - 1_000_000]))
  return { clock, budget, settled, take }
}

describe('the request budget', () => {
  it('lets a burst through at once and the rest at its rate', async () => {
    const { clock, settled, take } = stage()
    for (const name of ['a', 'b', 'c', 'd']) take(name)
    await clock.advance(0)
    expect(settled.map(([name]) => name)).toEqual(['a', 'b'])
    await clock.advance(1_000)
    expect(settled.slice(2)).toEqual([
      ['c', true, 100],
      ['d', true, 200],
    ])
  })

  it('saves up no more than one burst while nobody asks', async () => {
    const { clock, settled, take } = stage()
    await clock.advance(3_600_000)
    for (let nth = 0; nth < 10; nth += 1) take(`${nth}`)
    await clock.advance(0)
    expect(settled).toHaveLength(2)
  })

  it('serves the hottest first, and those of one heat in order of arrival', async () => {
    const { clock, settled, take } = stage(10, 1)
    take('first', 'whenever')
    take('cold 1', 'whenever')
    take('warm 1', 'soon')
    take('cold 2', 'whenever')
    take('hot 1', 'now')
    take('warm 2', 'soon')
    take('hot 2', 'now')
    await clock.advance(1_000)
    expect(settled.map(([name]) => name)).toEqual([
      'first',
      'hot 1',
      'hot 2',
      'warm 1',
      'warm 2',
      'cold 1',
      'cold 2',
    ])
  })

  it('turns away at its deadline whoever had no turn, and spends nothing on them', async () => {
    const { clock, settled, take } = stage(1, 1)
    take('a')
    take('b', 'whenever', 700)
    take('c')
    await clock.advance(3_000)
    expect(settled).toEqual([
      ['a', true, 0],
      ['b', false, 700],
      ['c', true, 1_000],
    ])
  })

  it('lets nobody through during a pause, and turns away at once whose time it would outlast', async () => {
    const { clock, budget, settled, take } = stage(1_000, 10)
    budget.hold(clock.nowMs() + 5_000)
    take('patient')
    take('hasty', 'now', 5_000)
    await clock.advance(0)
    expect(settled).toEqual([['hasty', false, 0]])
    await clock.advance(4_999)
    expect(settled).toHaveLength(1)
    await clock.advance(1)
    expect(settled[1]).toEqual(['patient', true, 5_000])
  })

  it('turns away those waiting when a pause turns out longer than they can wait, and never shortens one', async () => {
    const { clock, budget, settled, take } = stage(1, 1)
    take('a')
    take('b', 'soon', 3_000)
    await clock.advance(0)
    budget.hold(clock.nowMs() + 10_000)
    budget.hold(clock.nowMs() + 1)
    take('c')
    await clock.advance(20_000)
    expect(settled).toEqual([
      ['a', true, 0],
      ['b', false, 0],
      ['c', true, 10_000],
    ])
  })

  it('keeps a bounded queue for each heat, so that a crowd of the cold does not shut out the hot', async () => {
    const { clock, budget, settled, take } = stage(1, 1)
    take('first')
    for (let nth = 0; nth < 1_200; nth += 1) take(`cold ${nth}`, 'whenever', 10_000_000)
    await clock.advance(0)
    expect(budget.waiting()).toBe(1_000)
    expect(settled.filter(([, mayGo]) => !mayGo)).toHaveLength(200)
    take('hot', 'now')
    await clock.advance(1_000)
    expect(settled.at(-1)).toEqual(['hot', true, 1_000])
  })

  it('settles everybody when it is stopped', async () => {
    const { clock, budget, settled, take } = stage(1, 1)
    for (const name of ['a', 'b', 'c']) take(name)
    budget.stop()
    take('d')
    await clock.advance(0)
    expect(settled.map(([name, mayGo]) => [name, mayGo])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
      ['d', false],
    ])
  })
})
