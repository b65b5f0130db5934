import { summary } from '../measure.ts'
import type { AppendKey } from './appends.ts'
import type { GrowthKey } from './growth.ts'
import type { Growing } from './memory.ts'
import type { Figure } from './rounds.ts'
import type { Sample } from './sample.ts'

/** What is asked of the node, and whether it was met. A missed aim is printed and written; it fails nothing. */
export interface Aim {
  readonly about: string
  readonly measured: string
  readonly aim: string
  readonly isMet: boolean
}

/** The node may use this much of a core while the client gives all it has; the rest shows that the client is the limit. */
const MOST_CPU_PERCENT = 60
/** From how many writers on the client is at its ceiling. */
const CEILING_WRITERS = 64
const LEAST_GROWTH_RATIO = 0.95
const MOST_MB_PER_MILLION = 32

const cpuAims = (appends: readonly Figure<AppendKey, Sample>[]): Aim[] =>
  appends
    .filter(({ key }) => key.writers >= CEILING_WRITERS || key.eventsPerAppend > 1)
    .map(({ key, rounds }) => {
      const { median } = summary(rounds.map(({ nodeCpuPercent }) => nodeCpuPercent))
      const client = summary(rounds.map(({ clientCpuPercent }) => clientCpuPercent)).median
      const load =
        key.eventsPerAppend > 1 ? `${key.eventsPerAppend}-event appends` : `${key.writers} concurrent appends`
      return {
        about: `CPU of the node, ${load}, ${key.way}`,
        measured: `${median.toFixed(0)} % of a core; client ${client.toFixed(0)} %`,
        aim: `≤ ${MOST_CPU_PERCENT} %`,
        isMet: median <= MOST_CPU_PERCENT,
      }
    })

/** Rate on the node with many streams ÷ rate on the one with few, round by round. */
export const growthRatios = (
  growth: readonly Figure<GrowthKey, Sample>[],
): readonly { readonly pattern: GrowthKey['pattern']; readonly ratios: readonly number[] }[] =>
  (['chains', 'spread'] as const).map((pattern) => {
    const [small, large] = growth
      .filter(({ key }) => key.pattern === pattern)
      .toSorted((a, b) => a.key.streams - b.key.streams)
    const ratios = (large?.rounds ?? []).map(
      ({ perSecond }, round) => perSecond / (small?.rounds[round]?.perSecond ?? Number.NaN),
    )
    return { pattern, ratios }
  })

const growthAims = (growth: readonly Figure<GrowthKey, Sample>[]): Aim[] =>
  growthRatios(growth)
    .filter(({ ratios }) => ratios.length > 0)
    .map(({ pattern, ratios }) => {
      const { median } = summary(ratios)
      return {
        about: `R6: appends with many streams ÷ with few, ${pattern}`,
        measured: median.toFixed(2),
        aim: `≥ ${LEAST_GROWTH_RATIO}`,
        isMet: median >= LEAST_GROWTH_RATIO,
      }
    })

const memoryAim = ({ slopeMbPerMillion }: Growing): Aim => ({
  about: 'Memory of the node per million events more',
  measured: `${slopeMbPerMillion.toFixed(1)} MB`,
  aim: `≤ ${MOST_MB_PER_MILLION} MB`,
  isMet: slopeMbPerMillion <= MOST_MB_PER_MILLION,
})

export const aimsOf = (results: {
  readonly appends: readonly Figure<AppendKey, Sample>[]
  readonly growth: readonly Figure<GrowthKey, Sample>[]
  readonly memory: Growing | undefined
}): readonly Aim[] => [
  ...cpuAims(results.appends),
  ...growthAims(results.growth),
  ...(results.memory === undefined ? [] : [memoryAim(results.memory)]),
]
