import { describe, expect, it } from 'vitest'
import { aimsOf, growthRatios } from './aims.ts'
import { slopeOf } from './memory.ts'
import type { Sample } from './sample.ts'

const sample = (parts: Partial<Sample>): Sample => ({
  units: 1,
  seconds: 1,
  perSecond: 1,
  nodeCpuPercent: 0,
  clientCpuPercent: 0,
  nodeCpuMicrosPerUnit: 0,
  ...parts,
})

const busy = (nodeCpuPercent: number) => [
  {
    key: { way: 'edge', writers: 64, eventsPerAppend: 1 } as const,
    rounds: [sample({ nodeCpuPercent })],
  },
]

describe('the aims of the event store', () => {
  it.each([
    { percent: 60, isMet: true },
    { percent: 61, isMet: false },
  ])('a node that uses $percent % of a core at the client’s ceiling: $isMet', ({ percent, isMet }) => {
    expect(aimsOf({ appends: busy(percent), growth: [], memory: undefined })).toMatchObject([{ isMet }])
  })

  it('compare many streams with few round by round, in whatever order they were measured', () => {
    const figure = (streams: number, rates: readonly number[]) => ({
      key: { pattern: 'chains', streams } as const,
      rounds: rates.map((perSecond) => sample({ perSecond })),
    })
    const growth = [figure(100_000, [90, 40]), figure(1_000, [100, 50])]
    expect(growthRatios(growth)[0]).toStrictEqual({ pattern: 'chains', ratios: [0.9, 0.8] })
    expect(aimsOf({ appends: [], growth, memory: undefined })).toMatchObject([{ isMet: false }])
  })

  it('take memory by its slope over all readings, not by two of them', () => {
    const line = [1, 2, 3, 4].map((n) => ({ events: n * 100_000, rssMb: 100 + n * 2 }))
    expect(slopeOf(line)).toBeCloseTo(20)
    const flat = line.map(({ events }, nth) => ({ events, rssMb: nth % 2 === 0 ? 120 : 90 }))
    expect(slopeOf(flat)).toBeLessThan(0)
  })
})
