import { percentile, summary, type Summary } from '../measure.ts'
import { aimsOf, growthRatios, type Aim } from './aims.ts'
import type { Way } from './appenders.ts'
import type { AppendKey } from './appends.ts'
import type { GroupSizes } from './group-commit.ts'
import type { GrowthKey } from './growth.ts'
import type { Latencies, LatencyKey } from './live-latency.ts'
import type { Growing } from './memory.ts'
import type { ReadKey } from './reads.ts'
import type { Figure } from './rounds.ts'
import type { Sample } from './sample.ts'

/** Everything that was measured, as it is kept in `bench/results/eventstore.json`. */
export interface EventStoreResults {
  readonly measuredOn: string
  readonly environment: Readonly<Record<string, string | number>>
  readonly appends: readonly Figure<AppendKey, Sample>[]
  readonly reads: readonly Figure<ReadKey, Sample>[]
  readonly latency: readonly Figure<LatencyKey, Latencies>[]
  readonly growth: readonly Figure<GrowthKey, Sample>[]
  readonly groupCommit: readonly GroupSizes[]
  readonly memory: Growing | undefined
}

const whole = (value: number): string => Math.round(value).toLocaleString('en')
const of = ({ median, min, max }: Summary, digits: number): string =>
  digits === 0
    ? `${whole(median)} (${whole(min)}–${whole(max)})`
    : `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`
const spread = (values: readonly number[], digits = 0): string => of(summary(values), digits)
const medianOf = (samples: readonly Sample[], pick: (sample: Sample) => number): string =>
  whole(summary(samples.map(pick)).median)

/** Rate with its range, then the cost on both sides. */
const sampleCells = (samples: readonly Sample[]): string =>
  [
    spread(samples.map(({ perSecond }) => perSecond)),
    `${medianOf(samples, ({ nodeCpuPercent }) => nodeCpuPercent)} %`,
    `${medianOf(samples, ({ clientCpuPercent }) => clientCpuPercent)} %`,
    medianOf(samples, ({ nodeCpuMicrosPerUnit }) => nodeCpuMicrosPerUnit),
  ].join(' | ')

const WAY_NAMES: Readonly<Record<Way, string>> = {
  batch: 'client, batch stream',
  plain: 'client, plain call',
  edge: 'edge',
}

const SAMPLE_HEAD = 'Node’s CPU | Client’s CPU | Node’s µs each |'
const table = (head: string, rows: readonly string[]): string => {
  const columns = head.split('|').length - 2
  return [head, `|${'---|'.repeat(columns)}`, ...rows].join('\n')
}

const appendTable = (appends: EventStoreResults['appends']): string =>
  table(
    `| Appends | Way | Events/s | ${SAMPLE_HEAD}`,
    appends.map(({ key, rounds }) => {
      const load = `${key.writers} × ${key.eventsPerAppend === 1 ? 'one event' : `${key.eventsPerAppend} events`}`
      return `| ${load} | ${WAY_NAMES[key.way]} | ${sampleCells(rounds)} |`
    }),
  )

const readTable = (reads: EventStoreResults['reads']): string =>
  table(
    `| Reads | Events/s | ${SAMPLE_HEAD}`,
    reads.map(({ key, rounds }) => `| ${key} | ${sampleCells(rounds)} |`),
  )

const latencyTable = (latency: EventStoreResults['latency']): string =>
  table(
    '| Append → handler | p50 ms | p95 ms | p99 ms | samples |',
    latency.map(({ key, rounds }) => {
      const at = (p: number): string =>
        spread(
          rounds.map((round) => percentile(round, p)),
          1,
        )
      const samples = rounds.reduce((sum, round) => sum + round.length, 0)
      return `| ${WAY_NAMES[key.way]}, ${key.load} | ${at(50)} | ${at(95)} | ${at(99)} | ${samples} |`
    }),
  )

const growthTable = (growth: EventStoreResults['growth']): string =>
  [
    table(
      `| Appends by 64 writers | Events/s | ${SAMPLE_HEAD}`,
      growth.map(({ key, rounds }) => {
        const streams = `${whole(key.streams)} streams stored`
        const pattern = key.pattern === 'chains' ? 'to streams of their own' : 'anywhere in the store'
        return `| ${pattern}, ${streams} | ${sampleCells(rounds)} |`
      }),
    ),
    ...growthRatios(growth).map(
      ({ pattern, ratios }) => `\nMany ÷ few streams, round by round, ${pattern}: ${spread(ratios, 2)}.`,
    ),
  ].join('\n')

const groupTable = (sizes: readonly GroupSizes[]): string =>
  table(
    '| Writers | Appends per commit |',
    sizes.map(({ writers, appendsPerCommit }) => {
      const known = appendsPerCommit.length > 0
      return `| ${writers} | ${known ? spread(appendsPerCommit, 1) : 'not known'} |`
    }),
  )

const memoryTable = (memory: Growing): string =>
  table('| Growing by 100-event appends | |', [
    ...memory.marks.map(
      ({ events, rssMb }) => `| Memory after ${whole(events)} events | ${whole(rssMb)} MB |`,
    ),
    `| Memory after all was read again | ${whole(memory.rssMbAfterwards)} MB |`,
    `| Growth from ${whole(memory.marks[1]?.events ?? 0)} events on | ${memory.slopeMbPerMillion.toFixed(1)} MB per million |`,
    `| File | ${whole(memory.logBytesPerEvent)} bytes per event |`,
    `| The first page of the first stream | ${spread(memory.firstPageMs)} ms |`,
    `| A fresh filtered subscription from 500 events before the end | ${spread(memory.freshSubscriptionMs)} ms |`,
    `| Reading everything back | ${whole(memory.readBack.perSecond)} events/s |`,
  ])

const aimTable = (aims: readonly Aim[]): string =>
  table(
    '| Aim | Measured | Wanted | |',
    aims.map(
      ({ about, measured, aim, isMet }) => `| ${about} | ${measured} | ${aim} | ${isMet ? 'ok' : 'MISSED'} |`,
    ),
  )

/** The measured part of the event store's page: medians, with the range of the rounds in brackets. */
export const report = (results: EventStoreResults): string => {
  const { environment, appends, reads, latency, growth, groupCommit, memory } = results
  const aims = aimsOf(results)
  const about = Object.entries(environment).map(([name, value]) => `${name} ${value}`)
  return [
    `Measured on ${results.measuredOn}: ${about.join(', ')}. CPU is in per cent of one core.`,
    ...(appends.length === 0 ? [] : [appendTable(appends)]),
    ...(reads.length === 0 ? [] : [readTable(reads)]),
    ...(latency.length === 0 ? [] : [latencyTable(latency)]),
    ...(growth.length === 0 ? [] : [growthTable(growth)]),
    ...(groupCommit.length === 0 ? [] : [groupTable(groupCommit)]),
    ...(memory === undefined ? [] : [memoryTable(memory)]),
    ...(aims.length === 0 ? [] : [aimTable(aims)]),
  ].join('\n\n')
}
