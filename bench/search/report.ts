export interface SearchTimes {
  readonly what: string
  readonly samples: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  /** Time the process computed, which waiting for a busy machine does not add to; collecting garbage does. */
  readonly cpuP50Ms: number
  readonly cpuP95Ms: number
}

export interface SearchResults {
  readonly measuredOn: string
  readonly environment: Readonly<Record<string, string | number>>
  readonly products: number
  readonly terms: number
  readonly indexMs: number
  readonly indexCpuMs: number
  /** Of the index alone, after a collection. */
  readonly heapMb: number
  readonly rssMb: number
  /** A sale, and a changed text. */
  readonly saleMs: number
  readonly changedTextMs: number
  readonly times: readonly SearchTimes[]
}

const whole = (value: number): string => Math.round(value).toLocaleString('en')
const ms = (value: number): string => (value < 10 ? value.toFixed(1) : whole(value))

/** The measured part about search in docs/performance.md. */
export const searchReport = (results: SearchResults): string =>
  `Measured on ${results.measuredOn}: ${Object.entries(results.environment)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')}. ${whole(results.products)} products, ${whole(results.terms)} terms.

| | |
|---|---|
| Indexing everything | ${(results.indexMs / 1_000).toFixed(1)} s, ${(results.indexCpuMs / 1_000).toFixed(1)} s of them computing |
| Heap of the index | ${whole(results.heapMb)} MB |
| RSS of a process with nothing else | ${whole(results.rssMb)} MB |
| A sale / a changed text taken over | ${results.saleMs.toFixed(2)} / ${results.changedTextMs.toFixed(2)} ms |

| Asked for | p50 ms | p95 ms | p99 ms | computing p50 ms | p95 ms | samples |
|---|---|---|---|---|---|---|
${results.times
  .map(
    ({ what, p50Ms, p95Ms, p99Ms, cpuP50Ms, cpuP95Ms, samples }) =>
      `| ${what} | ${ms(p50Ms)} | ${ms(p95Ms)} | ${ms(p99Ms)} | ${ms(cpuP50Ms)} | ${ms(cpuP95Ms)} | ${samples} |`,
  )
  .join('\n')}`
