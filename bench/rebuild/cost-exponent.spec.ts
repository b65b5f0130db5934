import { describe, expect, it } from 'vitest'
import { exponentsOf } from './cost-exponent.ts'

/** What a projection with this many events would take if its cost grew with that power of them. */
const costing = (power: number, cpuPower: number) => (events: number) => ({
  rebuilds: [
    {
      projection: 'tea@1',
      events,
      seconds: { median: 3 * events ** power },
      cpuSeconds: { median: 2 * events ** cpuPower },
    },
  ],
})

describe('the cost exponent', () => {
  it('is the power with which the time grows, from size to size and over all, and that of the computing beside it', () => {
    const [found] = exponentsOf([1_000, 10_000, 100_000].map(costing(1.2, 1)))
    expect(found?.projection).toBe('tea@1')
    expect(found?.steps.map((step) => step.toFixed(6))).toStrictEqual(['1.200000', '1.200000'])
    expect(found?.overall).toBeCloseTo(1.2)
    expect(found?.cpuOverall).toBeCloseTo(1)
  })

  it('tells a step that grows faster than the one before it', () => {
    const proportional = costing(1, 1)
    const square = costing(2, 1)
    const [found] = exponentsOf([proportional(10), proportional(100), square(1_000)])
    expect(found?.steps[0]).toBeCloseTo(1)
    expect(found?.steps[1]).toBeCloseTo(4)
  })

  it('says nothing of a single size', () => {
    expect(exponentsOf([costing(1, 1)(1_000)])).toStrictEqual([])
  })
})
