import type { Summary } from '../measure.ts'

/** R4: how the time grows with the log; 1 is in proportion. */
export interface CostExponent {
  readonly projection: string
  /** From each size to the next. */
  readonly steps: readonly number[]
  /** From the smallest size to the largest. */
  readonly overall: number
  /** The same by the processor time of the process that builds. */
  readonly cpuOverall: number
}

interface Cost {
  readonly events: number
  readonly seconds: number
  readonly cpuSeconds: number
}

const exponent = (from: Cost | undefined, to: Cost | undefined, of: 'seconds' | 'cpuSeconds'): number =>
  from === undefined || to === undefined
    ? Number.NaN
    : Math.log(to[of] / from[of]) / Math.log(to.events / from.events)

/** What each projection cost at one size of the log. */
interface CostsAtScale {
  readonly rebuilds: readonly {
    readonly projection: string
    readonly events: number
    readonly seconds: Pick<Summary, 'median'>
    readonly cpuSeconds: Pick<Summary, 'median'>
  }[]
}

/** Of every projection, over all sizes that were measured, the smallest first; none where there are not two. */
export const exponentsOf = (speed: readonly CostsAtScale[]): readonly CostExponent[] =>
  speed.length < 2
    ? []
    : (speed[0]?.rebuilds ?? []).map(({ projection }) => {
        const costs = speed.flatMap(({ rebuilds }) =>
          rebuilds
            .filter((each) => each.projection === projection)
            .map(({ events, seconds, cpuSeconds }): Cost => {
              return { events, seconds: seconds.median, cpuSeconds: cpuSeconds.median }
            }),
        )
        return {
          projection,
          steps: costs.slice(1).map((cost, index) => exponent(costs[index], cost, 'seconds')),
          overall: exponent(costs[0], costs.at(-1), 'seconds'),
          cpuOverall: exponent(costs[0], costs.at(-1), 'cpuSeconds'),
        }
      })
