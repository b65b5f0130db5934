export interface PaymentsMode {
  readonly webhooks: boolean
  /** How far apart the payments are completed; 0 when all are at once. */
  readonly paidEveryMs: number
  readonly samples: number
  /** 0 to 1. */
  readonly shareWithinPromise: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly slowestMs: number
  /** What the shop itself says of the same payments, `GET /api/ops/payments/latency`. */
  readonly toldP99Ms: number
  /** Who asked the question that booked them. */
  readonly bySource: Readonly<Record<string, number>>
  readonly latenciesMs: readonly number[]
}

export interface PaymentsResults {
  readonly measuredOn: string
  readonly environment: Readonly<Record<string, string | number>>
  readonly openAtOnce: number
  readonly rounds: number
  readonly modes: readonly PaymentsMode[]
}

const whole = (value: number): string => Math.round(value).toLocaleString('en')

/** The measured part about payments in docs/performance.md. */
export const paymentsReport = ({
  measuredOn,
  environment,
  openAtOnce,
  rounds,
  modes,
}: PaymentsResults): string =>
  `Measured on ${measuredOn}: ${Object.entries(environment)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')}. ${openAtOnce} payments open at once, ${rounds} rounds; all became PAID.

| Webhooks | Paid | PAID within 60 s | p50 ms | p95 ms | p99 ms | slowest ms | p99 as the shop tells it | booked by | samples |
|---|---|---|---|---|---|---|---|---|---|
${modes
  .map(
    (mode) =>
      `| ${mode.webhooks ? 'on' : 'off'} | ${mode.paidEveryMs === 0 ? 'all at once' : `${1_000 / mode.paidEveryMs} a second`} | ${(mode.shareWithinPromise * 100).toFixed(1)} % | ${whole(mode.p50Ms)} | ${whole(mode.p95Ms)} | ${whole(mode.p99Ms)} | ${whole(mode.slowestMs)} | ${whole(mode.toldP99Ms)} | ${Object.entries(
        mode.bySource,
      )
        .map(([source, count]) => `${source} ${count}`)
        .join(', ')} | ${mode.samples} |`,
  )
  .join('\n')}`
